import type { Caller } from "../auth/keys.ts";
import { equal, sign } from "../crypto/signing.ts";
import { Problem } from "../http/problem.ts";
import type { Lease } from "./lease.ts";

/** The token that opens one anonymous conversation. Only the workspace's secret can make it, and it reveals nothing. */
export async function conversationToken(
  { workspaceId, workspaceSecret }: Pick<Caller, "workspaceId" | "workspaceSecret">,
  conversationId: string,
): Promise<string> {
  return `ct_${await sign(workspaceSecret, "conversation", `${workspaceId}\n${conversationId}`)}`;
}

export interface Owned extends Lease {
  id: string;
  /** Subject of the visitor to whom the conversation belongs; null while it is anonymous. */
  visitor: string | null;
  /** What its first message sent as `metadata`, as JSON. */
  metadata: string;
  /** Values that the visitor has chosen (chosen-values.ts), as JSON. */
  chosen: string | null;
  /** The procedure that the visitor is in (actions/run.ts), as JSON. */
  run: string | null;
}

/**
 * Whether the caller may read and continue a conversation. Belonging to a visitor, it opens to that visitor's JWT alone: a
 * token that was shared before, or left in a browser that others use, opens it no longer. Anonymous, it opens to its token;
 * a JWT beside the token may claim it, by a message or by the route for it. A secret key that acts for no visitor in particular opens every conversation of its workspace.
 * @param conversation as the caller's workspace has it; undefined when it has none of this id
 */
export async function mayOpen(
  caller: Caller,
  conversation: Owned | undefined,
  token: string | undefined,
): Promise<boolean> {
  // Computed for a conversation that does not exist, too: both refusals cost the same.
  const expected = await conversationToken(caller, conversation?.id ?? "");
  if (!conversation) return false;
  if (caller.kind === "secret" && !caller.visitor) return true;
  if (conversation.visitor !== null) return conversation.visitor === caller.visitor?.subject;
  return equal(token ?? "", expected);
}

/** The statement that finds an {@link Owned} conversation of a workspace, which `workspace` is SQL for. */
export function ownedStatement(
  db: D1Database,
  workspace: { sql: string; value: string },
  conversationId: string,
): D1PreparedStatement {
  return db
    .prepare(
      `SELECT c.id, c.metadata, c.chosen, c.run, v.subject AS visitor, c.lease_question_id, c.lease_expires_at FROM conversations c LEFT JOIN visitors v ON v.id = c.visitor_id
       WHERE c.workspace_id = ${workspace.sql} AND c.id = ?2`,
    )
    .bind(workspace.value, conversationId);
}

/** The same answer for another visitor's conversation, another workspace's, and one that does not exist. */
export function unknownConversation(): Problem {
  return new Problem("not_found", "There is no conversation with this id.");
}
