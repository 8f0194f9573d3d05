import { sha256Hex } from "../auth/keys.ts";
import { wordsOf } from "../retrieval/query-terms.ts";
import type { Services } from "../services.ts";
import { embeddedText, type Chunk } from "./chunk.ts";
import type { DocumentStatus } from "./documents.ts";

/** What the consumer needs of a document, as it is now. */
export interface DocumentWork {
  documentId: number;
  workspaceId: string;
  title: string;
  content: string;
  contentType: string;
  status: DocumentStatus;
  version: number;
  liveVersion: number;
}

export interface StoredChunk extends Chunk {
  id: number;
}

/** D1 takes values of up to 2 MB; rows travel as JSON in slices that stay well below. */
const JSON_SLICE_CHARACTERS = 400_000;

export async function readWork(db: D1Database, documentId: number): Promise<DocumentWork | null> {
  return db
    .prepare(
      `SELECT id AS documentId, workspace_id AS workspaceId, title, content, content_type AS contentType, status,
         version, live_version AS liveVersion
       FROM documents WHERE id = ?1`,
    )
    .bind(documentId)
    .first<DocumentWork>();
}

/**
 * Makes a version the one that is served, in one transaction: chunks whose text did not change keep their row and
 * vector, the others are replaced in the keyword index, and vectors that lost their chunk are noted for collection. Every
 * statement is void when the document has moved on meanwhile or another run was faster.
 */
export async function commitVersion(
  services: Services,
  work: DocumentWork,
  markdown: string,
  chunks: Chunk[],
): Promise<void> {
  const { db, embedder } = services;
  const existing = await readHashes(db, work.documentId);
  const { kept, added } = await diff(embedder.model, work.title, chunks, existing);
  const keptIds = JSON.stringify(kept.map((chunk) => chunk.id));
  const current = `EXISTS (SELECT 1 FROM documents WHERE id = ?1 AND version = ?2 AND live_version <> ?2
    AND status <> 'deleted')`;
  const gone = `SELECT id FROM chunks WHERE document_id = ?1 AND id NOT IN (SELECT value FROM json_each(?3)) AND ${current}`;
  const bind = (sql: string, ...more: unknown[]): D1PreparedStatement =>
    db.prepare(sql).bind(work.documentId, work.version, ...more);

  await db.batch([
    bind(
      `INSERT OR IGNORE INTO vector_garbage (vector_id, document_id, created_at)
       SELECT 'c' || id, ?1, ?4 FROM (${gone})`,
      keptIds,
      services.now(),
    ),
    bind(`DELETE FROM chunk_terms WHERE rowid IN (${gone})`, keptIds),
    bind(`DELETE FROM chunks WHERE id IN (${gone})`, keptIds),
    ...slices(kept).map((rows) =>
      bind(
        `UPDATE chunks SET ordinal = e.value ->> 'ordinal' FROM json_each(?3) AS e
         WHERE chunks.id = e.value ->> 'id' AND ${current}`,
        rows,
      ),
    ),
    ...slices(added).map((rows) =>
      bind(
        `INSERT INTO chunks (workspace_id, document_id, ordinal, heading_path, text, hash)
         SELECT ?4, ?1, value ->> 'ordinal', value -> 'headingPath', value ->> 'text', value ->> 'hash'
         FROM json_each(?3) WHERE ${current}`,
        rows,
        work.workspaceId,
      ),
    ),
    bind(
      `INSERT INTO chunk_terms (rowid, workspace, title, headings, body)
       SELECT c.id, replace(c.workspace_id, '_', ''), ?4,
         (SELECT group_concat(value, ' ') FROM json_each(c.heading_path)), c.text
       FROM chunks c
       WHERE c.document_id = ?1 AND c.id NOT IN (SELECT value FROM json_each(?3)) AND ${current}`,
      keptIds,
      work.title,
    ),
    ...slices(vocabularyOf(work.title, added)).map((words) =>
      bind(
        `INSERT OR IGNORE INTO words (workspace_id, word) SELECT ?4, value FROM json_each(?3) WHERE ${current}`,
        words,
        work.workspaceId,
      ),
    ),
    bind(
      `UPDATE documents SET live_version = ?2, markdown = ?3, chunk_count = ?4, embedded_chunks = ?5
       WHERE id = ?1 AND version = ?2 AND live_version <> ?2 AND status <> 'deleted'`,
      markdown,
      chunks.length,
      added.length,
    ),
  ]);
}

async function readHashes(
  db: D1Database,
  documentId: number,
): Promise<{ id: number; hash: string }[]> {
  const { results } = await db
    .prepare(`SELECT id, hash FROM chunks WHERE document_id = ?1 ORDER BY ordinal`)
    .bind(documentId)
    .all<{ id: number; hash: string }>();
  return results;
}

