/** The lines below that are indented by at least so much, without their common indentation, and the line behind them. */
export function blockBelow(
  lines: string[],
  start: number,
  least: number,
): { lines: string[]; end: number } {
  let end = start;
  let last = start;
  let indent = Infinity;
  for (; end < lines.length; end++) {
    const line = lines[end] ?? "";
    if (!line.trim()) continue;
    const own = /^ */.exec(line)?.[0].length ?? 0;
    if (own < least) break;
    indent = Math.min(indent, own);
    last = end + 1;
  }
  return {
    lines: lines.slice(start, last).map((line) => line.slice(Math.min(indent, 1000))),
    end: last,
  };
}
