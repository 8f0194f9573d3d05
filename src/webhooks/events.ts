import { auditStatement, type Actor } from "../audit/log.ts";
import type { Json } from "./contract/json.ts";
import type { Change } from "./contract/vendor.ts";
import type { ChangeResult, EventStatus, EventView } from "./schema.ts";

/** A delivery whose signature is right. */
export interface NewEvent {
  workspaceId: string;
  sourceId: string;
  delivery: string;
  type: string;
  headers: Record<string, string>;
  body: Json;
}

/** What the engine does for one entry: a resync has been replaced by the changes that it stands for. */
export type PlannedChange = Exclude<Change, { action: "resync" }>;

/** An event that has not been applied to its end, as the consumer needs it. */
export interface PendingEvent {
  id: number;
  workspaceId: string;
  sourceId: string;
  deliveries: number;
  headers: Record<string, string>;
  body: Json;
  plan: PlannedChange[] | null;
  progress: number;
  results: ChangeResult[];
  /** Why its last attempt failed. */
  reason: string | null;
  receivedAt: number;
}

/** An event that nothing has become of by then has lost its message, or its consumer died. */
const OVERDUE_MS = 60_000;
/** Results beyond this number are counted, not listed. */
const MAX_LISTED_RESULTS = 50;

/**
 * Stores a delivery as pending. The same delivery again changes nothing, unless the first one failed or
 * an identical one may be a new event.
 * @returns the event's id; null where there is nothing to do
 */
export async function storeEvent(
  db: D1Database,
  event: NewEvent,
  repeatsMayBeNew: boolean,
  now: number,
): Promise<number | null> {
  const row = await db
    .prepare(
      `INSERT INTO source_events (workspace_id, source_id, delivery, type, headers, body, status, received_at, due_at)
       VALUES (?1, ?2, ?3, ?4, ?5, ?6, 'pending', ?7, ?8)
       ON CONFLICT (source_id, delivery) DO UPDATE SET
         deliveries = deliveries + 1, type = excluded.type, headers = excluded.headers, body = excluded.body, plan = NULL,
         progress = 0, status = 'pending', reason = NULL, results = '[]', received_at = excluded.received_at,
         finished_at = NULL, due_at = excluded.due_at
       WHERE ?9 = 1 OR status = 'failed'
       RETURNING id`,
    )
    .bind(
      event.workspaceId,
      event.sourceId,
      event.delivery,
      event.type,
      JSON.stringify(event.headers),
      JSON.stringify(event.body),
      now,
      now + OVERDUE_MS,
      repeatsMayBeNew ? 1 : 0,
    )
    .first<{ id: number }>();
  return row?.id ?? null;
}

/** Null when the event is no longer pending: another message finished it, or its source was deleted. */
export async function readEvent(db: D1Database, id: number): Promise<PendingEvent | null> {
  const row = await db
    .prepare(
      `SELECT id, workspace_id AS workspaceId, source_id AS sourceId, deliveries, headers, body, plan, progress, results,
         reason, received_at AS receivedAt
       FROM source_events WHERE id = ?1 AND status = 'pending'`,
    )
    .bind(id)
    .first<
      Omit<PendingEvent, "headers" | "body" | "plan" | "results"> &
        Record<"headers" | "body" | "results", string> & { plan: string | null }
    >();
  if (!row) return null;
  return {
    ...row,
    headers: JSON.parse(row.headers) as Record<string, string>,
    body: JSON.parse(row.body) as Json,
    plan: row.plan === null ? null : (JSON.parse(row.plan) as PlannedChange[]),
    results: JSON.parse(row.results) as ChangeResult[],
  };
}

/** Stores how far a long event has come, and its plan. */
export async function saveProgress(
  db: D1Database,
  { id, deliveries }: PendingEvent,
  { plan, progress, results }: { plan: PlannedChange[]; progress: number; results: ChangeResult[] },
  dueAt: number,
): Promise<void> {
  await db
    .prepare(
      `UPDATE source_events SET plan = ?3, progress = ?4, results = ?5, due_at = ?6
       WHERE id = ?1 AND deliveries = ?2 AND status = 'pending'`,
    )
    .bind(id, deliveries, JSON.stringify(plan), progress, JSON.stringify(results), dueAt)
    .run();
}

