import { dayOf, outOfNeuronsSql } from "../../limits/quotas.ts";
import { READER_VERSION } from "../formats/reader-version.ts";
import { fileLength } from "./files.ts";

/**
 * A document is outdated when an older version of the reader has read the version that is served. It is read anew from its stored
 * source, through the same stages as an upload and with less priority than any. Until that is done, its text is served as it is.
 */

/** SQL condition: the served version of documents `d` is the newest and was read by an older reader. */
export function isOutdated(d: string): string {
  return `(${d}.live_version = ${d}.version AND ${d}.reader_version < ${READER_VERSION})`;
}

/** SQL condition: the newest version of documents `d` is not served as this reader reads it. */
export function isUnread(d: string): string {
  return `(${d}.live_version <> ${d}.version OR ${d}.reader_version < ${READER_VERSION})`;
}

/**
 * The lane of outdated documents in the outbox. `~` follows the letters, so that the lanes of uploads are looked at first. Those never
 * hold it, whatever their sources are called (`source-events.ts`).
 */
const OUTDATED_LANE = "/~outdated";

/** SQL condition: a row of the outbox is an outdated document, and no upload. */
export function isLate(lane: string): string {
  return `(substr(${lane}, -${OUTDATED_LANE.length}) = '${OUTDATED_LANE}')`;
}

/** SQL condition: a row `o` of the outbox is an outdated document whose text has not been read anew. */
export function waitsForReading(o: string): string {
  return `(${o}.stage = 'serve' AND ${isLate(`${o}.lane`)})`;
}

/** Outdated documents that are in the outbox at a time, and workspaces that one tick takes them from. */
const PORTION = 500;
const WORKSPACES = 100;
/** So many bytes of a file count as one chunk more: a file is read from the database in parts, of which an invocation may read few. */
const FILE_BYTES_PER_CHUNK = 10_000;
/** Reading anew leaves the other half of a workspace's neurons of the day to questions and uploads. */
const SHARE_OF_NEURONS = 0.5;

/**
 * Adds outdated documents to the outbox, about as many of each workspace, until it holds a portion of them. With more workspaces than
 * one tick takes, chance decides.
 * @returns how many were added
 */
export async function queueOutdated(db: D1Database, now: number): Promise<number> {
  const waiting = (d: string): string =>
    `${isOutdated(d)} AND NOT EXISTS (SELECT 1 FROM outbox o WHERE o.document_id = ${d}.id)`;
  const { meta } = await db
    .prepare(
      `WITH room (documents) AS (SELECT ${PORTION} - count(*) FROM outbox WHERE ${isLate("lane")}),
       chosen AS MATERIALIZED (
         SELECT w.id FROM workspaces w
         WHERE (SELECT documents FROM room) > 0
           AND EXISTS (SELECT 1 FROM documents d WHERE d.workspace_id = w.id AND ${waiting("d")})
           AND NOT ${outOfNeuronsSql("w.id", "?2", SHARE_OF_NEURONS)}
         ORDER BY random() LIMIT ${WORKSPACES})
       INSERT INTO outbox (document_id, lane, stage, size, created_at, due_at)
       SELECT d.id, chosen.id || '${OUTDATED_LANE}', 'serve', max(1, d.chunk_count) + coalesce(${fileLength("d")}, 0) / ${FILE_BYTES_PER_CHUNK}, ?1, ?1
       FROM chosen CROSS JOIN documents d ON d.id IN (
         SELECT x.id FROM documents x WHERE x.workspace_id = chosen.id AND ${waiting("x")}
         LIMIT (SELECT max(1, (SELECT documents FROM room) / count(*)) FROM chosen))
       WHERE true
       ON CONFLICT (document_id) DO NOTHING`,
    )
    .bind(now, dayOf(now))
    .run();
  return meta.changes;
}
