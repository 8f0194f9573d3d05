import { changesByName } from "../runtime/named-batch.ts";

/** Tables whose rows belong to a message, by `message_id`: they are removed before it and exported with it. */
export const OF_MESSAGES = [
  "cached_answers",
  "turn_ledger",
  "handover_requested",
  "tool_calls",
] as const;

/** Every table that is emptied when conversations are removed, in the order of removal. */
export const CONVERSATION_TABLES = [
  ...OF_MESSAGES,
  "messages",
  "visitors",
  "conversations",
] as const;
export type ConversationTable = (typeof CONVERSATION_TABLES)[number];

/** Statements of one step without `afterEach`. */
export const REMOVAL_STATEMENTS = CONVERSATION_TABLES.length + 1;

/** The most messages and conversations that one step, which is one transaction, removes. */
const MESSAGES = 500;
const CONVERSATIONS = 50;

/** Which conversations `c` of a workspace are selected: a condition with the parameter `?2`. */
export interface Selection {
  where: "c.id = ?2" | "c.visitor_id = ?2" | "c.updated_at < ?2";
  value: string | number;
}

export type Removed = Record<ConversationTable, number>;

/**
 * Removes a limited number of the selected conversations with all rows that depend on them, in one transaction. A visitor is
 * removed with their last conversation. The conversations are selected within the transaction, so that one in which somebody has
 * just written is no longer selected as old.
 * @param afterEach a statement to run after the deletion from a table
 * @returns rows removed by table; zeros when nothing is left to remove
 */
export async function removeConversations(
  db: D1Database,
  workspaceId: string,
  { where, value }: Selection,
  afterEach?: (table: ConversationTable) => D1PreparedStatement,
): Promise<Removed> {
  const statements = CONVERSATION_TABLES.flatMap((table): [string, D1PreparedStatement][] => {
    const deletion = db.prepare(deletionSql(table, where)).bind(workspaceId, value);
    return [
      [table, deletion],
      ...(afterEach
        ? [[`after ${table}`, afterEach(table)] satisfies [string, D1PreparedStatement]]
        : []),
    ];
  });
  // Visitors are removed before the conversations that refer to them: foreign keys are checked at the transaction's end
  // (developers.cloudflare.com/d1/sql-api/foreign-keys).
  const changes = await changesByName<string>(db, {
    deferred: db.prepare(`PRAGMA defer_foreign_keys = on`),
    ...Object.fromEntries(statements),
  });
  return Object.fromEntries(
    CONVERSATION_TABLES.map((table) => [table, changes[table] ?? 0]),
  ) as Removed;
}

/**
 * Rows are found by their ids. `+workspace_id` keeps SQLite from using an index on the workspace, with which it would read all
 * rows of the workspace.
 */
function deletionSql(table: ConversationTable, where: Selection["where"]): string {
  const selected = `SELECT c.id FROM conversations c WHERE c.workspace_id = ?1 AND ${where}
    ORDER BY c.updated_at, c.id LIMIT ${CONVERSATIONS}`;
  const messages = `SELECT id FROM messages WHERE +workspace_id = ?1 AND conversation_id IN (${selected})
    ORDER BY conversation_id, seq LIMIT ${MESSAGES}`;
  const emptied = `SELECT e.id FROM conversations e WHERE +e.workspace_id = ?1 AND e.id IN (${selected})
    AND NOT EXISTS (SELECT 1 FROM messages m WHERE m.conversation_id = e.id)`;
  switch (table) {
    case "messages":
      return `DELETE FROM messages WHERE +workspace_id = ?1 AND id IN (${messages})`;
    case "conversations":
      return `DELETE FROM conversations WHERE +workspace_id = ?1 AND id IN (${emptied})`;
    case "visitors":
      return `DELETE FROM visitors WHERE +workspace_id = ?1 AND id IN (${visitorsOf(where, emptied)}) AND NOT EXISTS
        (SELECT 1 FROM conversations o
          WHERE o.workspace_id = ?1 AND o.visitor_id = visitors.id AND o.id NOT IN (${emptied}))`;
    case "cached_answers":
    case "turn_ledger":
    case "handover_requested":
    case "tool_calls":
      return `DELETE FROM ${table} WHERE +workspace_id = ?1 AND message_id IN (${messages})`;
  }
}

/** Visitors whose last conversation may be removed. A visitor who is erased need not have any conversation. */
function visitorsOf(where: Selection["where"], emptied: string): string {
  if (where === "c.visitor_id = ?2") return "?2";
  return `SELECT visitor_id FROM conversations WHERE +workspace_id = ?1 AND id IN (${emptied})`;
}
