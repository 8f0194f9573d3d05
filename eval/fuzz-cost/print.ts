import type { Curve } from "./curve.ts";

export function printHead(): void {
  console.log(
    "  grammar / target                      exponent  × prose  largest   peak    measured sizes",
  );
}

/** One line: what an input costs, and whether that is within the bounds. */
export function printRow(
  grammar: string,
  target: string,
  curve: Curve,
  { megabytes, within }: { megabytes: number | undefined; within: boolean },
): void {
  const { exponent, multiple, largestMs, cheap, points, tooLong, refused } = curve;
  const first = points[0];
  const last = points.at(-1);
  const peak =
    megabytes === undefined ? "?" : megabytes === Infinity ? "more" : megabytes.toFixed(0);
  const sizes =
    first && last
      ? `${first.size}–${last.size} characters, ${first.ms.toFixed(1)}–${last.ms.toFixed(0)} ms`
      : "none";
  const notes = [
    cheap && "cheap: the largest takes less than 20 ms",
    tooLong && "took too long",
    refused && `refused: ${refused.slice(0, 60)}`,
  ].filter(Boolean);
  console.log(
    `${within ? "  " : "✗ "}${`${grammar} / ${target}`.padEnd(38)}` +
      `${exponent.toFixed(2).padStart(6)}  ${multiple.toFixed(1).padStart(8)}  ` +
      `${seconds(largestMs).padStart(6)} s ${peak.padStart(5)} MB  ${sizes}` +
      (notes.length > 0 ? ` (${notes.join("; ")})` : ""),
  );
}

/** The cost of the largest input is extrapolated where it takes long; then its digits mean nothing. */
function seconds(ms: number): string {
  return ms > 1e6 ? ">1000" : (ms / 1000).toFixed(1);
}
