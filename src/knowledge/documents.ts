import { sha256Hex } from "../auth/keys.ts";

export type DocumentStatus = "pending" | "live" | "failed" | "deleted";

export interface DocumentInput {
  title: string;
  content: string;
  content_type: string;
  url?: string | undefined;
  language?: string | undefined;
  audience: string[];
  metadata: Record<string, unknown>;
  updated_at?: string | undefined;
}

/** A document as the API shows it, without its text. */
export interface DocumentSummary {
  external_id: string;
  title: string;
  url: string | null;
  content_type: string;
  language: string | null;
  audience: string[];
  metadata: Record<string, unknown>;
  status: DocumentStatus;
  version: number;
  /** The version that answers are made from; 0 while none is. */
  live_version: number;
  error: string | null;
  chunks: number;
  /** Chunks whose text the last run had to embed; the others were unchanged. */
  embedded_chunks: number;
  source_updated_at: string | null;
  created_at: string;
  updated_at: string;
}

export interface Accepted {
  documentId: number;
  version: number;
  status: DocumentStatus;
  unchanged: boolean;
}

const SUMMARY_COLUMNS = `external_id, title, url, content_type, language, audience, metadata, status, version,
  live_version, error, chunk_count AS chunks, embedded_chunks, source_updated_at, created_at, updated_at`;

/** The same document again hashes the same; what it leaves out is bookkeeping that no reader sees. */
async function hashContent(input: DocumentInput): Promise<string> {
  const { title, content, content_type, url, language, audience, metadata } = input;
  return sha256Hex(
    JSON.stringify([title, content, content_type, url, language, audience, metadata]),
  );
}

/**
 * Stores a document and the work it owes in one transaction. The same content again changes nothing and owes nothing,
 * unless the last attempt failed.
 */
export async function putDocument(
  db: D1Database,
  workspaceId: string,
  externalId: string,
  input: DocumentInput,
  now: number,
): Promise<Accepted> {
  const upsert = db
    .prepare(
      `INSERT INTO documents (workspace_id, external_id, title, content, content_type, url, language, audience,
         metadata, source_updated_at, content_hash, version, status, created_at, updated_at)
       VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, 1, 'pending', ?12, ?12)
       ON CONFLICT (workspace_id, external_id) DO UPDATE SET
         title = excluded.title, content = excluded.content, content_type = excluded.content_type,
         url = excluded.url, language = excluded.language, audience = excluded.audience,
         metadata = excluded.metadata, source_updated_at = excluded.source_updated_at,
         content_hash = excluded.content_hash, version = version + 1, status = 'pending', error = NULL,
         updated_at = excluded.updated_at
       WHERE content_hash <> excluded.content_hash OR status IN ('failed', 'deleted')
       RETURNING id`,
    )
    .bind(
      workspaceId,
      externalId,
      input.title,
      input.content,
      input.content_type,
      input.url ?? null,
      input.language ?? null,
      JSON.stringify(input.audience),
      JSON.stringify(input.metadata),
      input.updated_at ?? null,
      await hashContent(input),
      now,
    );
  const [changed, , current] = await db.batch<{
    id: number;
    version: number;
    status: DocumentStatus;
  }>([
    upsert,
    oweWork(db, workspaceId, externalId, now),
    db
      .prepare(
        `SELECT id, version, status FROM documents WHERE workspace_id = ?1 AND external_id = ?2`,
      )
      .bind(workspaceId, externalId),
  ]);
  const row = current?.results[0];
  if (!row) throw new Error("The stored document could not be read back");
  const unchanged = changed?.results.length === 0;
  return { documentId: row.id, version: row.version, status: row.status, unchanged };
}

