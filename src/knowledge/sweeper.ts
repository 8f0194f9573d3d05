import type { Services } from "../runtime/services.ts";
import type { GenerationWakeUp } from "../runtime/messages.ts";
import { ROLLBACK_MS } from "./reindex/manage.ts";
import type { IndexName } from "../models/ports.ts";
import { forgetUnnamedFiles } from "./accept/files.ts";

type SweepServices = Pick<Services, "db" | "ingestQueue" | "ingestRetryQueue" | "now" | "vectors">;

/** Work pending for this long is overdue: its message was lost, or its consumer died. */
const OVERDUE_MS = 60_000;
/** Invocations end after 15 minutes, so after this time none can still write the vector that is deleted. */
const GARBAGE_GRACE_MS = 30 * 60_000;
/** A document that was woken is left to its retries for so long. */
const WOKEN_MS = 10 * 60_000;
const BATCH = 100;

/**
 * Resumes work after lost messages and crashes. Runs on every cron tick. A task that fails does not keep the others from
 * running.
 */
export async function sweep(
  services: SweepServices,
): Promise<{ resent: number; collected: number }> {
  const [resent, collected, ...others] = await Promise.allSettled([
    resendOverdue(services),
    collectOldGarbage(services),
    wakeGenerations(services),
    forgetUnusedWords(services),
    forgetUnnamedFiles(services.db, services.now()),
  ]);
  for (const task of [resent, collected, ...others]) {
    if (task.status === "rejected") throw task.reason;
  }
  const count = (task: PromiseSettledResult<number>): number =>
    task.status === "fulfilled" ? task.value : 0;
  return { resent: count(resent), collected: count(collected) };
}

/**
 * Wakes documents whose work is overdue. They go to the retry queue, which delivers one at a time: a document that killed its
 * invocation is overdue, too, and must not share a batch again. Each is woken once in ten minutes,
 * so that its retries are not joined by others with every tick.
 */
async function resendOverdue({ db, ingestRetryQueue, now }: SweepServices): Promise<number> {
  const { results } = await db
    .prepare(
      `UPDATE outbox SET created_at = ?1
       WHERE document_id IN (SELECT document_id FROM outbox WHERE created_at <= ?2 ORDER BY created_at LIMIT ${BATCH})
       RETURNING document_id`,
    )
    .bind(now() + WOKEN_MS - OVERDUE_MS, now() - OVERDUE_MS)
    .all<{ document_id: number }>();
  if (results.length > 0) await ingestRetryQueue.sendBatch(results.map((body) => ({ body })));
  return results.length;
}

/** Wakes generations whose lease is free. Before that it marks those whose rollback time is over for collection. */
async function wakeGenerations({ db, ingestQueue, now }: SweepServices): Promise<number> {
  await db
    .prepare(
      `UPDATE index_generations SET state = 'collecting', state_at = ?1, cursor = 0
       WHERE state = 'retired' AND state_at <= ?1 - ${ROLLBACK_MS}`,
    )
    .bind(now())
    .run();
  const { results } = await db
    .prepare(
      `SELECT workspace_id, number AS generation FROM index_generations
       WHERE state IN ('building', 'retired', 'collecting') AND busy_until <= ?1 LIMIT ${BATCH}`,
    )
    .bind(now())
    .all<GenerationWakeUp>();
  if (results.length > 0) await ingestQueue.sendBatch(results.map((body) => ({ body })));
  return results.length;
}

async function collectOldGarbage({ db, vectors, now }: SweepServices): Promise<number> {
  const { results } = await db
    .prepare(
      `SELECT vector_id, index_name FROM vector_garbage WHERE created_at <= ?1 ORDER BY created_at LIMIT 1000`,
    )
    .bind(now() - GARBAGE_GRACE_MS)
    .all<{ vector_id: string; index_name: IndexName }>();
  for (const [index, rows] of Map.groupBy(results, (row) => row.index_name)) {
    const ids = rows.map((row) => row.vector_id);
    await vectors.delete(index, ids);
    await db
      .prepare(`DELETE FROM vector_garbage WHERE vector_id IN (SELECT value FROM json_each(?1))`)
      .bind(JSON.stringify(ids))
      .run();
  }
  return results.length;
}

/** Removes words from the vocabulary that the keyword index no longer has, in a range that begins at random. */
async function forgetUnusedWords({ db }: SweepServices): Promise<number> {
  const { meta } = await db
    .prepare(
      `DELETE FROM words WHERE id IN (
         SELECT id FROM words WHERE id >= (SELECT abs(random()) % (coalesce(max(id), 0) + 1) FROM words)
         ORDER BY id LIMIT ${BATCH})
       AND NOT EXISTS (SELECT 1 FROM chunk_terms WHERE chunk_terms MATCH
         'workspace : "' || replace(words.workspace_id, '_', '') || '" AND {title headings body} : "' || words.word || '"')`,
    )
    .run();
  return meta.changes;
}
