import type { Services } from "../runtime/services.ts";
import { wakeStage } from "../runtime/wake-up.ts";
import { removeExpired } from "../knowledge/accept/hide.ts";
import { REMEMBERED_MS } from "../knowledge/accept/tombstones.ts";
import { anyDueSource } from "./schedule.ts";

/** A source that nobody has served by then has lost its message, or its consumer died. */
const OVERDUE_MS = 60_000;
/** How long an event is listed, a failed one can be retried, and a repeated delivery is recognised: no longer than deletions are remembered. */
const KEEP_MS = REMEMBERED_MS;
/** Hidden documents that a tick removes at most, and the statements of one. Until its turn comes a document stays hidden. */
const EXPIRED_A_TICK = 20;
const STATEMENTS_A_REMOVAL = 12;

type SweepServices = Pick<
  Services,
  "calls" | "db" | "embedQueue" | "ingestQueue" | "now" | "waitUntil" | "webhooksQueue"
>;

/**
 * Replaces a lost message, removes documents whose removal nobody could check, and deletes old events. Runs on every cron tick. One
 * message is enough for all sources: its consumer serves those that are due, in their order, and goes on in new messages.
 */
export async function sweepSourceEvents(
  services: SweepServices,
): Promise<{ woken: number; removed: number; forgotten: number }> {
  const { calls, db, now, webhooksQueue } = services;
  const overdue = await anyDueSource(db, now() - OVERDUE_MS);
  if (overdue !== null) await webhooksQueue.send({ source_id: overdue });
  const removed = await removeExpired(db, EXPIRED_A_TICK, now(), () =>
    calls.hasRoomFor({ statements: STATEMENTS_A_REMOVAL }),
  );
  if (removed > 0) wakeStage(services, "serve");
  const forgotten = await forgetEvents(services);
  return { woken: overdue === null ? 0 : 1, removed, forgotten };
}

async function forgetEvents({ db, now }: SweepServices): Promise<number> {
  // Each source keeps its newest event, so that one without recent events still shows when it last worked.
  const { meta } = await db
    .prepare(
      `DELETE FROM source_events WHERE id IN (
         SELECT id FROM source_events e WHERE status <> 'pending' AND finished_at <= ?1
           AND id < (SELECT max(id) FROM source_events n WHERE n.source_id = e.source_id)
         ORDER BY finished_at LIMIT 1000)`,
    )
    .bind(now() - KEEP_MS)
    .run();
  // Bodies are kept no longer, not even the one of a source's newest event that failed.
  await db
    .prepare(
      `UPDATE source_events SET body = NULL WHERE id IN (
         SELECT id FROM source_events WHERE status <> 'pending' AND finished_at <= ?1 AND body IS NOT NULL LIMIT 1000)`,
    )
    .bind(now() - KEEP_MS)
    .run();
  return meta.changes;
}
