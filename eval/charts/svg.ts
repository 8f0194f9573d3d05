/** A plot of shares (0 to 1) against shares, as SVG text, in fixed colours that are legible on light and dark pages. */
export interface Plot {
  title: string;
  x: { label: string; most: number };
  y: { label: string; most: number };
  /** SVG elements within the axes. */
  marks: string[];
  legend: { name: string; colour: string }[];
}

/** Distinguishable with the common colour vision deficiencies (Okabe, Ito 2008). */
export const COLOURS = ["#0072b2", "#d55e00", "#009e73", "#cc79a7"];

const SIZE = 420;
const MARGIN = { left: 64, right: 20, top: 44, bottom: 76 };
const WIDTH = MARGIN.left + SIZE + MARGIN.right;
const LEGEND_ROW = 20;

export function xAt(value: number, plot: Pick<Plot, "x">): number {
  return round(MARGIN.left + (value / plot.x.most) * SIZE);
}

export function yAt(value: number, plot: Pick<Plot, "y">): number {
  return round(MARGIN.top + SIZE - (value / plot.y.most) * SIZE);
}

export function drawPlot(plot: Plot): string {
  const height = MARGIN.top + SIZE + MARGIN.bottom + plot.legend.length * LEGEND_ROW;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img" font-family="system-ui, sans-serif" font-size="13">
<title>${escaped(plot.title)}</title>
<rect width="${WIDTH}" height="${height}" fill="#ffffff"/>
<text x="${MARGIN.left}" y="26" font-size="15" font-weight="600" fill="#222222">${escaped(plot.title)}</text>
${axes(plot)}
${plot.marks.join("\n")}
${legend(plot)}
</svg>
`;
}

function axes(plot: Plot): string {
  const bottom = MARGIN.top + SIZE;
  const ticks = [0, 1, 2, 3, 4, 5];
  const lines = ticks.flatMap((tick) => {
    const [x, y] = [(tick / 5) * plot.x.most, (tick / 5) * plot.y.most];
    return [
      `<line x1="${xAt(x, plot)}" y1="${MARGIN.top}" x2="${xAt(x, plot)}" y2="${bottom}" stroke="#e3e3e3"/>`,
      `<line x1="${MARGIN.left}" y1="${yAt(y, plot)}" x2="${MARGIN.left + SIZE}" y2="${yAt(y, plot)}" stroke="#e3e3e3"/>`,
      `<text x="${xAt(x, plot)}" y="${bottom + 18}" text-anchor="middle" fill="#444444">${label(x)}</text>`,
      `<text x="${MARGIN.left - 8}" y="${yAt(y, plot) + 4}" text-anchor="end" fill="#444444">${label(y)}</text>`,
    ];
  });
  const middle = MARGIN.top + SIZE / 2;
  return [
    ...lines,
    `<text x="${MARGIN.left + SIZE / 2}" y="${bottom + 40}" text-anchor="middle" fill="#222222">${escaped(plot.x.label)}</text>`,
    `<text transform="translate(18 ${middle}) rotate(-90)" text-anchor="middle" fill="#222222">${escaped(plot.y.label)}</text>`,
    `<rect x="${MARGIN.left}" y="${MARGIN.top}" width="${SIZE}" height="${SIZE}" fill="none" stroke="#444444"/>`,
  ].join("\n");
}

function legend({ legend: entries }: Plot): string {
  return entries
    .map(({ name, colour }, index) => {
      const y = MARGIN.top + SIZE + MARGIN.bottom + index * LEGEND_ROW;
      return `<rect x="${MARGIN.left}" y="${y - 10}" width="22" height="10" fill="${colour}"/><text x="${MARGIN.left + 30}" y="${y}" fill="#222222">${escaped(name)}</text>`;
    })
    .join("\n");
}

function label(value: number): string {
  return String(round(value));
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}

export function escaped(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}
