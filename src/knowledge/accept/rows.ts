/** D1 takes values of up to 2 MB; rows travel as JSON in slices that stay well below. */
const SLICE_CHARACTERS = 400_000;

/** JSON arrays of the rows, as many as it takes. A row is never cut: one that is longer travels alone. */
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
 * JSON for SQLite, whose `->>` makes three broken characters of half a surrogate pair. Bound as a text, D1 stores one
 * replacement character, and so does this.
 */
export function toJson(value: unknown): string {
  return JSON.stringify(value, (_name, part: unknown) =>
    typeof part === "string" ? part.toWellFormed() : part,
  );
}
