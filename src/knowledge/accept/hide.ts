import { auditStatement, type Actor } from "../../audit/log.ts";
import { batchByName } from "../../runtime/named-batch.ts";
import { deleteDocument } from "./documents.ts";
import { isNotStale, noteInstants, toEvent, toInstant } from "./source-events.ts";

/** How long a hidden document waits for the answer that shows or removes it. Without one it is removed. */
const HIDDEN_MS = 24 * 3_600_000;

/**
 * Hides a document that its source may have taken down: from now on no search returns any version that it has. A later upsert that is
 * not out of order shows the document again, from the upsert's version on (put-statements.ts). Ingesting does not.
 * @param sourceTimestamp when the source took it down (RFC 3339). An out-of-order removal is ignored
 * @returns when it is removed for good; null where it is ignored; undefined when there is no such document
 */
export async function hideDocument(
  db: D1Database,
  workspaceId: string,
  externalId: string,
  reason: string,
  now: number,
  sourceTimestamp: string | undefined,
  by: Actor,
): Promise<number | null | undefined> {
  const instant = toInstant(sourceTimestamp, now);
  const { states } = await batchByName<{
    states: { hiddenUntil: number | null };
  }>(db, {
    hide: db
      .prepare(
        `UPDATE documents SET shown_from = version + 1, hidden_until = ?3, hidden_reason = ?4
         WHERE workspace_id = ?1 AND external_id = ?2 AND status <> 'deleted' AND hidden_until IS NULL AND ${isNotStale("?5")}`,
      )
      .bind(workspaceId, externalId, now + HIDDEN_MS, reason, instant),
    audit: auditStatement(db, {
      ...by,
      workspaceId,
      action: "document.hide",
      objectId: externalId,
      at: now,
    }),
    instants: noteInstants(db, workspaceId, toEvent(externalId, sourceTimestamp, instant)),
    states: db
      .prepare(
        `SELECT hidden_until AS hiddenUntil FROM documents
         WHERE workspace_id = ?1 AND external_id = ?2 AND status <> 'deleted'`,
      )
      .bind(workspaceId, externalId),
  });
  return states[0]?.hiddenUntil;
}

export async function isHidden(
  db: D1Database,
  workspaceId: string,
  externalId: string,
): Promise<boolean> {
  const row = await db
    .prepare(
      `SELECT 1 FROM documents WHERE workspace_id = ?1 AND external_id = ?2 AND hidden_until IS NOT NULL`,
    )
    .bind(workspaceId, externalId)
    .first();
  return row !== null;
}

/**
 * Removes documents that have been hidden for their whole time, also where their source is gone.
 * @param hasRoom asked before each removal
 * @returns how many
 */
export async function removeExpired(
  db: D1Database,
  limit: number,
  now: number,
  hasRoom: () => boolean,
): Promise<number> {
  const { results } = await db
    .prepare(
      `SELECT workspace_id AS workspaceId, external_id AS externalId FROM documents
       WHERE hidden_until <= ?1 ORDER BY hidden_until LIMIT ?2`,
    )
    .bind(now, limit)
    .all<{ workspaceId: string; externalId: string }>();
  let removed = 0;
  for (const { workspaceId, externalId } of results) {
    if (!hasRoom()) break;
    const by = { actor: "deployment", requestId: "" };
    const state = await deleteDocument(db, workspaceId, externalId, now, undefined, by, {
      hiddenUntil: now,
    });
    if (state) removed++;
  }
  return removed;
}
