import type { Services } from "../runtime/services.ts";
import { base64url } from "jose";
import { batchByName } from "../runtime/named-batch.ts";
import { OF_MESSAGES } from "./remove-conversations.ts";

/** Rows that are read at a time. */
const CONVERSATIONS = 50;
const MESSAGES = 100;

type Row = Record<string, unknown>;

const JSON_COLUMNS = new Set([
  "metadata",
  "citations",
  "sources",
  "choices",
  "chosen",
  "usage",
  "timings_ms",
]);

interface Visitor extends Row {
  id: string;
}

/** The visitor's own row; null for a subject that the workspace does not know. */
export async function findVisitor(
  db: D1Database,
  workspaceId: string,
  subject: string,
): Promise<Visitor | null> {
  return db
    .prepare(`SELECT * FROM visitors WHERE workspace_id = ?1 AND subject = ?2`)
    .bind(workspaceId, subject)
    .first<Visitor>();
}

/** How far an export has come: up to this message, which is of this conversation. */
export interface ExportPosition {
  conversation: string;
  seq: number;
}

/**
 * All data of a visitor as the pieces of one JSON document. Rows are exported whole, so that columns which are added later are in
 * it: times as ISO 8601, bytes as base64url. A page of rows is read when its pieces are asked for. Where the invocation's budget ends, the
 * document ends with the cursor of the next one, which begins with the rest of the same conversation.
 */
export async function* exportVisitor(
  services: ExportServices,
  workspaceId: string,
  visitor: Visitor,
  after: ExportPosition | undefined,
  cursorOf: (position: ExportPosition) => Promise<string>,
): AsyncGenerator<string> {
  const { db, now } = services;
  const head = { exported_at: new Date(now()).toISOString(), visitor: readable(visitor) };
  yield `${JSON.stringify(head).slice(0, -1)},"conversations":[`;
  const progress: Progress = { ...(after ?? START), isCut: false };
  let separator = "";
  for await (const conversations of conversationsOf(db, workspaceId, visitor.id, progress)) {
    const ids = conversations.map(({ id }) => id);
    const messages = messagesOf(services, workspaceId, ids, progress);
    let next = await messages.next();
    for (const conversation of conversations) {
      if (progress.isCut && conversation.id > progress.conversation) break;
      yield `${separator}${JSON.stringify(readable(conversation)).slice(0, -1)},"messages":[`;
      separator = ",\n";
      for (let comma = ""; next.value?.conversation_id === conversation.id; comma = ",\n") {
        yield comma + JSON.stringify(next.value.shown);
        next = await messages.next();
      }
      yield "]}";
    }
    if (progress.isCut) break;
    // Also past conversations without messages.
    Object.assign(progress, { conversation: ids.at(-1), seq: Number.MAX_SAFE_INTEGER });
  }
  const cursor = progress.isCut ? await cursorOf(progress) : null;
  yield `],"next_cursor":${JSON.stringify(cursor)}}\n`;
}

type ExportServices = Pick<Services, "calls" | "db" | "now">;

const START: ExportPosition = { conversation: "", seq: -1 };

interface Progress extends ExportPosition {
  /** The budget has ended before the messages did. */
  isCut: boolean;
}

/** Pages of the visitor's conversations from the position on. */
async function* conversationsOf(
  db: D1Database,
  workspaceId: string,
  visitorId: string,
  { conversation: from }: ExportPosition,
): AsyncGenerator<(Row & { id: string })[]> {
  let comparison = ">=";
  let id = from;
  for (;;) {
    const { results } = await db
      .prepare(
        `SELECT * FROM conversations WHERE workspace_id = ?1 AND visitor_id = ?2 AND id ${comparison} ?3
         ORDER BY id LIMIT ${CONVERSATIONS}`,
      )
      .bind(workspaceId, visitorId, id)
      .all<Row & { id: string }>();
    if (results.length === 0) return;
    yield results;
    comparison = ">";
    id = results.at(-1)?.id ?? "";
  }
}

interface MessageRow extends Row {
  id: string;
  conversation_id: string;
  seq: number;
}

type MessagesAndDependents = { messages: MessageRow } & Record<(typeof OF_MESSAGES)[number], Row>;

/** A page of messages, and of conversations after it. */
const PAGE = { statements: 1 + OF_MESSAGES.length + 1, subrequests: 2 };

/**
 * The messages of some conversations by conversation and position, each with the rows that depend on it, after what `progress` says and as far
 * as the budget goes. It moves `progress` along.
 */
async function* messagesOf(
  { db, calls }: ExportServices,
  workspaceId: string,
  conversationIds: string[],
  progress: Progress,
): AsyncGenerator<{ conversation_id: string; shown: object }, undefined> {
  const within = `FROM messages WHERE workspace_id = ?1 AND conversation_id IN (SELECT value FROM json_each(?2))
    AND (conversation_id, seq) > (?3, ?4) ORDER BY conversation_id, seq LIMIT ${MESSAGES}`;
  const ids = JSON.stringify(conversationIds);
  for (;;) {
    if (!calls.hasRoomFor(PAGE)) {
      progress.isCut = true;
      return undefined;
    }
    const { conversation, seq } = progress;
    const statement = (sql: string): D1PreparedStatement =>
      db.prepare(sql).bind(workspaceId, ids, conversation, seq);
    const dependentsOf = (table: string): D1PreparedStatement =>
      statement(
        `SELECT * FROM ${table} WHERE workspace_id = ?1 AND message_id IN (SELECT id ${within})`,
      );
    const { messages, ...dependents } = await batchByName<MessagesAndDependents>(db, {
      messages: statement(`SELECT * ${within}`),
      cached_answers: dependentsOf("cached_answers"),
      turn_ledger: dependentsOf("turn_ledger"),
      handover_requested: dependentsOf("handover_requested"),
      tool_calls: dependentsOf("tool_calls"),
    });
    const last = messages.at(-1);
    if (!last) return undefined;
    for (const row of messages) {
      const ofRow = ({ message_id }: Row): boolean => message_id === row.id;
      const dependent = OF_MESSAGES.map((table) => {
        return [table, dependents[table].filter(ofRow).map(readable)] as const;
      });
      const shown = { ...readable(row), ...Object.fromEntries(dependent) };
      yield { conversation_id: row.conversation_id, shown };
    }
    Object.assign(progress, { conversation: last.conversation_id, seq: last.seq });
  }
}

/** A row in a form that people can read, without the workspace's id. */
function readable({ workspace_id: _workspaceId, ...row }: Row): Row {
  return Object.fromEntries(
    Object.entries(row).map(([column, value]) => [column, readableValue(column, value)]),
  );
}

function readableValue(column: string, value: unknown): unknown {
  if (typeof value === "number" && column.endsWith("_at")) return new Date(value).toISOString();
  if (typeof value === "string" && JSON_COLUMNS.has(column)) return JSON.parse(value);
  // D1 returns a BLOB as a list of bytes.
  if (Array.isArray(value)) return base64url.encode(Uint8Array.from(value as number[]));
  return value;
}
