import type { SourceRow } from "./sources.ts";

/** Longer than a round takes: its last change may wait for several calls. */
const LEASE_MS = 120_000;

const SHORTEST_PAUSE_MS = 5000;
const LONGEST_PAUSE_MS = 600_000;

/** What cannot be done for so long is given up. */
export const GIVE_UP_MS = 24 * 3_600_000;

/** How long to wait after a failure: as long as it has been failing, so that waits double, from five seconds to ten minutes. */
export function pauseAfter(failingSince: number, now: number): number {
  return Math.min(LONGEST_PAUSE_MS, Math.max(SHORTEST_PAUSE_MS, now - failingSince));
}

/** SQL: the same. */
export function pauseSql(failingSince: string, now: string): string {
  return `min(${LONGEST_PAUSE_MS}, max(${SHORTEST_PAUSE_MS}, ${now} - ${failingSince}))`;
}

/** Whether a source's CMS may be called. */
export interface Access {
  failingSince: number | null;
  /** It is not called before. */
  retryAt: number;
}

/** A source that this invocation serves, until it gives it back. */
export interface LeasedSource extends SourceRow, Access {}

/**
 * Leases a source that is due. Workspaces take turns, and the sources of each: neither many events of one source nor many sources of
 * one workspace keep another's waiting.
 * @param kind `abandoned`: a round of it did not end, or an attempt at one of its events did not; such a source is served alone. `idle`: any
 *   other
 * @param by the message whose invocation serves it
 */
export async function leaseSource(
  db: D1Database,
  kind: "abandoned" | "idle",
  now: number,
  by: string,
): Promise<LeasedSource | null> {
  return db
    .prepare(
      `UPDATE sources SET busy_until = ?1 + ${LEASE_MS}, busy_by = ?3, served_at = ?1
       WHERE id = (SELECT id FROM sources s WHERE next_at <= ?1 AND busy_until <= ?1
                     AND (busy_until > 0 OR EXISTS (SELECT 1 FROM source_events e WHERE e.source_id = s.id AND e.begun > 0)) = ?2
                   ORDER BY (SELECT max(served_at) FROM sources o WHERE o.workspace_id = s.workspace_id), next_at LIMIT 1)
       RETURNING id, workspace_id AS workspaceId, type, name, options, sealed, refused_at AS refusedAt,
         failing_since AS failingSince, retry_at AS retryAt`,
    )
    .bind(now, kind === "abandoned" ? 1 : 0, by)
    .first<LeasedSource>();
}

/** Ends the leases of messages that are delivered again: their invocations were killed or failed, and their sources need not wait. */
export async function endLeases(db: D1Database, messageIds: string[], now: number): Promise<void> {
  if (messageIds.length === 0) return;
  await db
    .prepare(
      `UPDATE sources SET busy_until = ?1 WHERE busy_until > ?1 AND busy_by IN (SELECT value FROM json_each(?2))`,
    )
    .bind(now, JSON.stringify(messageIds))
    .run();
}

/**
 * Gives a source back, to be served next when an event of it can be applied. While its CMS may not be called these are new events only:
 * what they say without a call is applied at once.
 * @param notBefore when it is served next at the earliest
 * @returns when it is served next; null when no event is pending
 */
export async function returnSource(
  db: D1Database,
  { workspaceId, id }: Pick<SourceRow, "workspaceId" | "id">,
  { failingSince, retryAt }: Access,
  notBefore: number,
): Promise<number | null> {
  const earliest = (where: string): string =>
    `(SELECT min(due_at) FROM source_events
      WHERE workspace_id = ?1 AND source_id = ?2 AND status = 'pending' ${where})`;
  const row = await db
    .prepare(
      `UPDATE sources SET busy_until = 0, failing_since = ?3, retry_at = ?4, next_at = max(?5, (
         SELECT min(due) FROM (SELECT ${earliest("AND failing_since IS NULL")} AS due UNION ALL SELECT max(${earliest("")}, ?4))))
       WHERE workspace_id = ?1 AND id = ?2 RETURNING next_at AS nextAt`,
    )
    .bind(workspaceId, id, failingSince, retryAt, notBefore)
    .first<{ nextAt: number | null }>();
  return row?.nextAt ?? null;
}

/** The statement that makes a source due. It belongs into the batch that makes one of its events pending. */
export function dueStatement(
  db: D1Database,
  workspaceId: string,
  sourceId: string,
  now: number,
): D1PreparedStatement {
  return db
    .prepare(
      `UPDATE sources SET next_at = min(coalesce(next_at, ?3), ?3) WHERE workspace_id = ?1 AND id = ?2`,
    )
    .bind(workspaceId, sourceId, now);
}

/** One of the sources that are due and not served by anybody, if there is one. */
export async function anyDueSource(db: D1Database, now: number): Promise<string | null> {
  const row = await db
    .prepare(
      `SELECT id FROM sources WHERE next_at <= ?1 AND busy_until <= ?1 ORDER BY next_at LIMIT 1`,
    )
    .bind(now)
    .first<{ id: string }>();
  return row?.id ?? null;
}
