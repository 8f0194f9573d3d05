import type { Position } from "../http/paging.ts";

/** Who makes a change, and in which request. */
export interface Actor {
  /** A key's id, the id of a CMS's source, or `deployment`. */
  actor: string;
  requestId: string;
}

export interface AuditEntry extends Actor {
  workspaceId: string;
  /** The kind of object and the verb: `key.create`. */
  action: string;
  objectId: string;
  /** What a reader needs to understand the entry. Never secrets, texts or personal data: an entry cannot be erased. */
  detail?: Record<string, unknown>;
  at: number;
}

/**
 * The statement that records a change. It stands in the batch of the change, right after the statement that makes it, and
 * records nothing if that statement changed no row.
 */
export function auditStatement(db: D1Database, entry: AuditEntry): D1PreparedStatement {
  return db
    .prepare(
      `INSERT INTO audit_log (workspace_id, actor, action, object_id, detail, request_id, created_at)
       SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7 WHERE changes() > 0`,
    )
    .bind(
      entry.workspaceId,
      entry.actor,
      entry.action,
      entry.objectId,
      JSON.stringify(entry.detail ?? {}),
      entry.requestId,
      entry.at,
    );
}

/**
 * The statement that records that documents were put or deleted.
 * @param changes SQL that yields the external id and the new version of each change, from the workspace as ?1 and a value as ?2
 */
export function documentsAuditStatement(
  db: D1Database,
  { actor, requestId }: Actor,
  action: "document.put" | "document.delete",
  workspaceId: string,
  changes: { sql: string; value: string },
  at: number,
): D1PreparedStatement {
  return db
    .prepare(
      `INSERT INTO audit_log (workspace_id, actor, action, object_id, detail, request_id, created_at)
       SELECT ?1, ?3, ?4, external_id, json_object('version', version), ?5, ?6 FROM (${changes.sql})`,
    )
    .bind(workspaceId, changes.value, actor, action, requestId, at);
}

interface AuditRow {
  id: number;
  actor: string;
  action: string;
  object_id: string;
  detail: string;
  request_id: string;
  created_at: number;
}

/** A page of a workspace's log, the latest first. */
export async function readAuditLog(
  db: D1Database,
  workspaceId: string,
  page: {
    action?: string | undefined;
    objectId?: string | undefined;
    actor?: string | undefined;
    before: Position | undefined;
    limit: number;
  },
): Promise<AuditRow[]> {
  const { results } = await db
    .prepare(
      `SELECT id, actor, action, object_id, detail, request_id, created_at FROM audit_log
       WHERE workspace_id = ?1 AND (?2 IS NULL OR id < ?2) AND (?3 IS NULL OR action = ?3)
         AND (?4 IS NULL OR object_id = ?4) AND (?5 IS NULL OR actor = ?5)
       ORDER BY id DESC LIMIT ?6`,
    )
    .bind(
      workspaceId,
      page.before ? Number(page.before.id) : null,
      page.action ?? null,
      page.objectId ?? null,
      page.actor ?? null,
      page.limit,
    )
    .all<AuditRow>();
  return results;
}
