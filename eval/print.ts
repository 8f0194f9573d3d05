/** Prints a table in the format of all evaluation commands. */
export function printTable(head: string[], rows: string[][]): void {
  const widths = head.map((_, column) =>
    Math.max(...[head, ...rows].map((row) => (row[column] ?? "").length)),
  );
  for (const row of [head, ...rows]) {
    const cells = widths.map((width, column) =>
      column === 0 ? (row[column] ?? "").padEnd(width) : (row[column] ?? "").padStart(width),
    );
    console.log(`  ${cells.join("  ")}`.trimEnd());
  }
}

export function decimal(value: number | null): string {
  return value === null ? "–" : value.toFixed(3);
}
