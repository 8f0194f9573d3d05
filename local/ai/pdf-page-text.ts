import { withTables } from "./pdf-tables.ts";

/** A run of text on a page, as pdf.js gives it: `transform[4]` and `transform[5]` are its left end and its baseline, in points. */
export interface TextItem {
  str: string;
  transform: number[];
  width: number;
  height: number;
  hasEOL: boolean;
}

export interface Run {
  text: string;
  left: number;
  right: number;
  baseline: number;
  height: number;
}

/** A gap this wide, in heights of its letters, separates two columns. */
const GAP = 1.2;
/** The same for two cells of a table. */
const CELL_GAP = 0.7;
/** Each column has at least so many lines, and these so many characters in the middle. */
const LEAST_LINES = 6;
const LEAST_CHARACTERS = 20;

/**
 * The text of a page, line by line in the order of the file, as the service gives it, but with tables as Markdown. Where the file draws
 * two columns line by line across both, the left one comes first.
 */
export function pageText(items: TextItem[]): string {
  const lines = linesOf(items);
  const gutter = gutterOf(lines);
  const ordered = gutter === undefined ? lines : byColumns(lines, gutter);
  const texts = ordered.map((line) => line.map(({ text }) => text).join(""));
  const cells = gutter === undefined ? linesOf(items, CELL_GAP) : [];
  return withTables(texts, cells).join("\n");
}

/** The runs of each line; a gap as wide as a column's begins a new run. */
function linesOf(items: TextItem[], gap = GAP): Run[][] {
  const lines: Run[][] = [];
  let line: Run[] = [];
  for (const { str, transform, width, height, hasEOL } of items) {
    const [left = 0, baseline = 0] = transform.slice(4);
    const last = line.at(-1);
    const isNew = !last || (str.trim() !== "" && left - last.right > gap * height);
    if (str !== "" && !isNew) {
      last.text += str;
      if (str.trim() !== "") last.right = left + width;
    } else if (str.trim() !== "") {
      if (last && !last.text.endsWith(" ")) last.text += " ";
      line.push({ text: str, left, right: left + width, baseline, height });
    }
    if (hasEOL) {
      lines.push(line);
      line = [];
    }
  }
  if (line.length > 0) lines.push(line);
  return lines;
}

/** Where a gap between two columns of running text begins; undefined where there are none, or a table. */
function gutterOf(lines: Run[][]): number | undefined {
  const pairs = lines.filter((line) => line.length === 2);
  const starts = pairs.map(([, right]) => right?.left ?? 0).toSorted((a, b) => a - b);
  const gutter = starts[Math.floor(starts.length / 2)];
  if (gutter === undefined) return undefined;
  const across = pairs.filter(([, right]) => Math.abs((right?.left ?? 0) - gutter) < 2);
  const lengthOf = (side: 0 | 1): number =>
    across.map((line) => line[side]?.text.length ?? 0).toSorted((a, b) => a - b)[
      Math.floor(across.length / 2)
    ] ?? 0;
  const isText = Math.min(lengthOf(0), lengthOf(1)) >= LEAST_CHARACTERS;
  return across.length >= LEAST_LINES && isText ? gutter : undefined;
}

/** The lines between the columns' first and last pair, column by column, with the rest of the longer column. */
function byColumns(lines: Run[][], gutter: number): Run[][] {
  const isPair = (line: Run[]): boolean =>
    line.length === 2 && Math.abs((line[1]?.left ?? 0) - gutter) < 2;
  const isAcross = ([run, ...more]: Run[]): boolean =>
    more.length === 0 && run !== undefined && run.left < gutter - 2 && run.right > gutter + 2;
  const ordered: Run[][] = [];
  let columns: [Run[][], Run[][]] = [[], []];
  const close = (): void => {
    ordered.push(...columns.flat());
    columns = [[], []];
  };
  for (const [index, line] of lines.entries()) {
    const isFar =
      distance(lines[index - 1], line) > FAR * distance(lines[index - 2], lines[index - 1]);
    if (isAcross(line) || (isFar && !isPair(line))) close();
    if (isPair(line)) for (const [side, run] of line.entries()) columns[side]?.push([run]);
    else if (columns[0].length === 0) ordered.push(line);
    else columns[(line[0]?.left ?? 0) < gutter - 2 ? 0 : 1].push(line);
  }
  close();
  return ordered;
}

/** A line so many times farther below than the one before it is none of its column. */
const FAR = 2;

function distance(above: Run[] | undefined, below: Run[] | undefined): number {
  return Math.abs((above?.[0]?.baseline ?? 0) - (below?.[0]?.baseline ?? 0));
}
