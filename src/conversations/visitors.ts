import type { Caller } from "../auth/keys.ts";
import type { Visitor } from "../auth/visitor-token.ts";
import { notErasedSql } from "../privacy/erasures.ts";
import type { Services } from "../runtime/services.ts";

/** The visitor whom a JWT names, and the conversation in which it was sent. */
export interface Naming {
  visitor: Visitor;
  /** The visitor's name in the table of erasures. */
  person: string;
  /** Null for a new one. */
  conversationId: string | null;
}

/**
 * Stores the visitor whom a JWT names, with the name and address of the latest JWT. Writes only changes. Writes nothing for a visitor who
 * was erased meanwhile, or to whom the conversation is not open.
 */
export function noteVisitor(
  { db, now, newId }: Pick<Services, "db" | "now" | "newId">,
  { workspaceId, erasures }: Pick<Caller, "workspaceId" | "erasures">,
  { visitor, person, conversationId }: Naming,
): D1PreparedStatement {
  return db
    .prepare(
      `INSERT INTO visitors (id, workspace_id, subject, name, email, created_at, updated_at)
       SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?6
       WHERE ${notErasedSql("?2", "?7", "?8")} AND (?9 IS NULL OR EXISTS (SELECT 1 FROM conversations
         WHERE workspace_id = ?2 AND id = ?9 AND (visitor_id IS NULL OR visitor_id = ${visitorIdOf("?2", "?3")})))
       ON CONFLICT (workspace_id, subject) DO UPDATE SET
         name = coalesce(excluded.name, name), email = coalesce(excluded.email, email),
         updated_at = excluded.updated_at
       WHERE name IS NOT coalesce(excluded.name, name) OR email IS NOT coalesce(excluded.email, email)`,
    )
    .bind(
      newId("vis"),
      workspaceId,
      visitor.subject,
      visitor.name,
      visitor.email,
      now(),
      person,
      erasures,
      conversationId,
    );
}

/** SQL: the id of a workspace's visitor; null for a subject that is null or unknown. */
export function visitorIdOf(workspace: string, subject: string): string {
  return `(SELECT id FROM visitors WHERE workspace_id = ${workspace} AND subject = ${subject})`;
}
