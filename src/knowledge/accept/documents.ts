import { sha256Hex } from "../../crypto/hash.ts";
import { auditStatement, documentsAuditStatement, type Actor } from "../../audit/log.ts";
import { batchByName } from "../../runtime/named-batch.ts";
import { documentsUsageStatement } from "../../limits/quotas.ts";
import type { DocumentStatus } from "./document-summaries.ts";
import { jsonSlices, toJson } from "./rows.ts";
import {
  isNotStale,
  noteInstants,
  outboxStatement,
  readStates,
  toEvent,
  toInstant,
  toState,
  type DocumentState,
} from "./source-events.ts";

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

export interface Accepted {
  documentId: number;
  version: number;
  status: DocumentStatus;
  unchanged: boolean;
  /** The source's timestamp is older than the document's: the update was out of order and ignored. */
  stale: boolean;
}

/** Equal for equal documents. Fields that no reader sees, such as `updated_at`, are left out. */
async function hashContent(input: DocumentInput): Promise<string> {
  const { title, content, content_type, url, language, audience, metadata } = input;
  return sha256Hex(
    JSON.stringify([title, content, content_type, url, language, audience, metadata]),
  );
}

/**
 * Stores a document and its pending work (a row in the outbox) in one transaction. The same content again changes nothing and
 * leaves no pending work, unless the last attempt failed. Out-of-order updates are ignored: an `updated_at` that is older than the
 * document's newest event, deletions included, changes nothing. Events with the same instant or without a timestamp count in the
 * order of arrival.
 */
export async function putDocument(
  db: D1Database,
  workspaceId: string,
  externalId: string,
  input: DocumentInput,
  now: number,
  by?: Actor,
): Promise<Accepted> {
  const [accepted] = await putDocuments(db, workspaceId, [{ externalId, input }], now, by);
  if (!accepted) throw new Error("The stored document could not be read back");
  return accepted;
}

/** Longer contents are bound as separate values, because their JSON could exceed D1's limit of 2 MB per value. */
const LONG_CONTENT = 200_000;

/**
 * {@link putDocument} for many documents in one round trip; all are stored, or none. Each id may occur once.
 * @param by who the audit log names; without it there is no entry
 * @returns the result for each document, in order
 */
export async function putDocuments(
  db: D1Database,
  workspaceId: string,
  documents: { externalId: string; input: DocumentInput }[],
  now: number,
  by?: Actor,
): Promise<Accepted[]> {
  const rows = await Promise.all(
    documents.map(async ({ externalId, input }) => ({
      ...input,
      external_id: externalId,
      hash: await hashContent(input),
      instant: toInstant(input.updated_at, now),
    })),
  );
  const isLong = (row: { content: string }): boolean => row.content.length > LONG_CONTENT;
  const upserts = [
    ...jsonSlices(rows.filter((row) => !isLong(row))).map((slice) =>
      upsertStatement(db, workspaceId, now, slice, null),
    ),
    ...rows
      .filter(isLong)
      .map(({ content, ...row }) => upsertStatement(db, workspaceId, now, toJson([row]), content)),
  ];
  const events = JSON.stringify(
    rows.map(({ external_id, updated_at, instant }) => ({ external_id, updated_at, instant })),
  );
  const { changed, states } = await batchByName<StateRows>(db, {
    changed: upserts,
    audit: by ? documentsAuditStatement(db, by, "document.put", workspaceId, events, now) : [],
    usage: documentsUsageStatement(db, workspaceId, events, now),
    instants: noteInstants(db, workspaceId, events),
    outbox: outboxStatement(db, workspaceId, events, now),
    states: readStates(db, workspaceId, events),
  });
  const changedIds = new Set(changed.map(({ id }) => id));
  const stateOf = new Map(states.map((row) => [row.external_id, row]));
  return rows.flatMap(({ external_id, instant }) => {
    const row = stateOf.get(external_id);
    return row ? [{ ...toState(row, instant), unchanged: !changedIds.has(row.id) }] : [];
  });
}

/** What a transaction that changes documents reads back afterwards. */
interface StateRows {
  changed: { id: number };
  states: DocumentState;
}

function upsertStatement(
  db: D1Database,
  workspaceId: string,
  now: number,
  rows: string,
  longContent: string | null,
): D1PreparedStatement {
  return db
    .prepare(
      `INSERT INTO documents (workspace_id, external_id, title, content, content_type, url, language, audience,
         metadata, source_updated_at, source_instant, content_hash, version, status, stages, created_at, updated_at)
       SELECT ?1, value ->> 'external_id', value ->> 'title', coalesce(?4, value ->> 'content'),
         value ->> 'content_type', value ->> 'url', value ->> 'language', value -> 'audience', value -> 'metadata',
         value ->> 'updated_at', value ->> 'instant', value ->> 'hash', 1, 'pending',
         json_object('accepted_at', ?2), ?2, ?2
       FROM json_each(?3) WHERE true
       ON CONFLICT (workspace_id, external_id) DO UPDATE SET
         title = excluded.title, content = excluded.content, content_type = excluded.content_type,
         url = excluded.url, language = excluded.language, audience = excluded.audience,
         metadata = excluded.metadata, source_updated_at = excluded.source_updated_at,
         content_hash = excluded.content_hash, version = version + 1, status = 'pending', error = NULL,
         stages = excluded.stages, updated_at = excluded.updated_at
       WHERE (content_hash <> excluded.content_hash OR status IN ('failed', 'deleted'))
         AND ${isNotStale("excluded.source_instant")}
       RETURNING id`,
    )
    .bind(workspaceId, now, rows, longContent);
}

