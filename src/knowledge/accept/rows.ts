/** D1 takes values of up to 2 MB. Rows are bound as JSON in slices well below that. */
const SLICE_CHARACTERS = 400_000;

/** The rows as JSON arrays, as many as needed. A row is never cut: a longer one has an array of its own. */
export function jsonSlices(rows: (object | string)[]): string[] {
  const result: string[] = [];
  let open: string[] = [];
  let size = 0;
  for (const row of rows.map(toJson)) {
    if (size + row.length > SLICE_CHARACTERS && open.length > 0) {
      result.push(`[${open.join(",")}]`);
      open = [];
      size = 0;
    }
    open.push(row);
    size += row.length;
  }
  if (open.length > 0) result.push(`[${open.join(",")}]`);
  return result;
}

/**
 * JSON for SQLite. Its `->>` turns an unpaired surrogate into three broken characters. Here it becomes one replacement character,
 * as in a bound text.
 */
export function toJson(value: unknown): string {
  return JSON.stringify(value, (_name, part: unknown) =>
    typeof part === "string" ? part.toWellFormed() : part,
  );
}
