import { expect, it } from "vitest";
import { WORKSPACE } from "../../../eval/bench/corpus.ts";
import { keywordSearch } from "../../../eval/bench/statements.ts";
import { openDatabase } from "../../../eval/in-process/database.ts";

const CHUNKS = 7000;

async function addDocument(db: D1Database, name: string, audience: string): Promise<number> {
  const row = await db
    .prepare(
      `INSERT INTO documents (workspace_id, external_id, title, content_type, content, content_hash, version, live_version, status,
         audience, served_audience, created_at, updated_at)
       VALUES (?1, ?2, 'T', 'text/markdown', '', '', 1, 1, 'live', ?3, ?3, 0, 0) RETURNING id`,
    )
    .bind(WORKSPACE, name, audience)
    .first<{ id: number }>();
  return row?.id ?? 0;
}

it("a search for common words finds the same after one document is closed to the reader", async () => {
  const db = await openDatabase();
  await db
    .prepare(
      `WITH RECURSIVE counted(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM counted WHERE i < ${CHUNKS})
       INSERT INTO chunks (workspace_id, document_id, ordinal, heading_path, text, hash)
       SELECT ?1, ?2, i, '[]', 'pump care ' || iif(i % 100 = 0, 'filter ', '') || i, i FROM counted`,
    )
    .bind(WORKSPACE, await addDocument(db, "open", "[]"))
    .run();
  await db
    .prepare(
      `INSERT INTO chunk_terms (rowid, workspace, title, headings, body)
       SELECT id, replace(workspace_id, '_', ''), 'T', '', text FROM chunks`,
    )
    .run();
  const search = async (query: string): Promise<unknown[]> => {
    const { matches, chunkCounts, totalChunks } = await keywordSearch(db, query, []);
    expect(matches.length).toBeGreaterThan(0);
    return [query, matches.length, [...chunkCounts], totalChunks];
  };
  const searches = async (): Promise<unknown[]> =>
    Promise.all(["pump", "pump care", "pump filter"].map(search));
  const before = await searches();
  await addDocument(db, "closed", '["staff"]');
  expect(await searches()).toEqual(before);
});
