import { utf8Length } from "../../text/utf8-length.ts";

/** D1 takes values of up to 2,000,000 bytes (developers.cloudflare.com/d1/platform/limits). */
export const MAX_VALUE_BYTES = 1_900_000;

/** The rows as JSON arrays, as many as needed. A row is never cut: a longer one has an array of its own. */
export function jsonSlices(rows: (object | string)[]): string[] {
  return joinRows(rows.map(toJson));
}

/** {@link jsonSlices} for rows that are JSON already. */
export function joinRows(rows: string[]): string[] {
  const result: string[] = [];
  let open: string[] = [];
  let size = 0;
  for (const row of rows) {
    // With the comma, or a bracket.
    const bytes = utf8Length(row) + 1;
    if (size + bytes > MAX_VALUE_BYTES && open.length > 0) {
      result.push(`[${open.join(",")}]`);
      open = [];
      size = 0;
    }
    open.push(row);
    size += bytes;
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
