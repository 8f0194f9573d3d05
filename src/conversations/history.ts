import type { Caller } from "../auth/keys.ts";
import type { Position } from "../http/paging.ts";
import { notErasedSql, personOf } from "../privacy/erasures.ts";
import type { Services } from "../runtime/services.ts";
import { mayOpen, ownedStatement } from "./access.ts";
import type { ConversationSummary, ConversationView } from "./schema.ts";
import { noteVisitor, visitorIdOf } from "./visitors.ts";

type Message = ConversationView["messages"][number];
type MessageRow = Omit<Message, "citations" | "created_at"> & {
  citations: string | null;
  created_at: number;
};

interface ConversationRow {
  id: string;
  metadata: string;
  created_at: number;
  updated_at: number;
}

/**
 * A conversation with all its messages, oldest first, or null for one that the caller may not open. Read with both a token
 * and a JWT, it becomes the visitor's.
 */
export async function readConversation(
  services: Services,
  caller: Caller,
  id: string,
  token: string | undefined,
): Promise<ConversationView | null> {
  const { db } = services;
  const [owners, conversations, messages] = await db.batch<Record<string, unknown>>([
    ownedStatement(db, { sql: "?1", value: caller.workspaceId }, id),
    db
      .prepare(
        `SELECT id, metadata, created_at, updated_at FROM conversations WHERE workspace_id = ?1 AND id = ?2`,
      )
      .bind(caller.workspaceId, id),
    db
      .prepare(
        `SELECT id, role, text, outcome, confidence, rung, citations, created_at FROM messages
         WHERE workspace_id = ?1 AND conversation_id = ?2 ORDER BY seq`,
      )
      .bind(caller.workspaceId, id),
  ]);
  const owned = owners?.results[0] as { id: string; visitor: string | null } | undefined;
  if (!(await mayOpen(caller, owned, token))) return null;
  const row = conversations?.results[0] as unknown as ConversationRow | undefined;
  if (!row) return null;
  if (owned?.visitor === null && caller.visitor && !(await claim(services, caller, id)))
    return null;
  return {
    ...toSummary(row),
    messages: ((messages?.results ?? []) as unknown as MessageRow[]).map(toMessage),
  };
}

/** Makes an anonymous conversation the visitor's. False when another visitor, or an erasure, was faster. */
async function claim(services: Services, caller: Caller, id: string): Promise<boolean> {
  const { visitor, workspaceId, erasures } = caller;
  if (!visitor) return false;
  const person = await personOf(caller, { visitor: visitor.subject });
  const [, claimed] = await services.db.batch([
    noteVisitor(services, caller, { visitor, person, conversationId: id }),
    services.db
      .prepare(
        `UPDATE conversations SET visitor_id = ${visitorIdOf("?1", "?3")}
         WHERE workspace_id = ?1 AND id = ?2
           AND (visitor_id IS NULL OR visitor_id = ${visitorIdOf("?1", "?3")})
           AND ${notErasedSql("?1", "?4", "?5")}`,
      )
      .bind(workspaceId, id, visitor.subject, person, erasures),
  ]);
  return claimed?.meta.changes === 1;
}

/** A page of a workspace's conversations, those of one visitor or all, the one with the latest message first. */
export async function listConversations(
  db: D1Database,
  workspaceId: string,
  page: { subject: string | undefined; after: Position | undefined; limit: number },
): Promise<(ConversationSummary & { updatedAt: number })[]> {
  const { results } = await db
    .prepare(
      `SELECT id, metadata, created_at, updated_at FROM conversations
       WHERE workspace_id = ?1 AND (?2 IS NULL OR visitor_id = ${visitorIdOf("?1", "?2")})
         AND (?3 IS NULL OR (updated_at, id) < (?3, ?4))
       ORDER BY updated_at DESC, id DESC LIMIT ?5`,
    )
    .bind(
      workspaceId,
      page.subject ?? null,
      page.after?.at ?? null,
      page.after?.id ?? null,
      page.limit,
    )
    .all<ConversationRow>();
  return results.map((row) => ({ ...toSummary(row), updatedAt: row.updated_at }));
}

function toSummary(row: ConversationRow): ConversationSummary {
  return {
    id: row.id,
    metadata: JSON.parse(row.metadata) as Record<string, unknown>,
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
