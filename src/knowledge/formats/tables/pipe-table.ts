/** A Markdown table of cells that are Markdown. An empty header becomes a blank row, without which Markdown knows no table. */
export function pipeTable(header: string[], rows: string[][]): string {
  const width = Math.max(header.length, ...rows.map((row) => row.length));
  const line = (row: string[]): string =>
    `| ${Array.from({ length: width }, (_, column) => cellOf(row[column] ?? "")).join(" | ")} |`;
  return [line(header), `|${" - |".repeat(width)}`, ...rows.map(line)].join("\n");
}

function cellOf(markdown: string): string {
  return markdown.replace(/\s*\n\s*/g, " ").replaceAll("|", "\\|");
}