/** Pairs new chunks with stored ones of the same text; a text that occurs twice is paired twice. */
async function diff(
  model: string,
  title: string,
  chunks: Chunk[],
  existing: { id: number; hash: string }[],
): Promise<{
  kept: { id: number; ordinal: number }[];
  added: (Chunk & { ordinal: number; hash: string })[];
}> {
  const free = Map.groupBy(existing, (row) => row.hash);
  const kept: { id: number; ordinal: number }[] = [];
  const added: (Chunk & { ordinal: number; hash: string })[] = [];
  for (const [ordinal, chunk] of chunks.entries()) {
    const hash = await sha256Hex(
      JSON.stringify([model, chunk.headingPath, embeddedText(title, chunk)]),
    );
    const match = free.get(hash)?.shift();
    if (match) kept.push({ id: match.id, ordinal });
    else added.push({ ...chunk, ordinal, hash });
  }
  return { kept, added };
}

/** The words of new chunks, as a question has them (NFC, small letters); codes and numbers are never corrected. */
function vocabularyOf(title: string, chunks: Chunk[]): string[] {
  const text = [title, ...chunks.flatMap((chunk) => [...chunk.headingPath, chunk.text])].join("\n");
  return [...new Set(wordsOf(text.normalize("NFC").toLowerCase()))].filter((word) =>
    /^\p{L}{4,40}$/u.test(word),
  );
}

function slices(rows: (object | string)[]): string[] {
  const result: string[] = [];
  let open: string[] = [];
  let size = 0;
  for (const row of rows.map((value) => JSON.stringify(value))) {
    if (size + row.length > JSON_SLICE_CHARACTERS && open.length > 0) {
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

/** None once a newer version is served: its chunks stand under another title, and its own run embeds them. */
export async function readChunksWithoutVector(
  db: D1Database,
  work: DocumentWork,
): Promise<StoredChunk[]> {
  const { results } = await db
    .prepare(
      `SELECT c.id, c.heading_path, c.text FROM chunks c JOIN documents d ON d.id = c.document_id
       WHERE c.document_id = ?1 AND d.live_version = ?2 AND c.vector_stored = 0 ORDER BY c.ordinal`,
    )
    .bind(work.documentId, work.version)
    .all<{ id: number; heading_path: string; text: string }>();
  return results.map((row) => ({
    id: row.id,
    headingPath: JSON.parse(row.heading_path) as string[],
    text: row.text,
  }));
}

export async function markVectorsStored(
  db: D1Database,
  documentId: number,
  chunkIds: number[],
): Promise<void> {
  await db
    .prepare(
      `UPDATE chunks SET vector_stored = 1
       WHERE document_id = ?1 AND id IN (SELECT value FROM json_each(?2))`,
    )
    .bind(documentId, JSON.stringify(chunkIds))
    .run();
}

/** Clears the debt, unless the document has changed again since `work` was read: then a newer message follows. */
export async function finishDocument(
  db: D1Database,
  work: DocumentWork,
  now: number,
): Promise<void> {
  await db.batch([
    db
      .prepare(
        `UPDATE documents SET status = 'live', error = NULL, updated_at = ?3
         WHERE id = ?1 AND version = ?2 AND live_version = ?2 AND status IN ('pending', 'failed')
           AND NOT EXISTS (SELECT 1 FROM chunks WHERE document_id = ?1 AND vector_stored = 0)`,
      )
      .bind(work.documentId, work.version, now),
    db
      .prepare(
        `DELETE FROM outbox WHERE document_id = ?1
         AND EXISTS (SELECT 1 FROM documents WHERE id = ?1 AND version = ?2 AND status IN ('live', 'deleted'))`,
      )
      .bind(work.documentId, work.version),
  ]);
}

/** Records why a version cannot be learned. An older version that is being served goes on being served. */
export async function markFailed(
  db: D1Database,
  work: DocumentWork,
  reason: string,
  now: number,
): Promise<void> {
  await db.batch([
    db
      .prepare(
        `UPDATE documents SET status = 'failed', error = ?3, updated_at = ?4
         WHERE id = ?1 AND version = ?2 AND status = 'pending'`,
      )
      .bind(work.documentId, work.version, reason, now),
    db
      .prepare(
        `DELETE FROM outbox WHERE document_id = ?1
         AND EXISTS (SELECT 1 FROM documents WHERE id = ?1 AND version = ?2)`,
      )
      .bind(work.documentId, work.version),
  ]);
}

/**
 * Deletes the vectors of chunks that are gone. Their notes stay: a run that was storing a vector while its chunk was
 * replaced may write it after this, so the sweeper deletes once more before it forgets them.
 */
export async function collectGarbage(services: Services, documentId: number): Promise<void> {
  const { results } = await services.db
    .prepare(`SELECT vector_id FROM vector_garbage WHERE document_id = ?1`)
    .bind(documentId)
    .all<{ vector_id: string }>();
  if (results.length > 0) await services.vectors.delete(results.map((row) => row.vector_id));
}
