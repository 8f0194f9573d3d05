import type { Services } from "../runtime/services.ts";
import { dueAfter } from "./events.ts";

const BATCH = 100;
/** How long an event is listed, a failed one can be retried, and a repeated delivery is recognised. */
const KEEP_MS = 30 * 86_400_000;

/** Sends new messages for events whose message was lost, and deletes old events. Runs on every cron tick. */
export async function sweepSourceEvents({
  db,
  ingestQueue,
  now,
}: Pick<Services, "db" | "ingestQueue" | "now">): Promise<{ resent: number; forgotten: number }> {
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
  return { resent: results.length, forgotten: meta.changes };
}
