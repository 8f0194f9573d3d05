import type { Services } from "../../runtime/services.ts";
import type { MissingVector } from "./commit.ts";
import { byTarget } from "./embed.ts";

/** Nothing failed: the document's last chunks wait for those of other documents, to fill a call of the model together. */
export class WaitsForOthers extends Error {
  override name = "WaitsForOthers";
}

/**
 * Holds back the chunks that would not fill the last of several calls, where more work is owed than this: a batch that
 * comes later takes them along. What fits into one call never waits, so a document of usual length that comes alone is
 * learned at once; and keywords serve also those that do wait.
 * @param mayWait documents that have not waited before
 * @returns the documents whose chunks are held back, and the chunks that are left
 */
export async function holdBack(
  services: Services,
  missing: MissingVector[],
  works: { documentId: number }[],
  mayWait: ReadonlySet<number>,
): Promise<{ now: MissingVector[]; waiting: Set<number> }> {
  const tails = byTarget(missing).flatMap((chunks) => {
    const model = chunks[0]?.generation.model ?? "";
    const { batchSize } = services.embedderOf(model);
    const full = chunks.length - (chunks.length % batchSize);
    const tail = chunks.slice(full);
    return full > 0 && tail.every(({ documentId }) => mayWait.has(documentId)) ? tail : [];
  });
  if (tails.length === 0 || !(await isMoreOwed(services.db, works)))
    return { now: missing, waiting: new Set() };
  const later = new Set(tails);
  return {
    now: missing.filter((chunk) => !later.has(chunk)),
    waiting: new Set(tails.map(({ documentId }) => documentId)),
  };
}

/** When that cannot be asked, nobody waits: it would fail the work of all for the sake of a call. */
async function isMoreOwed(db: D1Database, works: { documentId: number }[]): Promise<boolean> {
  const row = await db
    .prepare(
      `SELECT 1 FROM outbox WHERE document_id NOT IN (SELECT value FROM json_each(?1)) LIMIT 1`,
    )
    .bind(JSON.stringify(works.map(({ documentId }) => documentId)))
    .first()
    .catch(() => null);
  return row !== null;
}
