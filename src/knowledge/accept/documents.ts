import { auditStatement, documentsAuditStatement, type Actor } from "../../audit/log.ts";
import { batchByName } from "../../runtime/named-batch.ts";
import { PutGroup, type Accepted, type DocumentInput } from "./put-group.ts";
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
import { tombstoneStatement } from "./tombstones.ts";

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
  const group = new PutGroup();
  await group.add(externalId, input, now);
  const [accepted] = await group.store(db, workspaceId, now, by);
  if (!accepted) throw new Error("The stored document could not be read back");
  return accepted;
}

/** What a transaction that changes documents reads back afterwards. */
interface StateRows {
  changed: { id: number };
  states: DocumentState;
}

/**
 * Deletes a document in one transaction: from then on no search returns it. Its vectors are collected afterwards. Returns
 * null when there is no such document.
 * @param sourceTimestamp when the source deleted it (RFC 3339). An out-of-order deletion is ignored. Any other leaves a
 *   tombstone (tombstones.ts), even for a document that was never stored, so that an older upsert does not restore it.
 * @param only limits the deletion to a document that is hidden until this time at most
 */
export async function deleteDocument(
  db: D1Database,
  workspaceId: string,
  externalId: string,
  now: number,
  sourceTimestamp?: string,
  by?: Actor,
  only?: { hiddenUntil: number },
): Promise<Omit<Accepted, "unchanged"> | null> {
  const instant = toInstant(sourceTimestamp, now);
  const event = toEvent(externalId, sourceTimestamp, instant);
  const chunksOf = `SELECT c.id FROM chunks c JOIN documents d ON d.id = c.document_id
    WHERE d.workspace_id = ?1 AND d.external_id = ?2 AND d.status = 'deleted'`;
  const audit = by && deletionAudit(db, by, workspaceId, externalId, now);
  const bound = (sql: string): D1PreparedStatement => db.prepare(sql).bind(workspaceId, externalId);
  const { changed, states } = await batchByName<StateRows>(db, {
    changed: db
      .prepare(
        `UPDATE documents SET status = 'deleted', version = version + 1, live_version = 0, title = '', url = NULL, language = NULL,
           served_title = NULL, served_url = NULL, content = '', markdown = NULL, content_hash = '', metadata = '{}', error = NULL, warnings = '[]', chunk_count = 0, updated_at = ?3,
           shown_from = 0, hidden_until = NULL, hidden_reason = NULL, deleted_at = ?3,
           valid_from = NULL, valid_until = NULL, valid_since = NULL, valid_before = NULL, served_since = NULL, served_before = NULL
         WHERE workspace_id = ?1 AND external_id = ?2 AND status <> 'deleted' AND ${isNotStale("?4")}
           AND (?5 IS NULL OR hidden_until <= ?5)
         RETURNING id`,
      )
      .bind(workspaceId, externalId, now, instant, only?.hiddenUntil ?? null),
    // Right after the change, to which `changes()` refers.
    audit: audit ?? [],
    tombstone: tombstoneStatement(db, workspaceId, externalId, instant, now),
    tombstoneAudit: audit ?? [],
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
    words: bound(
      `DELETE FROM document_words WHERE rowid IN (
         SELECT id FROM documents WHERE workspace_id = ?1 AND external_id = ?2 AND status = 'deleted')`,
    ),
    chunks: bound(`DELETE FROM chunks WHERE id IN (${chunksOf})`),
    outbox: outboxStatement(db, workspaceId, event, now),
    states: readStates(db, workspaceId, event),
  });
  const [row] = states;
  const isNews = changed.length === 1 || instant !== null;
  return row && isNews ? toState(row, instant) : null;
}

/** The statement that records a deletion, if the statement right before it changed the document. */
function deletionAudit(
  db: D1Database,
  by: Actor,
  workspaceId: string,
  externalId: string,
  now: number,
): D1PreparedStatement {
  const sql = `SELECT external_id, version FROM documents
    WHERE workspace_id = ?1 AND external_id = ?2 AND changes() > 0`;
  const deleted = { sql, value: externalId };
  return documentsAuditStatement(db, by, "document.delete", workspaceId, deleted, now);
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
