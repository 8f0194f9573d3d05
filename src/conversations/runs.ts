import type { Run } from "../actions/run.ts";

/** The procedure that a conversation is in, as it is stored with it. */
export function toRun(stored: string | null | undefined): Run | undefined {
  return stored ? (JSON.parse(stored) as Run) : undefined;
}

/** The statement that finds what a visitor has left in another conversation, by the customer's id that a token claims. */
export function leftRunStatement(
  db: D1Database,
  workspace: { sql: string; value: string },
  subject: string,
  conversationId: string,
): D1PreparedStatement {
  return db
    .prepare(
      `SELECT c.id, c.run FROM visitors v JOIN conversations c ON c.visitor_id = v.id
       WHERE v.workspace_id = ${workspace.sql} AND v.subject = ?2 AND c.workspace_id = v.workspace_id
         AND c.run IS NOT NULL AND c.id <> ?3
       ORDER BY c.updated_at DESC LIMIT 1`,
    )
    .bind(workspace.value, subject, conversationId);
}
