import type { DocumentStatus } from "./document-summaries.ts";
import { fileLength } from "./files.ts";

/**
 * How far ahead of our clock a source's timestamp may be. Without this limit, an event of a clock that is years ahead would make
 * all later updates of its document out of order.
 */
const MAX_CLOCK_LEAD_MS = 24 * 3600_000;

/** A source's timestamp in milliseconds since the epoch, because `+02:00` and `Z` may name the same instant. */
export function toInstant(timestamp: string | undefined, now: number): number | null {
  if (timestamp === undefined) return null;
  const instant = Date.parse(timestamp);
  if (Number.isNaN(instant)) throw new RangeError(`Not a timestamp: ${timestamp}`);
  return Math.min(instant, now + MAX_CLOCK_LEAD_MS);
}

/** SQL condition: the event, whose instant may be null, is not older than the document's newest event. */
export function isNotStale(event: string): string {
  return `(${event} IS NULL OR documents.source_instant IS NULL OR documents.source_instant <= ${event})`;
}

export interface DocumentState {
  id: number;
  external_id: string;
  version: number;
  status: DocumentStatus;
  source_instant: number | null;
}

/** One event in the form that the statements below take: a JSON array. */
export function toEvent(
  externalId: string,
  timestamp?: string,
  instant: number | null = null,
): string {
  return JSON.stringify([{ external_id: externalId, updated_at: timestamp, instant }]);
}

/** The statement that reads the events' documents after the change. */
export function readStates(
  db: D1Database,
  workspaceId: string,
  events: string,
): D1PreparedStatement {
  return db
    .prepare(
      `SELECT d.id, d.external_id, d.version, d.status, d.source_instant
       FROM json_each(?2) AS e CROSS JOIN documents d ON d.workspace_id = ?1 AND d.external_id = e.value ->> 'external_id'`,
    )
    .bind(workspaceId, events);
}

/** An event that was not stale is now the newest, so an event older than the newest was stale. */
export function toState(row: DocumentState, instant: number | null) {
  const stale = instant !== null && row.source_instant !== null && row.source_instant > instant;
  return { documentId: row.id, version: row.version, status: row.status, stale };
}

/** Advances the source time, also for an event that changes nothing else: older events are stale from then on. */
export function noteInstants(
  db: D1Database,
  workspaceId: string,
  events: string,
): D1PreparedStatement {
  return db
    .prepare(
      `UPDATE documents SET source_instant = e.value ->> 'instant', source_updated_at = e.value ->> 'updated_at'
       FROM json_each(?2) AS e
       WHERE workspace_id = ?1 AND external_id = e.value ->> 'external_id' AND e.value ->> 'instant' IS NOT NULL
         AND (source_instant IS NULL OR source_instant <= e.value ->> 'instant')`,
    )
    .bind(workspaceId, events);
}

/** Characters that a chunk has about: the size of unread documents is estimated with it. */
const CHUNK_LENGTH = 1000;
/** SQL: the length of a document's source, in characters of text or bytes of a file. */
const SOURCE_LENGTH = `coalesce(${fileLength("d")}, length(d.content))`;

/** Adds the documents to which a change gives pending work to the outbox. A lane with `~` is that of outdated documents. */
export function outboxStatement(
  db: D1Database,
  workspaceId: string,
  events: string,
  now: number,
): D1PreparedStatement {
  return db
    .prepare(
      `INSERT INTO outbox (document_id, lane, stage, size, created_at, due_at)
       SELECT d.id, ?1 || '/' || coalesce(replace(d.metadata ->> 'source', '~', '-'), ''), 'serve', 1 + ${SOURCE_LENGTH} / ${CHUNK_LENGTH}, ?3, ?3
       FROM json_each(?2) AS e CROSS JOIN documents d ON d.workspace_id = ?1 AND d.external_id = e.value ->> 'external_id'
       WHERE d.status = 'pending' OR (d.status = 'deleted' AND d.updated_at = ?3)
       ON CONFLICT (document_id) DO UPDATE SET lane = excluded.lane, stage = excluded.stage, size = excluded.size,
         created_at = excluded.created_at, due_at = excluded.due_at, claimed_by = NULL, failures = 0, failing_since = NULL`,
    )
    .bind(workspaceId, events, now);
}
