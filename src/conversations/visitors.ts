import type { Caller } from "../auth/keys.ts";
import type { Visitor } from "../auth/visitor-token.ts";
import { notErasedSql } from "../privacy/erasures.ts";
import type { Services } from "../runtime/services.ts";

/** The visitor whom a JWT identifies, and the conversation with which the JWT was sent. */
export interface IdentifiedVisitor {
  visitor: Visitor;
  /** The visitor's pseudonym in the table of erasures. */
  person: string;
  /** Null for a new one. */
  conversationId: string | null;
}

/**
 * The statement that stores a visitor with the name and the e-mail address of the latest JWT. It writes only changes. It writes nothing for a
 * visitor who has been erased since the request began, or who may not open the conversation.
 */
export function visitorStatement(
  { db, now, newId }: Pick<Services, "db" | "now" | "newId">,
  { workspaceId, erasures }: Pick<Caller, "workspaceId" | "erasures">,
  { visitor, person, conversationId }: IdentifiedVisitor,
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
