import type { Difference } from "./compare.ts";
import { decimal, printTable } from "./print.ts";

export function printDifferences(differences: Difference[], alpha: number): void {
  const isShown = ({ slice, before, after, difference }: Difference): boolean =>
    slice === "all" || before !== after || difference.low !== 0 || difference.high !== 0;
  const shown = differences.filter(isShown);
  const confidence = Number(((1 - alpha) * 100).toFixed(2));
  printTable(
    ["metric", "slice", "n", "before", "after", "difference", `${confidence} % interval`, ""],
    shown.map(({ metric, slice, n, before, after, difference, verdict }) => [
      metric,
      slice,
      `${n}`,
      decimal(before),
      decimal(after),
      signed(difference.value),
      `${signed(difference.low)} to ${signed(difference.high)}`,
      verdict === "same" ? "" : verdict.toUpperCase(),
    ]),
  );
  if (shown.length < differences.length)
    console.log(`\n${differences.length - shown.length} measures of slices did not change.`);
  const worse = differences.filter((one) => one.verdict === "worse");
  console.log(
    worse.length > 0
      ? `\n${worse.length} significant regressions: ${worse.map((one) => `${one.metric} (${one.slice})`).join(", ")}.`
      : `\nNo significant regression. Chance of a false alarm: ${alpha} over all questions, ${alpha} over the slices.`,
  );
}

function signed(value: number): string {
  return `${value > 0 ? "+" : value < 0 ? "−" : ""}${Math.abs(value).toFixed(3)}`;
}
