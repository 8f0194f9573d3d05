import type { Caller } from "../auth/keys.ts";
import type { Visitor } from "../auth/visitor-token.ts";
import type { Position } from "../http/paging.ts";
import { notErasedSql, personOf } from "../privacy/erasures.ts";
import { batchByName, changesByName } from "../runtime/named-batch.ts";
import type { Services } from "../runtime/services.ts";
import { mayOpen, ownedStatement, type Owned } from "./access.ts";
import type { GuidanceForm } from "../playbook/items.ts";
import type { Choice } from "../answering/answer.ts";
import type { Applied } from "../answering/apply-playbook.ts";
import { toChoiceJson, type ConversationSummary, type ConversationView } from "./schema.ts";
import { visitorStatement, visitorIdOf } from "./visitors.ts";
import { withholdingAudience, isWithheld, usedDocumentsSql } from "./withheld.ts";

type Message = ConversationView["messages"][number];
type MessageRow = Omit<
  Message,
  "author" | "citations" | "choices" | "applied" | "form" | "created_at" | "stopped" | "tool_calls"
> & {
  applied: string | null;
  form: string | null;
  stopped: 0 | 1;
  citations: string | null;
  choices: string | null;
  created_at: number;
  used_documents: string;
};

interface ConversationRow {
  id: string;
  metadata: string;
  created_at: number;
  updated_at: number;
}

/**
 * A conversation with all its messages, oldest first, or null for one that the caller may not open. Changes nothing. A visitor is not
 * shown an answer that was made of a document which the visitor may not see now.
 */
export async function readConversation(
  { db }: Pick<Services, "db">,
  caller: Caller,
  id: string,
  token: string | undefined,
): Promise<ConversationView | null> {
  const { owners, conversations, messages, calls } = await batchByName<{
    owners: Owned;
    conversations: ConversationRow;
    messages: MessageRow;
    calls: ToolCallRow;
  }>(db, {
    owners: ownedStatement(db, { sql: "?1", value: caller.workspaceId }, id),
    conversations: summaryStatement(db, caller.workspaceId, id),
    messages: db
      .prepare(
        `SELECT id, role, text, outcome, confidence, rung, language, failure, stopped, citations, choices, applied, form, created_at,
           ${usedDocumentsSql("m")} AS used_documents FROM messages m
         WHERE workspace_id = ?1 AND conversation_id = ?2 ORDER BY seq`,
      )
      .bind(caller.workspaceId, id),
    calls: toolCallsStatement(db, caller.workspaceId, id),
  });
  if (!(await mayOpen(caller, owners[0], token))) return null;
  const [row] = conversations;
  if (!row) return null;
  return {
    ...toSummary(row),
    messages: messages.map((message) => ({
      ...toMessage(message, withholdingAudience(caller)),
      ...(withholdingAudience(caller) === undefined && toolCallsOf(message.id, calls)),
    })),
  };
}

interface ToolCallRow {
  id: string;
  message_id: string;
  tool: string;
  version: string;
  effect: "read" | "change";
  arguments: string;
  status: "calling" | "ok" | "failed" | "unknown" | "refused";
  reason: string | null;
  result: string | null;
  created_at: number;
  ended_at: number | null;
}

function toolCallsStatement(
  db: D1Database,
  workspaceId: string,
  conversationId: string,
): D1PreparedStatement {
  return db
    .prepare(
      `SELECT id, message_id, tool, version, effect, arguments, status, reason, result, created_at, ended_at FROM tool_calls
       WHERE +workspace_id = ?1 AND conversation_id = ?2 ORDER BY created_at, rowid`,
    )
    .bind(workspaceId, conversationId);
}

function toolCallsOf(messageId: string, rows: ToolCallRow[]): Pick<Message, "tool_calls"> {
  const own = rows.filter((row) => row.message_id === messageId);
  if (own.length === 0) return {};
  const time = (ms: number): string => new Date(ms).toISOString();
  return {
    tool_calls: own.map(({ message_id: _messageId, ...row }) => ({
      ...row,
      arguments: JSON.parse(row.arguments) as Record<string, unknown>,
      result: row.result === null ? null : (JSON.parse(row.result) as Record<string, unknown>),
      created_at: time(row.created_at),
      ended_at: row.ended_at === null ? null : time(row.ended_at),
    })),
  };
}

function summaryStatement(
  db: D1Database,
  workspaceId: string,
  conversationId: string,
): D1PreparedStatement {
  return db
    .prepare(
      `SELECT id, metadata, created_at, updated_at FROM conversations WHERE workspace_id = ?1 AND id = ?2`,
    )
    .bind(workspaceId, conversationId);
}

/**
 * Makes an anonymous conversation that the caller may open the visitor's. One that is the visitor's already stays it.
 * @returns null for a conversation that the caller may not open, or that another visitor or an erasure was faster to take
 */
export async function claimConversation(
  services: Services,
  caller: Caller & { visitor: Visitor },
  id: string,
  token: string | undefined,
): Promise<ConversationSummary | null> {
  const { db } = services;
  const { owners, conversations } = await batchByName<{
    owners: Owned;
    conversations: ConversationRow;
  }>(db, {
    owners: ownedStatement(db, { sql: "?1", value: caller.workspaceId }, id),
    conversations: summaryStatement(db, caller.workspaceId, id),
  });
  const [owned] = owners;
  const [row] = conversations;
  if (!owned || !row || !(await mayOpen(caller, owned, token))) return null;
  if (owned.visitor === null && !(await claim(services, caller, id))) return null;
  return toSummary(row);
}

/** False when another visitor, or an erasure, was faster. */
async function claim(
  services: Services,
  caller: Caller & { visitor: Visitor },
  id: string,
): Promise<boolean> {
  const { visitor, workspaceId, erasures } = caller;
  const person = await personOf(caller, { visitor: visitor.subject });
  const { claimed } = await changesByName(services.db, {
    visitor: visitorStatement(services, caller, { visitor, person, conversationId: id }),
    claimed: services.db
      .prepare(
        `UPDATE conversations SET visitor_id = ${visitorIdOf("?1", "?3")}
         WHERE workspace_id = ?1 AND id = ?2
           AND (visitor_id IS NULL OR visitor_id = ${visitorIdOf("?1", "?3")})
           AND ${notErasedSql("?1", "?4", "?5")}`,
      )
      .bind(workspaceId, id, visitor.subject, person, erasures),
  });
  return claimed === 1;
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

function toApplied(applied: string): Message["applied"] {
  return (JSON.parse(applied) as Applied[]).map(({ kind, id, version, probability }) => ({
    kind,
    id,
    version,
    probability,
  }));
}

/** @param audience whose reader it is; undefined for one who reads everything */
function toMessage(
  { used_documents, citations, choices, applied, form, created_at, stopped, ...row }: MessageRow,
  audience: string[] | undefined,
): Message {
  const message = {
    ...row,
    author: row.role,
    ...(stopped === 1 && { stopped: true as const }),
    // Only secret keys see which guidance applied.
    ...(applied !== null && audience === undefined && { applied: toApplied(applied) }),
    created_at: new Date(created_at).toISOString(),
  };
  if (audience && isWithheld(used_documents, audience))
    return { ...message, text: "", confidence: null, citations: [], choices: [], withheld: true };
  return {
    ...message,
    citations: citations ? (JSON.parse(citations) as Message["citations"]) : [],
    choices: choices ? (JSON.parse(choices) as Choice[]).map(toChoiceJson) : [],
    ...(form !== null && { form: JSON.parse(form) as GuidanceForm }),
  };
}
