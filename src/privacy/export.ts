import type { Services } from "../runtime/services.ts";
import { toBase64Url } from "../crypto/signing.ts";
import { OF_MESSAGES } from "./remove-conversations.ts";

/** Rows that are read at a time. */
const CONVERSATIONS = 50;
const MESSAGES = 100;

type Row = Record<string, unknown>;

const JSON_COLUMNS = new Set(["metadata", "citations", "sources", "usage", "timings_ms"]);

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

/**
 * All data of a visitor as the pieces of one JSON document. Rows are exported whole, so that columns which are added later are in
 * it: times as ISO 8601, bytes as base64url. A page of rows is read when its pieces are asked for.
 */
export async function* exportVisitor(
  { db, now }: Pick<Services, "db" | "now">,
  workspaceId: string,
  visitor: Visitor,
): AsyncGenerator<string> {
  const head = { exported_at: new Date(now()).toISOString(), visitor: readable(visitor) };
  yield `${JSON.stringify(head).slice(0, -1)},"conversations":[`;
  let separator = "";
  for await (const conversations of conversationsOf(db, workspaceId, visitor.id)) {
    const messages = messagesOf(
      db,
      workspaceId,
      conversations.map(({ id }) => id),
    );
    let next = await messages.next();
    for (const conversation of conversations) {
      yield `${separator}${JSON.stringify(readable(conversation)).slice(0, -1)},"messages":[`;
      separator = ",\n";
      for (let comma = ""; next.value?.conversation_id === conversation.id; comma = ",\n") {
        yield comma + JSON.stringify(next.value.shown);
        next = await messages.next();
      }
      yield "]}";
    }
  }
  yield "]}\n";
}

async function* conversationsOf(
  db: D1Database,
  workspaceId: string,
  visitorId: string,
): AsyncGenerator<(Row & { id: string })[]> {
  let after = "";
  for (;;) {
    const { results } = await db
      .prepare(
        `SELECT * FROM conversations WHERE workspace_id = ?1 AND visitor_id = ?2 AND id > ?3
         ORDER BY id LIMIT ${CONVERSATIONS}`,
      )
      .bind(workspaceId, visitorId, after)
      .all<Row & { id: string }>();
    if (results.length === 0) return;
    yield results;
    after = results.at(-1)?.id ?? "";
  }
}

interface MessageRow extends Row {
  id: string;
  conversation_id: string;
  seq: number;
}

/** The messages of some conversations by conversation and position, each with the rows that depend on it. */
async function* messagesOf(
  db: D1Database,
  workspaceId: string,
  conversationIds: string[],
): AsyncGenerator<{ conversation_id: string; shown: object }, undefined> {
  const within = `FROM messages WHERE workspace_id = ?1 AND conversation_id IN (SELECT value FROM json_each(?2))
    AND (conversation_id, seq) > (?3, ?4) ORDER BY conversation_id, seq LIMIT ${MESSAGES}`;
  const ids = JSON.stringify(conversationIds);
  let after: [string, number] = ["", 0];
  for (;;) {
    const statement = (sql: string): D1PreparedStatement =>
      db.prepare(sql).bind(workspaceId, ids, ...after);
    const [messages, ...dependents] = await db.batch<Row>([
      statement(`SELECT * ${within}`),
      ...OF_MESSAGES.map((table) =>
        statement(
          `SELECT * FROM ${table} WHERE workspace_id = ?1 AND message_id IN (SELECT id ${within})`,
        ),
      ),
    ]);
    const rows = (messages?.results ?? []) as MessageRow[];
    const last = rows.at(-1);
    if (!last) return undefined;
    for (const row of rows) {
      const ofRow = ({ message_id }: Row): boolean => message_id === row.id;
      const dependent = OF_MESSAGES.map((table, index) => {
        return [table, dependents[index]?.results.filter(ofRow).map(readable) ?? []] as const;
      });
      const shown = { ...readable(row), ...Object.fromEntries(dependent) };
      yield { conversation_id: row.conversation_id, shown };
    }
    after = [last.conversation_id, last.seq];
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
  if (Array.isArray(value)) return toBase64Url(Uint8Array.from(value as number[]));
  return value;
}
