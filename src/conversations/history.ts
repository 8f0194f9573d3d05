import type { ConversationView } from "./routes.ts";

type Message = ConversationView["messages"][number];
type MessageRow = Omit<Message, "citations" | "created_at"> & {
  citations: string | null;
  created_at: number;
};

/** A conversation of this workspace with all its messages, oldest first, or null. */
export async function readConversation(
  db: D1Database,
  workspaceId: string,
  id: string,
): Promise<ConversationView | null> {
  const [conversations, messages] = await db.batch<Record<string, unknown>>([
    db
      .prepare(
        `SELECT id, metadata, created_at, updated_at FROM conversations WHERE workspace_id = ?1 AND id = ?2`,
      )
      .bind(workspaceId, id),
    db
      .prepare(
        `SELECT id, role, text, outcome, confidence, rung, citations, created_at FROM messages
         WHERE workspace_id = ?1 AND conversation_id = ?2 ORDER BY seq`,
      )
      .bind(workspaceId, id),
  ]);
  const row = conversations?.results[0] as
    | { id: string; metadata: string; created_at: number; updated_at: number }
    | undefined;
  if (!row) return null;
  return {
    id: row.id,
    metadata: JSON.parse(row.metadata) as Record<string, unknown>,
    messages: ((messages?.results ?? []) as unknown as MessageRow[]).map(toMessage),
    created_at: new Date(row.created_at).toISOString(),
    updated_at: new Date(row.updated_at).toISOString(),
  };
}

function toMessage(row: MessageRow): Message {
  return {
    ...row,
    citations: row.citations ? (JSON.parse(row.citations) as Message["citations"]) : [],
    created_at: new Date(row.created_at).toISOString(),
  };
}
