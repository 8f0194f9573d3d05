import type { Services } from "../services.ts";

/** A message that has not been answered by now is lost, or its consumer died. */
const OVERDUE_MS = 60_000;
/** No invocation lives this long, so nothing can still write the vector that is deleted now (limit: 15 min). */
const GARBAGE_GRACE_MS = 30 * 60_000;
const BATCH = 100;

/** Finds what lost messages and crashes left behind (design, invariant 1). Runs on every cron tick. */
export async function sweep(services: Services): Promise<{ resent: number; collected: number }> {
  await forgetUnusedWords(services);
  return { resent: await resendOverdue(services), collected: await collectOldGarbage(services) };
}

/** Marks the rows it resends as fresh, so that a long queue is not flooded by one message a tick. */
async function resendOverdue({ db, ingestQueue, now }: Services): Promise<number> {
  const { results } = await db
    .prepare(
      `UPDATE outbox SET created_at = ?1
       WHERE document_id IN (SELECT document_id FROM outbox WHERE created_at <= ?2 ORDER BY created_at LIMIT ${BATCH})
       RETURNING document_id`,
    )
    .bind(now(), now() - OVERDUE_MS)
    .all<{ document_id: number }>();
  if (results.length > 0) await ingestQueue.sendBatch(results.map((row) => ({ body: row })));
  return results.length;
}

async function collectOldGarbage({ db, vectors, now }: Services): Promise<number> {
  const { results } = await db
    .prepare(
      `SELECT vector_id FROM vector_garbage WHERE created_at <= ?1 ORDER BY created_at LIMIT 1000`,
    )
    .bind(now() - GARBAGE_GRACE_MS)
    .all<{ vector_id: string }>();
  if (results.length === 0) return 0;
  const ids = results.map((row) => row.vector_id);
  await vectors.delete(ids);
  await db
    .prepare(`DELETE FROM vector_garbage WHERE vector_id IN (SELECT value FROM json_each(?1))`)
    .bind(JSON.stringify(ids))
    .run();
  return ids.length;
}

/** Checks a stretch of the vocabulary, beginning at random, against the keyword index. */
async function forgetUnusedWords({ db }: Services): Promise<void> {
  await db
    .prepare(
      `DELETE FROM words WHERE id IN (
         SELECT id FROM words WHERE id >= (SELECT abs(random()) % (coalesce(max(id), 0) + 1) FROM words)
         ORDER BY id LIMIT ${BATCH})
       AND NOT EXISTS (SELECT 1 FROM chunk_terms WHERE chunk_terms MATCH
         'workspace : "' || replace(words.workspace_id, '_', '') || '" AND {title headings body} : "' || words.word || '"')`,
    )
    .run();
}
