import { stillAt, toVersions, type DocumentWork } from "./pending-work.ts";
import { passingReason, permanentReason, toMessage, type Failures } from "./reasons.ts";

/** Why a version cannot be ingested, or what delays it. */
interface Failure {
  work: DocumentWork;
  reason: string;
}

/** The documents of a slice by how their attempt ended. */
export interface Endings {
  done: DocumentWork[];
  /** No further attempt can succeed. */
  failed: Failure[];
  /** Another attempt follows. */
  delayed: Failure[];
}

/** Sorts documents by how the attempt ended, and logs what failed. */
export function endingsOf(works: DocumentWork[], failures: Failures): Endings {
  const endings: Endings = { done: [], failed: [], delayed: [] };
  for (const work of works) {
    const error = failures.get(work.documentId);
    const reason = permanentReason(error);
    const entry = { document: work.documentId, error: toMessage(error) };
    if (!failures.has(work.documentId)) endings.done.push(work);
    else if (reason === undefined) {
      console.warn("ingest: will be tried again", entry);
      endings.delayed.push({ work, reason: passingReason(error) });
    } else {
      console.warn("ingest: failed", entry);
      endings.failed.push({ work, reason });
    }
  }
  return endings;
}

/**
 * Deletes the outbox rows of finished documents, except of a document that has changed since it was read: a newer message
 * follows for it. A failed version is recorded with its reason, and the version before it is still served.
 */
export async function finishDocuments(
  db: D1Database,
  { done, failed, delayed }: Endings,
  now: number,
): Promise<void> {
  await db.batch([
    db
      .prepare(
        `UPDATE documents SET status = 'live', error = NULL, updated_at = ?2,
           stages = json_set(json_remove(stages, '$.delayed_by'), '$.vectors_at', ?2)
         WHERE status IN ('pending', 'failed') AND live_version = version
           AND id IN (SELECT d.id FROM ${stillAt("?1")})
           AND NOT EXISTS (SELECT 1 FROM chunks c JOIN index_generations g ON g.workspace_id = c.workspace_id
             WHERE c.workspace_id = documents.workspace_id AND c.document_id = documents.id AND g.state = 'live'
               AND (c.vector_stored & g.slot) = 0)`,
      )
      .bind(toVersions(done), now),
    db
      .prepare(
        `DELETE FROM outbox WHERE document_id IN
           (SELECT d.id FROM ${stillAt("?1")} WHERE d.status IN ('live', 'deleted'))`,
      )
      .bind(toVersions(done)),
    ...(failed.length > 0 ? failStatements(db, failed, now) : []),
    ...(delayed.length > 0 ? [delayStatement(db, delayed)] : []),
  ]);
}

function failStatements(db: D1Database, failures: Failure[], now: number): D1PreparedStatement[] {
  return [
    db
      .prepare(
        `UPDATE documents SET status = 'failed', error = w.value ->> 'reason', updated_at = ?2,
           stages = json_set(json_remove(stages, '$.delayed_by'), '$.failed_at', ?2)
         FROM json_each(?1) AS w WHERE ${isVersion} AND status = 'pending'`,
      )
      .bind(toReasons(failures), now),
    db
      .prepare(
        `DELETE FROM outbox WHERE document_id IN
           (SELECT d.id FROM ${stillAt("?1")} WHERE d.status <> 'deleted')`,
      )
      .bind(toVersions(failures.map(({ work }) => work))),
  ];
}

function delayStatement(db: D1Database, failures: Failure[]): D1PreparedStatement {
  return db
    .prepare(
      `UPDATE documents SET stages = json_set(stages, '$.delayed_by', w.value ->> 'reason')
       FROM json_each(?1) AS w WHERE ${isVersion} AND status = 'pending'`,
    )
    .bind(toReasons(failures));
}

/** Records the error that ended a document's attempt and that nothing else has recorded. */
export async function noteDelay(db: D1Database, documentId: number, reason: string): Promise<void> {
  await db
    .prepare(
      `UPDATE documents SET stages = json_set(stages, '$.delayed_by', ?2) WHERE id = ?1 AND status = 'pending'`,
    )
    .bind(documentId, reason)
    .run();
}

const isVersion = `documents.id = w.value ->> 'id' AND documents.workspace_id = w.value ->> 'workspace'
  AND documents.version = w.value ->> 'version'`;

function toReasons(failures: Failure[]): string {
  return JSON.stringify(
    failures.map(({ work, reason }) => ({
      id: work.documentId,
      version: work.version,
      workspace: work.workspaceId,
      reason,
    })),
  );
}
