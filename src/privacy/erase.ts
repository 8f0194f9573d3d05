import { z } from "@hono/zod-openapi";
import { batchByName } from "../runtime/named-batch.ts";
import type { Services } from "../runtime/services.ts";
import { auditStatement, type Actor } from "../audit/log.ts";
import type { Caller } from "../auth/keys.ts";
import {
  beginStatement,
  countStatement,
  personOf,
  reportStatement,
  type ErasureRow,
  type Subject,
} from "./erasures.ts";
import {
  CONVERSATION_TABLES,
  REMOVAL_STATEMENTS,
  removeConversations,
  type ConversationTable,
  type Selection,
} from "./remove-conversations.ts";

/** One step takes so much, each table being counted, and the receipt at the end one statement more. */
const STEP = { statements: REMOVAL_STATEMENTS + CONVERSATION_TABLES.length + 1, subrequests: 2 };

const DAY_MS = 86_400_000;

/** Copies that the platform keeps and that cannot be erased, with the days after which they expire on the paid plan. */
const PLATFORM_COPIES = [
  /** Of all rows (developers.cloudflare.com/d1/reference/time-travel). */
  { store: "d1_time_travel", days: 30 },
  /** Of URLs, which contain ids (developers.cloudflare.com/workers/observability/logs/workers-logs). */
  { store: "workers_logs", days: 7 },
] as const;

/** What an erasure removed, and the copies that it cannot remove. */
export const receiptSchema = z
  .object({
    complete: z.boolean().meta({
      description: "False when a part remains that did not fit into one request: send it again",
    }),
    removed: z.array(z.object({ store: z.string(), table: z.string(), rows: z.int() })),
    remains: z.array(z.object({ store: z.string(), until: z.string().nullable() })).meta({
      description: "The platform's own copies, which nobody can change, and when they expire",
    }),
    begun_at: z.string(),
    completed_at: z.string().nullable(),
  })
  .meta({ id: "ErasureReceipt" });

export type Receipt = z.infer<typeof receiptSchema>;

/**
 * Erases all personal data of a visitor, or of the person who wrote in a conversation. It is stored in D1 only: vectors are made
 * from documents alone, and queue messages carry ids, whose rows are gone. An unknown person, or one of another workspace, gets
 * a receipt of zeros.
 */
export async function erase(
  { db, now, calls }: Pick<Services, "db" | "now" | "calls">,
  caller: Caller,
  subject: Subject,
  by: Actor,
): Promise<Receipt> {
  const { workspaceId } = caller;
  const person = await personOf(caller, subject);
  const isVisitor = "visitor" in subject;
  const { known } = await batchByName<{ known: { id: string } }>(db, {
    begin: beginStatement(db, workspaceId, person, now()),
    audit: auditStatement(db, {
      ...by,
      workspaceId,
      action: isVisitor ? "visitor.erase" : "conversation.erase",
      objectId: person,
      at: now(),
    }),
    known: db
      .prepare(`SELECT id FROM visitors WHERE workspace_id = ?1 AND subject = ?2`)
      .bind(workspaceId, isVisitor ? subject.visitor : ""),
  });
  const selection: Selection = isVisitor
    ? { where: "c.visitor_id = ?2", value: known[0]?.id ?? "" }
    : { where: "c.id = ?2", value: subject.conversation };
  const count = (table: string): D1PreparedStatement =>
    countStatement(db, workspaceId, person, table);
  let complete = false;
  while (!complete && calls.hasRoomFor(STEP)) {
    const removed = await removeConversations(db, workspaceId, selection, count);
    complete = Object.values(removed).every((rows) => rows === 0);
  }
  const report = reportStatement(db, workspaceId, person, complete ? now() : null);
  return toReceipt(await report.first<ErasureRow>());
}

function toReceipt(row: ErasureRow | null): Receipt {
  if (!row) throw new Error("An erasure has no row");
  const removed = JSON.parse(row.removed) as Partial<Record<ConversationTable, number>>;
  const { completed_at: completedAt } = row;
  return {
    complete: completedAt !== null,
    removed: CONVERSATION_TABLES.map((table) => {
      return { store: "d1", table, rows: removed[table] ?? 0 };
    }),
    remains: PLATFORM_COPIES.map(({ store, days }) => {
      return { store, until: isoOrNull(completedAt, days * DAY_MS) };
    }),
    begun_at: new Date(row.begun_at).toISOString(),
    completed_at: isoOrNull(completedAt),
  };
}

function isoOrNull(at: number | null, later = 0): string | null {
  return at === null ? null : new Date(at + later).toISOString();
}
