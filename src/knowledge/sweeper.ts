import type { Services } from "../runtime/services.ts";
import type { GenerationWakeUp } from "../runtime/messages.ts";
import { sendAll, wakeStage } from "../runtime/wake-up.ts";
import { ROLLBACK_MS } from "./reindex/manage.ts";
import type { IndexName } from "../models/ports.ts";
import type { Stage } from "./ingest/outbox.ts";
import { retryAbandoned } from "./ingest/queue.ts";
import { queueOutdated } from "./accept/outdated.ts";
import { deleteOrphanedFiles } from "./accept/files.ts";
import { forgetDeleted } from "./accept/tombstones.ts";

type SweepServices = Pick<
  Services,
  "db" | "embedQueue" | "ingestQueue" | "ingestRetryQueue" | "now" | "vectors" | "waitUntil"
>;

/** Work pending for this long is overdue: its message was lost, or its consumer died. */
const OVERDUE_MS = 60_000;
/** Invocations end after 15 minutes, so after this time none can still write the vector that is deleted. */
const GARBAGE_GRACE_MS = 30 * 60_000;
const BATCH = 100;
/** Wake-ups of a stage in one tick. */
const WAKE_UPS = 10;

/**
 * Resumes work after lost messages and crashes. Runs on every cron tick. A task that fails does not keep the others from
 * running.
 */
export async function sweep(
  services: SweepServices,
): Promise<{ overdue: number; killed: number; collected: number; outdated: number }> {
  const [overdue, killed, collected, outdated, ...others] = await Promise.allSettled([
    wakeOverdueStages(services),
    retryAbandoned(services),
    collectOldGarbage(services),
    readOutdatedAnew(services),
    wakeGenerations(services),
    forgetUnusedWords(services),
    deleteOrphanedFiles(services.db, services.now()),
    forgetDeleted(services.db, services.now()),
  ]);
  for (const task of [overdue, killed, collected, outdated, ...others]) {
    if (task.status === "rejected") throw task.reason;
  }
  const count = (task: PromiseSettledResult<number>): number =>
    task.status === "fulfilled" ? task.value : 0;
  return {
    overdue: count(overdue),
    killed: count(killed),
    collected: count(collected),
    outdated: count(outdated),
  };
}

/** @returns how many outdated documents were added to the pending work */
async function readOutdatedAnew(services: SweepServices): Promise<number> {
  const queued = await queueOutdated(services.db, services.now());
  if (queued > 0) wakeStage(services, "serve");
  return queued;
}

/**
 * Wakes the stages that have overdue documents, however many: the consumers claim slice after slice. Several wake-ups let
 * several consumers work at once.
 * @returns how many documents are overdue
 */
async function wakeOverdueStages(services: SweepServices): Promise<number> {
  const { db, now } = services;
  const { results } = await db
    .prepare(
      `SELECT stage, count(*) AS documents FROM outbox WHERE claimed_by IS NULL AND due_at <= ?1 GROUP BY stage`,
    )
    .bind(now() - OVERDUE_MS)
    .all<{ stage: Stage; documents: number }>();
  for (const { stage, documents } of results) {
    const wakeUps = Math.min(WAKE_UPS, Math.ceil(documents / BATCH));
    for (let sent = 0; sent < wakeUps; sent++) wakeStage(services, stage);
  }
  return results.reduce((sum, { documents }) => sum + documents, 0);
}

/** Wakes generations whose lease is free. Before that it marks those whose rollback time is over for collection. */
async function wakeGenerations({ db, embedQueue, now }: SweepServices): Promise<number> {
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
  await sendAll(embedQueue, results);
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

/** Removes words from the vocabulary that no document uses, in a range that begins at random. */
async function forgetUnusedWords({ db }: SweepServices): Promise<number> {
  const { meta } = await db
    .prepare(
      `DELETE FROM words WHERE id IN (
         SELECT id FROM words WHERE id >= (SELECT abs(random()) % (coalesce(max(id), 0) + 1) FROM words)
         ORDER BY id LIMIT ${BATCH})
       AND NOT EXISTS (SELECT 1 FROM document_words WHERE document_words MATCH
         'workspace : "' || replace(words.workspace_id, '_', '') || '" AND words : "' || words.word || '"')`,
    )
    .run();
  return meta.changes;
}
