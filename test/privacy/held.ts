import { env } from "cloudflare:workers";

/** A word that occurs nowhere else. Letters alone, so that it is nothing personal in itself. */
export function canary(): string {
  const letters = crypto.getRandomValues(new Uint8Array(12));
  return `canary${Array.from(letters, (byte) => String.fromCharCode(97 + (byte % 26))).join("")}`;
}

export interface HeldRow {
  table: string;
  row: Record<string, unknown>;
}

/** Every row of every table that the database has, tables of indexes included: a new table is covered by itself. */
export async function everyRow(): Promise<HeldRow[]> {
  const { results: tables } = await env.DB.prepare(
    `SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE '\\_cf%' ESCAPE '\\'`,
  ).all<{ name: string }>();
  const rows = await env.DB.batch<Record<string, unknown>>(
    tables.map(({ name }) => env.DB.prepare(`SELECT * FROM "${name}"`)),
  );
  return tables.flatMap(({ name }, index) =>
    (rows[index]?.results ?? []).map((row) => ({ table: name, row })),
  );
}

/** Where a text is held, as `table.column`, in whatever case and in bytes too. */
export async function whereHeld(text: string): Promise<string[]> {
  const found = new Set<string>();
  for (const { table, row } of await everyRow()) {
    for (const [column, value] of Object.entries(row)) {
      if (readAny(value).toLowerCase().includes(text.toLowerCase()))
        found.add(`${table}.${column}`);
    }
  }
  for (const table of await indexesThatMatch(text)) found.add(`${table}.MATCH`);
  return [...found].toSorted();
}

function readAny(value: unknown): string {
  if (Array.isArray(value)) return String.fromCharCode(...(value as number[]));
  return String(value);
}

/** A contentless index shows its words to a query alone. */
async function indexesThatMatch(text: string): Promise<string[]> {
  const { results } = await env.DB.prepare(
    `SELECT name FROM sqlite_schema WHERE type = 'table' AND sql LIKE '%USING fts5%'`,
  ).all<{ name: string }>();
  if (results.length === 0) throw new Error("The keyword index is looked for in the wrong place");
  const counts = await env.DB.batch<{ n: number }>(
    results.map(({ name }) =>
      env.DB.prepare(`SELECT count(*) AS n FROM "${name}" WHERE "${name}" MATCH ?1`).bind(
        `"${text.replaceAll('"', '""')}"`,
      ),
    ),
  );
  return results
    .filter((_, index) => (counts[index]?.results[0]?.n ?? 0) > 0)
    .map(({ name }) => name);
}

/** Everything that the nearest vectors of a workspace say of themselves; one with few documents has no others. */
export async function vectorsOf(workspaceId: string): Promise<string> {
  const anything = Array.from({ length: 384 }, (_, index) => Math.sin(index + 1));
  const found = await env.VECTORIZE.query(anything, {
    topK: 50,
    namespace: workspaceId,
    returnMetadata: "all",
  });
  return JSON.stringify(found);
}
