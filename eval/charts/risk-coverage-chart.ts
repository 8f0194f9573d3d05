import { areaUnderRisk, type OperatingPoint } from "../statistics/risk-coverage.ts";
import { COLOURS, drawPlot, xAt, yAt, type Plot } from "./svg.ts";

/** The most points of a curve; more would only make the file larger. */
const MOST_POINTS = 200;
/** With fewer answers, a single one changes the share too much to draw. */
const LEAST_ANSWERS = 10;

/** The share of wrong answers against the share of questions answered, most confident first, from ten answers on. */
export function riskCoverageChart(series: { name: string; curve: OperatingPoint[] }[]): string {
  const shown = series.map(({ curve }) =>
    curve.filter(({ answered }) => answered >= LEAST_ANSWERS),
  );
  const highest = Math.max(0.1, ...shown.flat().map(({ risk }) => risk));
  const plot: Plot = {
    title: "Risk and coverage",
    x: { label: "coverage: share of the questions that are answered", most: 1 },
    y: { label: "risk: share of the answers that are wrong", most: Math.ceil(highest * 10) / 10 },
    marks: [],
    legend: series.map(({ name, curve }, index) => ({
      name: `${name}: AURC ${areaUnderRisk(curve)?.toFixed(3) ?? "–"}`,
      colour: COLOURS[index % COLOURS.length] as string,
    })),
  };
  plot.marks = shown.map((curve, index) => {
    const step = Math.max(1, Math.ceil(curve.length / MOST_POINTS));
    const points = curve
      .filter((_, at) => at % step === 0 || at === curve.length - 1)
      .map(({ coverage, risk }) => `${xAt(coverage, plot)},${yAt(risk, plot)}`);
    const colour = COLOURS[index % COLOURS.length] as string;
    return `<polyline points="${points.join(" ")}" fill="none" stroke="${colour}" stroke-width="2"/>`;
  });
  return drawPlot(plot);
}