/**
 * Deletes a document in one transaction: from then on no search returns it. Its vectors are collected afterwards. Returns
 * null when there is no such document.
 * @param sourceTimestamp when the source deleted it (RFC 3339). An out-of-order deletion is ignored. Any other leaves a
 *   tombstone, even for a document that was never stored, so that an older upsert does not restore it.
 */
export async function deleteDocument(
  db: D1Database,
  workspaceId: string,
  externalId: string,
  now: number,
  sourceTimestamp?: string,
  by?: Actor,
): Promise<Omit<Accepted, "unchanged"> | null> {
  const instant = toInstant(sourceTimestamp, now);
  const event = toEvent(externalId, sourceTimestamp, instant);
  const chunksOf = `SELECT c.id FROM chunks c JOIN documents d ON d.id = c.document_id
    WHERE d.workspace_id = ?1 AND d.external_id = ?2 AND d.status = 'deleted'`;
  const bound = (sql: string): D1PreparedStatement => db.prepare(sql).bind(workspaceId, externalId);
  const { changed, states } = await batchByName<StateRows>(db, {
    changed: db
      .prepare(
        `UPDATE documents SET status = 'deleted', version = version + 1, live_version = 0, content = '',
           markdown = NULL, content_hash = '', metadata = '{}', error = NULL, warnings = '[]', chunk_count = 0, updated_at = ?3
         WHERE workspace_id = ?1 AND external_id = ?2 AND status <> 'deleted' AND ${isNotStale("?4")}
         RETURNING id`,
      )
      .bind(workspaceId, externalId, now, instant),
    audit: by ? documentsAuditStatement(db, by, "document.delete", workspaceId, event, now) : [],
    tombstone: tombstone(db, workspaceId, externalId, instant, now),
    instants: noteInstants(db, workspaceId, event),
    garbage: db
      .prepare(
        `INSERT OR IGNORE INTO vector_garbage (vector_id, index_name, document_id, created_at)
         SELECT g.vector_prefix || c.id, g.index_name, c.document_id, ?3
         FROM chunks c JOIN index_generations g ON g.workspace_id = c.workspace_id AND g.state <> 'collected'
         WHERE c.id IN (${chunksOf})`,
      )
      .bind(workspaceId, externalId, now),
    keywords: bound(`DELETE FROM chunk_terms WHERE rowid IN (${chunksOf})`),
    chunks: bound(`DELETE FROM chunks WHERE id IN (${chunksOf})`),
    outbox: outboxStatement(db, workspaceId, event, now),
    states: readStates(db, workspaceId, event),
  });
  const [row] = states;
  const isNews = changed.length === 1 || instant !== null;
  return row && isNews ? toState(row, instant) : null;
}

/** Remembers a deletion that arrives before its document. This needs a timestamp of the source. */
function tombstone(
  db: D1Database,
  workspaceId: string,
  externalId: string,
  instant: number | null,
  now: number,
): D1PreparedStatement {
  return db
    .prepare(
      `INSERT OR IGNORE INTO documents (workspace_id, external_id, title, content, content_type, content_hash, version,
         status, created_at, updated_at)
       SELECT ?1, ?2, '', '', 'text/plain', '', 1, 'deleted', ?4, ?4 WHERE ?3 IS NOT NULL`,
    )
    .bind(workspaceId, externalId, instant, now);
}

/**
 * Requests another attempt for a version that failed or seems stuck. A live version is left as it is. Returns null when
 * there is no such document.
 */
export async function retryDocument(
  db: D1Database,
  workspaceId: string,
  externalId: string,
  now: number,
  by: Actor,
): Promise<Accepted | null> {
  const event = toEvent(externalId);
  const { changed, states } = await batchByName<StateRows>(db, {
    changed: db
      .prepare(
        `UPDATE documents SET status = 'pending', error = NULL, updated_at = ?3,
           stages = json_remove(stages, '$.failed_at', '$.delayed_by')
         WHERE workspace_id = ?1 AND external_id = ?2 AND status IN ('failed', 'pending') RETURNING id`,
      )
      .bind(workspaceId, externalId, now),
    audit: auditStatement(db, {
      ...by,
      workspaceId,
      action: "document.retry",
      objectId: externalId,
      at: now,
    }),
    outbox: outboxStatement(db, workspaceId, event, now),
    states: readStates(db, workspaceId, event),
  });
  const [row] = states;
  if (!row || row.status === "deleted") return null;
  return { ...toState(row, null), unchanged: changed.length === 0 };
}
