import type { Visitor } from "../auth/visitor-token.ts";
import type { Services } from "../services.ts";

/** Keeps who a token has named, as the latest token says it; writes only what is news. */
export function noteVisitor(
  { db, now, newId }: Pick<Services, "db" | "now" | "newId">,
  workspaceId: string,
  visitor: Visitor,
): D1PreparedStatement {
  return db
    .prepare(
      `INSERT INTO visitors (id, workspace_id, subject, name, email, created_at, updated_at)
       VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?6)
       ON CONFLICT (workspace_id, subject) DO UPDATE SET
         name = coalesce(excluded.name, name), email = coalesce(excluded.email, email),
         updated_at = excluded.updated_at
       WHERE name IS NOT coalesce(excluded.name, name) OR email IS NOT coalesce(excluded.email, email)`,
    )
    .bind(newId("vis"), workspaceId, visitor.subject, visitor.name, visitor.email, now());
}

/** SQL: the id of a workspace's visitor; null for a subject that is null or unknown. */
export function visitorIdOf(workspace: string, subject: string): string {
  return `(SELECT id FROM visitors WHERE workspace_id = ${workspace} AND subject = ${subject})`;
}
