import { auditStatement, type Actor } from "../audit/log.ts";
import { batchByName, changesByName } from "../runtime/named-batch.ts";
import type { Json } from "./contract/json.ts";
import type { Change, Delivery } from "./contract/vendor.ts";
import { dueStatement, GIVE_UP_MS, pauseSql } from "./schedule.ts";
import type { ChangeResult, EventStatus, EventView } from "./schema.ts";

/** A delivery whose signature is right. */
export interface NewEvent {
  workspaceId: string;
  sourceId: string;
  delivery: string;
  type: string;
  claim: Delivery["claim"];
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
  claim: Delivery["claim"];
  body: Json;
  plan: PlannedChange[] | null;
  progress: number;
  results: ChangeResult[];
  receivedAt: number;
  /** Its place among the source's events. */
  dueAt: number;
  /** When the first attempt without success began. Null: there was none before this one. */
  failingSince: number | null;
  /** Attempts at its next change whose invocation was killed. */
  killed: number;
}

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
  const insert = db
    .prepare(
      `INSERT INTO source_events (workspace_id, source_id, delivery, type, headers, claim, body, status, received_at, due_at)
       VALUES (?1, ?2, ?3, ?4, '{}', ?5, ?6, 'pending', ?7, ?7)
       ON CONFLICT (source_id, delivery) DO UPDATE SET
         deliveries = deliveries + 1, type = excluded.type, claim = excluded.claim, body = excluded.body, plan = NULL,
         progress = 0, status = 'pending', reason = NULL, results = '[]', received_at = excluded.received_at,
         finished_at = NULL, due_at = excluded.due_at, failing_since = NULL, begun = 0
       WHERE ?8 = 1 OR status = 'failed'
       RETURNING id`,
    )
    .bind(
      event.workspaceId,
      event.sourceId,
      event.delivery,
      event.type,
      JSON.stringify(event.claim),
      JSON.stringify(event.body),
      now,
      repeatsMayBeNew ? 1 : 0,
    );
  const { stored } = await batchByName<{ stored: { id: number } }>(db, {
    stored: insert,
    due: dueStatement(db, event.workspaceId, event.sourceId, now),
  });
  return stored[0]?.id ?? null;
}

/**
 * Takes the next event of a source, in the order in which they came. Another attempt is noted before it is made: an event that kills its
 * invocation is behind the others next time, and is recognised by the attempt that never ended.
 * @param isOpen whether the CMS may be called; if not, only events that were not tried yet are taken
 */
export async function takeEvent(
  db: D1Database,
  source: { id: string; workspaceId: string },
  isOpen: boolean,
  now: number,
): Promise<PendingEvent | null> {
  const next = `SELECT id FROM source_events
    WHERE workspace_id = ?1 AND source_id = ?2 AND status = 'pending' AND due_at <= ?3
      ${isOpen ? "" : "AND failing_since IS NULL"} ORDER BY due_at, id LIMIT 1`;
  const bind = (sql: string): D1PreparedStatement =>
    db.prepare(sql).bind(source.workspaceId, source.id, now);
  const { events } = await batchByName<{ events: EventRow }>(db, {
    events: bind(
      `SELECT id, workspace_id AS workspaceId, source_id AS sourceId, deliveries, claim, body, plan, progress, results,
         received_at AS receivedAt, due_at AS dueAt, failing_since AS failingSince, begun AS killed
       FROM source_events WHERE workspace_id = ?1 AND id = (${next})`,
    ),
    taken: isOpen
      ? bind(
          `UPDATE source_events SET due_at = ?3 + ${pauseSql("coalesce(failing_since, ?3)", "?3")},
             failing_since = coalesce(failing_since, ?3), begun = begun + 1
           WHERE workspace_id = ?1 AND id = (${next})`,
        )
      : bind(
          `UPDATE source_events SET failing_since = ?3, begun = begun + 1 WHERE workspace_id = ?1 AND id = (${next})`,
        ),
  });
  const [row] = events;
  if (!row) return null;
  return {
    ...row,
    claim: JSON.parse(row.claim) as Delivery["claim"],
    body: JSON.parse(row.body) as Json,
    plan: row.plan === null ? null : (JSON.parse(row.plan) as PlannedChange[]),
    results: JSON.parse(row.results) as ChangeResult[],
  };
}

