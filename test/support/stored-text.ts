import { env } from "cloudflare:workers";
import type { Workspace } from "./workspace.ts";

/** A word that occurs nowhere else. Letters only, so that it is not taken for personal data. */
export function canary(): string {
  const letters = crypto.getRandomValues(new Uint8Array(12));
  return `canary${Array.from(letters, (byte) => String.fromCharCode(97 + (byte % 26))).join("")}`;
}

export interface StoredRow {
  table: string;
  row: Record<string, unknown>;
}

/** Every row of every table, including the tables of indexes and tables that are added later. */
export async function everyRow(): Promise<StoredRow[]> {
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

/** The columns (`table.column`) that contain a text, in any letter case. BLOBs are searched, too. */
export async function whereStored(text: string): Promise<string[]> {
  return (await whereEachIsStored([text]))[text] ?? [];
}

/** The same for many texts, with one read of the database. */
export async function whereEachIsStored(texts: string[]): Promise<Record<string, string[]>> {
  const found = new Map(texts.map((text) => [text, new Set<string>()]));
  for (const { table, row } of await everyRow()) {
    for (const [column, value] of Object.entries(row)) {
      const stored = readAny(value).toLowerCase();
      for (const [text, places] of found)
        if (stored.includes(text.toLowerCase())) places.add(`${table}.${column}`);
    }
  }
  for (const [text, table] of await indexesThatMatch(texts)) found.get(text)?.add(`${table}.MATCH`);
  return Object.fromEntries([...found].map(([text, places]) => [text, [...places].toSorted()]));
}

function readAny(value: unknown): string {
  if (Array.isArray(value)) return String.fromCharCode(...(value as number[]));
  return String(value);
}

/** The keyword indexes that match a text. They are contentless, so only a query shows which words they contain. */
async function indexesThatMatch(texts: string[]): Promise<[text: string, table: string][]> {
  const { results } = await env.DB.prepare(
    `SELECT name FROM sqlite_schema WHERE type = 'table' AND sql LIKE '%USING fts5%'`,
  ).all<{ name: string }>();
  if (results.length === 0) throw new Error("There is no keyword index to search");
  const searches = results.flatMap(({ name }) =>
    texts.map((text): [text: string, table: string] => [text, name]),
  );
  const counts = await env.DB.batch<{ n: number }>(
    searches.map(([text, name]) =>
      env.DB.prepare(`SELECT count(*) AS n FROM "${name}" WHERE "${name}" MATCH ?1`).bind(
        `"${text.replaceAll('"', '""')}"`,
      ),
    ),
  );
  return searches.filter((_, index) => (counts[index]?.results[0]?.n ?? 0) > 0);
}

/** Ids and metadata of a workspace's vectors as JSON, at most 50 of them. */
export async function vectorsOf(workspaceId: string): Promise<string> {
  const anything = Array.from({ length: 384 }, (_, index) => Math.sin(index + 1));
  const found = await env.VECTORIZE.query(anything, {
    topK: 50,
    namespace: workspaceId,
    returnMetadata: "all",
  });
  return JSON.stringify(found);
}

/** Stores a visitor with many messages, with one statement for each table. */
export async function storeManyMessages(
  workspace: Workspace,
  conversations: number,
  messages: number,
): Promise<{ subject: string; word: string }> {
  const [subject, word] = [canary(), canary()];
  const count = `WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < ?3)`;
  const statement = (sql: string, rows: number): D1PreparedStatement =>
    env.DB.prepare(sql).bind(workspace.id, word, rows);
  await env.DB.batch([
    env.DB.prepare(
      `INSERT INTO visitors (id, workspace_id, subject, name, created_at, updated_at) VALUES ('vis_' || ?2, ?1, ?3, ?2, 0, 0)`,
    ).bind(workspace.id, word, subject),
    statement(
      `INSERT INTO conversations (id, workspace_id, visitor_id, created_at, updated_at)
       ${count} SELECT 'cv_' || ?2 || i, ?1, 'vis_' || ?2, 0, 0 FROM n`,
      conversations,
    ),
    statement(
      `INSERT INTO messages (id, conversation_id, workspace_id, seq, role, text, created_at)
       ${count} SELECT 'msg_' || ?2 || i, 'cv_' || ?2 || (i % ${conversations}), ?1, i, 'visitor', ?2, 0 FROM n`,
      messages,
    ),
    statement(
      `INSERT INTO turn_ledger (message_id, workspace_id, day, outcome, rung, created_at)
       ${count} SELECT 'msg_' || ?2 || i, ?1, '2026-01-01', 'answered', 'model', 0 FROM n`,
      messages,
    ),
  ]);
  return { subject, word };
}
