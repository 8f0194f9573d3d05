import type { Services } from "../runtime/services.ts";
import { dueAfter } from "./events.ts";

const BATCH = 100;
/** How long people can see what became of an event and try a failed one again, and repeated deliveries are recognised. */
const KEEP_MS = 30 * 86_400_000;

/** Finds events whose message was lost, and forgets old ones. Runs on every cron tick. */
export async function sweepSourceEvents({
  db,
  ingestQueue,
  now,
}: Services): Promise<{ resent: number; forgotten: number }> {
  const { results } = await db
    .prepare(
      `UPDATE source_events SET due_at = ?1
       WHERE id IN (SELECT id FROM source_events WHERE status = 'pending' AND due_at <= ?2 ORDER BY due_at LIMIT ${BATCH})
       RETURNING id`,
    )
    .bind(dueAfter(now()), now())
    .all<{ id: number }>();
  if (results.length > 0) {
    await ingestQueue.sendBatch(results.map(({ id }) => ({ body: { event_id: id } })));
  }
  // Each source keeps its newest event, so that a quiet one still shows when it last worked.
  const { meta } = await db
    .prepare(
      `DELETE FROM source_events WHERE id IN (
         SELECT id FROM source_events e WHERE status <> 'pending' AND finished_at <= ?1
           AND id < (SELECT max(id) FROM source_events n WHERE n.source_id = e.source_id)
         ORDER BY finished_at LIMIT 1000)`,
    )
    .bind(now() - KEEP_MS)
    .run();
  // What was delivered is kept no longer, even of a newest event that failed.
  await db
    .prepare(
      `UPDATE source_events SET body = NULL WHERE id IN (
         SELECT id FROM source_events WHERE status <> 'pending' AND finished_at <= ?1 AND body IS NOT NULL LIMIT 1000)`,
    )
    .bind(now() - KEEP_MS)
    .run();
  return { resent: results.length, forgotten: meta.changes };
}