/** When to look for the event if its next message is lost. */
export const dueAfter = (now: number, delayMs = 0): number => now + delayMs + OVERDUE_MS;

/** Notes what an event waits for. The sweeper ignores it until the retry is due. */
export async function postpone(
  db: D1Database,
  id: number,
  reason: string,
  dueAt: number,
): Promise<void> {
  await db
    .prepare(
      `UPDATE source_events SET reason = ?2, due_at = ?3 WHERE id = ?1 AND status = 'pending'`,
    )
    .bind(id, reason, dueAt)
    .run();
}

/**
 * Finishes an event, unless the same delivery came again meanwhile: then its newer message applies it once more. A failed event
 * keeps its body, so that a person can retry it.
 */
export async function finishEvent(
  db: D1Database,
  { id, deliveries }: Pick<PendingEvent, "id" | "deliveries">,
  end: { status: Exclude<EventStatus, "pending">; reason: string | null; results: ChangeResult[] },
  now: number,
): Promise<void> {
  const results = [
    ...end.results.filter(({ result }) => result === "failed"),
    ...end.results.filter(({ result }) => result !== "failed"),
  ].slice(0, MAX_LISTED_RESULTS);
  await db
    .prepare(
      `UPDATE source_events SET status = ?3, reason = ?4, results = ?5, finished_at = ?6, due_at = NULL, plan = NULL,
         progress = 0, body = CASE WHEN ?3 = 'failed' THEN body END
       WHERE id = ?1 AND deliveries = ?2 AND status = 'pending'`,
    )
    .bind(id, deliveries, end.status, end.reason, JSON.stringify(results), now)
    .run();
}

/** Makes a failed event pending again, as long as its body is kept. */
export async function reopenEvent(
  db: D1Database,
  workspaceId: string,
  sourceId: string,
  id: number,
  by: Actor,
  now: number,
): Promise<boolean> {
  const reopen = db
    .prepare(
      `UPDATE source_events SET status = 'pending', reason = NULL, results = '[]', finished_at = NULL, due_at = ?4
       WHERE workspace_id = ?1 AND source_id = ?2 AND id = ?3 AND status = 'failed'
         AND body IS NOT NULL`,
    )
    .bind(workspaceId, sourceId, id, now + OVERDUE_MS);
  const [reopened] = await db.batch([
    reopen,
    auditStatement(db, {
      ...by,
      workspaceId,
      action: "source_event.retry",
      objectId: String(id),
      detail: { source: sourceId },
      at: now,
    }),
  ]);
  return reopened?.meta.changes === 1;
}

/** A source's events, the newest first. */
export async function listEvents(
  db: D1Database,
  workspaceId: string,
  sourceId: string,
  page: { status?: EventStatus | undefined; before?: number | undefined; limit: number },
): Promise<EventView[]> {
  const { results } = await db
    .prepare(
      `SELECT id, type, status, reason, results, deliveries, received_at, finished_at FROM source_events
       WHERE workspace_id = ?1 AND source_id = ?2 AND (?3 IS NULL OR status = ?3) AND (?4 IS NULL OR id < ?4)
       ORDER BY id DESC LIMIT ?5`,
    )
    .bind(workspaceId, sourceId, page.status ?? null, page.before ?? null, page.limit)
    .all<
      Omit<EventView, "results" | "received_at" | "finished_at"> & {
        results: string;
        received_at: number;
        finished_at: number | null;
      }
    >();
  return results.map((row) => ({
    ...row,
    results: JSON.parse(row.results) as ChangeResult[],
    received_at: new Date(row.received_at).toISOString(),
    finished_at: row.finished_at === null ? null : new Date(row.finished_at).toISOString(),
  }));
}