function oweWork(
  db: D1Database,
  workspaceId: string,
  externalId: string,
  now: number,
): D1PreparedStatement {
  return db
    .prepare(
      `INSERT INTO outbox (document_id, created_at)
       SELECT id, ?3 FROM documents
       WHERE workspace_id = ?1 AND external_id = ?2 AND (status = 'pending' OR (status = 'deleted' AND updated_at = ?3))
       ON CONFLICT (document_id) DO UPDATE SET created_at = excluded.created_at`,
    )
    .bind(workspaceId, externalId, now);
}

/**
 * Takes a document out of both legs in one transaction: from here on no search returns it. Its vectors are collected
 * afterwards. Answers null when there is no such document.
 */
export async function deleteDocument(
  db: D1Database,
  workspaceId: string,
  externalId: string,
  now: number,
): Promise<{ documentId: number; version: number } | null> {
  const chunksOf = `SELECT c.id FROM chunks c JOIN documents d ON d.id = c.document_id
    WHERE d.workspace_id = ?1 AND d.external_id = ?2 AND d.status = 'deleted'`;
  const bound = (sql: string): D1PreparedStatement => db.prepare(sql).bind(workspaceId, externalId);
  const [deleted] = await db.batch<{ id: number; version: number }>([
    db
      .prepare(
        `UPDATE documents SET status = 'deleted', version = version + 1, live_version = 0, content = '',
           markdown = NULL, content_hash = '', metadata = '{}', error = NULL, chunk_count = 0, updated_at = ?3
         WHERE workspace_id = ?1 AND external_id = ?2 AND status <> 'deleted'
         RETURNING id, version`,
      )
      .bind(workspaceId, externalId, now),
    db
      .prepare(
        `INSERT OR IGNORE INTO vector_garbage (vector_id, document_id, created_at)
         SELECT 'c' || id, document_id, ?3 FROM chunks WHERE id IN (${chunksOf})`,
      )
      .bind(workspaceId, externalId, now),
    bound(`DELETE FROM chunk_terms WHERE rowid IN (${chunksOf})`),
    bound(`DELETE FROM chunks WHERE id IN (${chunksOf})`),
    oweWork(db, workspaceId, externalId, now),
  ]);
  const row = deleted?.results[0];
  return row ? { documentId: row.id, version: row.version } : null;
}

export async function getDocument(
  db: D1Database,
  workspaceId: string,
  externalId: string,
): Promise<(DocumentSummary & { content: string }) | null> {
  const row = await db
    .prepare(
      `SELECT ${SUMMARY_COLUMNS}, content FROM documents
       WHERE workspace_id = ?1 AND external_id = ?2 AND status <> 'deleted'`,
    )
    .bind(workspaceId, externalId)
    .first<SummaryRow & { content: string }>();
  return row && { ...toSummary(row), content: row.content };
}

/** A page of documents in the order of their external ids, which does not shift while documents change. */
export async function listDocuments(
  db: D1Database,
  workspaceId: string,
  page: { status?: DocumentStatus | undefined; after?: string | undefined; limit: number },
): Promise<DocumentSummary[]> {
  const { results } = await db
    .prepare(
      `SELECT ${SUMMARY_COLUMNS} FROM documents
       WHERE workspace_id = ?1 AND external_id > ?2
         AND (status = ?3 OR (?3 IS NULL AND status <> 'deleted'))
       ORDER BY external_id LIMIT ?4`,
    )
    .bind(workspaceId, page.after ?? "", page.status ?? null, page.limit)
    .all<SummaryRow>();
  return results.map(toSummary);
}

type SummaryRow = Omit<DocumentSummary, "audience" | "metadata" | "created_at" | "updated_at"> & {
  audience: string;
  metadata: string;
  created_at: number;
  updated_at: number;
};

function toSummary(row: SummaryRow): DocumentSummary {
  const { content: _content, ...columns } = row as SummaryRow & { content?: string };
  return {
    ...columns,
    audience: JSON.parse(row.audience) as string[],
    metadata: JSON.parse(row.metadata) as Record<string, unknown>,
    created_at: new Date(row.created_at).toISOString(),
    updated_at: new Date(row.updated_at).toISOString(),
  };
}