type EventRow = Omit<PendingEvent, "claim" | "body" | "plan" | "results"> &
  Record<"claim" | "body" | "results", string> & { plan: string | null };

/**
 * Stores how far a long event has come, and its plan. It goes on in its place among the source's events.
 * @param begun attempts at its next change that began and did not end
 */
export async function saveProgress(
  db: D1Database,
  { id, workspaceId, deliveries, dueAt, failingSince }: PendingEvent,
  { plan, progress, results }: { plan: PlannedChange[]; progress: number; results: ChangeResult[] },
  begun = 0,
): Promise<void> {
  await db
    .prepare(
      `UPDATE source_events SET plan = ?4, progress = ?5, results = ?6, due_at = ?7, failing_since = ?8, begun = ?9
       WHERE workspace_id = ?1 AND id = ?2 AND deliveries = ?3 AND status = 'pending'`,
    )
    .bind(
      workspaceId,
      id,
      deliveries,
      JSON.stringify(plan),
      progress,
      JSON.stringify(results),
      dueAt,
      failingSince,
      begun,
    )
    .run();
}

/** Notes what an event waits for, and how long. */
export async function postpone(
  db: D1Database,
  { id, workspaceId, deliveries }: PendingEvent,
  { reason, dueAt, failingSince }: { reason: string; dueAt: number; failingSince: number | null },
): Promise<void> {
  await db
    .prepare(
      `UPDATE source_events SET reason = ?4, due_at = ?5, failing_since = ?6, begun = 0
       WHERE workspace_id = ?1 AND id = ?2 AND deliveries = ?3 AND status = 'pending'`,
    )
    .bind(workspaceId, id, deliveries, reason, dueAt, failingSince)
    .run();
}

/** Fails a source's events that no attempt could finish in a day. An attempt that noted no reason was killed. */
export async function giveUpEvents(
  db: D1Database,
  { id, workspaceId }: { id: string; workspaceId: string },
  now: number,
): Promise<void> {
  await db
    .prepare(
      `UPDATE source_events SET status = 'failed', finished_at = ?3, due_at = NULL, failing_since = NULL, begun = 0, plan = NULL, progress = 0,
         reason = 'Gave up after a day. ' || coalesce(reason, 'Applying it takes more time or memory than there is.')
       WHERE workspace_id = ?1 AND source_id = ?2 AND status = 'pending' AND failing_since <= ?3 - ${GIVE_UP_MS}`,
    )
    .bind(workspaceId, id, now)
    .run();
}

/**
 * Finishes an event, unless the same delivery came again meanwhile: then its newer message applies it once more. A failed event
 * keeps its body, so that a person can retry it.
 */
export async function finishEvent(
  db: D1Database,
  { id, workspaceId, deliveries }: Pick<PendingEvent, "id" | "workspaceId" | "deliveries">,
  end: { status: Exclude<EventStatus, "pending">; reason: string | null; results: ChangeResult[] },
  now: number,
): Promise<void> {
  const results = [
    ...end.results.filter(({ result }) => result === "failed"),
    ...end.results.filter(({ result }) => result !== "failed"),
  ].slice(0, MAX_LISTED_RESULTS);
  await db
    .prepare(
      `UPDATE source_events SET status = ?3, reason = ?4, results = ?5, finished_at = ?6, due_at = NULL, failing_since = NULL,
         begun = 0, plan = NULL, progress = 0, body = CASE WHEN ?3 = 'failed' THEN body END
       WHERE workspace_id = ?7 AND id = ?1 AND deliveries = ?2 AND status = 'pending'`,
    )
    .bind(id, deliveries, end.status, end.reason, JSON.stringify(results), now, workspaceId)
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
      `UPDATE source_events SET status = 'pending', reason = NULL, results = '[]', finished_at = NULL, due_at = ?4, failing_since = NULL, begun = 0
       WHERE workspace_id = ?1 AND source_id = ?2 AND id = ?3 AND status = 'failed'
         AND body IS NOT NULL`,
    )
    .bind(workspaceId, sourceId, id, now);
  const { reopen: reopened } = await changesByName(db, {
    reopen,
    audit: auditStatement(db, {
      ...by,
      workspaceId,
      action: "source_event.retry",
      objectId: String(id),
      detail: { source: sourceId },
      at: now,
    }),
    due: dueStatement(db, workspaceId, sourceId, now),
  });
  return reopened === 1;
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
