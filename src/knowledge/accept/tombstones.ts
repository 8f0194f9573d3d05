/**
 * How long it is remembered that a document was deleted, so that an older upsert which arrives late does not restore it. An event of a CMS
 * can be retried for as long (webhooks/sweeper.ts); queues and importers are faster.
 */
export const REMEMBERED_MS = 30 * 86_400_000;
/** Deletions of documents that were never stored are remembered up to this number of deleted documents in a workspace. */
const MAX_DELETED = 10_000;
/** The most that one tick removes. */
const ROWS = 500;

/** Remembers a deletion that arrives before its document. This needs a timestamp of the source. */
export function tombstoneStatement(
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
       SELECT ?1, ?2, '', '', 'text/plain', '', 1, 'deleted', ?4, ?4 WHERE ?3 IS NOT NULL
         AND NOT EXISTS (SELECT 1 FROM documents WHERE workspace_id = ?1 AND external_id = ?2)
         AND (SELECT count(*) FROM (SELECT 1 FROM documents WHERE workspace_id = ?1 AND status = 'deleted'
           LIMIT ${MAX_DELETED})) < ${MAX_DELETED}`,
    )
    .bind(workspaceId, externalId, instant, now);
}

/** Forgets documents that were deleted long ago, the oldest first. One whose vectors or work are not collected yet waits. */
export async function forgetDeleted(db: D1Database, now: number): Promise<number> {
  const { meta } = await db
    .prepare(
      `DELETE FROM documents WHERE id IN (
         SELECT id FROM documents d WHERE d.status = 'deleted' AND d.updated_at <= ?1
           AND NOT EXISTS (SELECT 1 FROM outbox o WHERE o.document_id = d.id)
           AND NOT EXISTS (SELECT 1 FROM vector_garbage g WHERE g.document_id = d.id)
           AND NOT EXISTS (SELECT 1 FROM chunks c WHERE c.document_id = d.id)
         ORDER BY d.updated_at LIMIT ${ROWS})`,
    )
    .bind(now - REMEMBERED_MS)
    .run();
  return meta.changes;
}
