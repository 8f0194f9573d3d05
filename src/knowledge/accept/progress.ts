import { isOutdated, waitsForReading } from "./outdated.ts";

/** How far the ingestion of a workspace's documents is. */
export interface Progress {
  /** Documents that keywords do not serve yet, or whose vectors are not visible yet. */
  pending_documents: number;
  /** Chunks with a vector. */
  chunks_done: number;
  /** All chunks; those of documents that are not read yet are estimated from the length of their text. */
  chunks_total: number;
  /** At the rate of the last minutes; null while that is unknown. */
  seconds_left: number | null;
  /** Served documents that an older reader has read. They are read anew; until then none of the other counts holds them. */
  outdated_documents: number;
}

/** After this time without a newly embedded chunk the rate says nothing about now. */
const RECENT_MS = 60_000;

interface ProgressRow {
  pending_documents: number;
  chunks_left: number;
  chunks: number;
  outdated: number;
  embedded: number | null;
  milliseconds: number | null;
}

export async function readProgress(
  db: D1Database,
  workspaceId: string,
  now: number,
): Promise<Progress> {
  const row = await db
    .prepare(
      `SELECT pending_documents, chunks_left, served + unread AS chunks, outdated, r.chunks AS embedded, r.until - r.since AS milliseconds
       FROM (SELECT count(*) AS pending_documents, coalesce(sum(size) FILTER (WHERE stage <> 'confirm'), 0) AS chunks_left,
           coalesce(sum(size) FILTER (WHERE stage = 'serve'), 0) AS unread
         FROM outbox o WHERE lane >= ?1 || '/' AND lane < ?1 || '0' AND NOT ${waitsForReading("o")})
       JOIN (SELECT coalesce(sum(chunk_count), 0) AS served FROM documents WHERE workspace_id = ?1)
       JOIN (SELECT count(*) AS outdated FROM documents d WHERE workspace_id = ?1 AND ${isOutdated("d")})
       LEFT JOIN embedding_rates r ON r.workspace_id = ?1 AND r.until >= ?2`,
    )
    .bind(workspaceId, now - RECENT_MS)
    .first<ProgressRow>();
  if (!row) throw new Error("The progress could not be read");
  const { pending_documents, chunks_left, chunks, embedded, milliseconds, outdated } = row;
  const seconds = embedded && milliseconds ? (chunks_left * milliseconds) / embedded / 1000 : null;
  return {
    pending_documents,
    chunks_done: Math.max(0, chunks - chunks_left),
    chunks_total: chunks,
    seconds_left: chunks_left === 0 ? 0 : seconds === null ? null : Math.ceil(seconds),
    outdated_documents: outdated,
  };
}
