import { documentsAuditStatement, type Actor } from "../../audit/log.ts";
import { documentsUsageStatement } from "../../limits/quotas.ts";
import { isNotStale } from "./source-events.ts";

/** One put of a document, without what it says. */
export interface PutEvent {
  /** Its place in the group. */
  n: number;
  external_id: string;
  hash: string;
  updated_at: string | undefined;
  /** When the source made it, in milliseconds since the epoch. */
  instant: number | null;
}

/** What one put did. A stale one did nothing and has none. */
export interface PutOutcome {
  n: number;
  /** 0 or 1. */
  changed: number;
  /** The document's, after this put. */
  version: number;
}

/**
 * A common table expression: what each put does that is not stale, as if each were stored alone in the order of `n`. ?1 is the
 * workspace and ?2 the events; none of them may be older than an earlier one of the same document. It reads the documents as
 * they are, so statements that use it come before the one that changes these documents.
 */
const PUTS = `judged AS (
    SELECT e.value ->> 'n' AS n, e.value ->> 'external_id' AS external_id, e.value ->> 'hash' AS hash,
      e.value ->> 'instant' AS instant, e.value ->> 'updated_at' AS source_updated_at, documents.version AS stored_version,
      documents.id IS NULL OR documents.content_hash <> e.value ->> 'hash' OR documents.status IN ('failed', 'deleted') AS is_new
    FROM json_each(?2) AS e
    LEFT JOIN documents ON documents.workspace_id = ?1 AND documents.external_id = e.value ->> 'external_id'
    WHERE ${isNotStale("e.value ->> 'instant'")}),
  compared AS (
    SELECT *, coalesce(lag(hash) OVER line <> hash, is_new) AS changed
    FROM judged WINDOW line AS (PARTITION BY external_id ORDER BY n)),
  puts AS (
    SELECT *, coalesce(stored_version, 0) + sum(changed) OVER (PARTITION BY external_id ORDER BY n) AS version
    FROM compared)`;

const CHANGES = `WITH ${PUTS} SELECT external_id, version FROM puts WHERE changed ORDER BY n`;

/** Reads the outcomes, and records and counts the changes. All of it comes before the statements that change the documents. */
export function outcomeStatements(
  db: D1Database,
  workspaceId: string,
  events: string,
  now: number,
  by: Actor | undefined,
) {
  const changes = { sql: CHANGES, value: events };
  return {
    outcomes: db
      .prepare(`WITH ${PUTS} SELECT n, changed, version FROM puts`)
      .bind(workspaceId, events),
    audit: by ? documentsAuditStatement(db, by, "document.put", workspaceId, changes, now) : [],
    usage: documentsUsageStatement(db, workspaceId, changes, now),
    instants: instantStatement(db, workspaceId, events),
    show: showStatement(db, workspaceId, events),
  };
}

/** Advances the source time of documents that do not change otherwise: older events are stale from then on. */
function instantStatement(
  db: D1Database,
  workspaceId: string,
  events: string,
): D1PreparedStatement {
  return db
    .prepare(
      `WITH ${PUTS}
       UPDATE documents SET source_instant = last.instant, source_updated_at = last.source_updated_at
       FROM (SELECT external_id, max(n), instant, source_updated_at FROM puts WHERE instant IS NOT NULL
         GROUP BY external_id) AS last
       WHERE documents.workspace_id = ?1 AND documents.external_id = last.external_id
         AND last.external_id NOT IN (SELECT external_id FROM puts WHERE changed)`,
    )
    .bind(workspaceId, events);
}

/** Shows hidden documents again (hide.ts), from the version that their last put leaves: until this one is served, nothing is. */
function showStatement(db: D1Database, workspaceId: string, events: string): D1PreparedStatement {
  return db
    .prepare(
      `WITH ${PUTS}
       UPDATE documents SET shown_from = last.version, hidden_until = NULL, hidden_reason = NULL
       FROM (SELECT external_id, max(version) AS version FROM puts GROUP BY external_id) AS last
       WHERE documents.workspace_id = ?1 AND documents.external_id = last.external_id AND documents.hidden_until IS NOT NULL`,
    )
    .bind(workspaceId, events);
}

/**
 * Makes the changed documents what their last put that is not stale says.
 * @param rows a JSON array of documents with the `n` of their event
 * @param longContent the content of the only row, where it is too long to stand in it
 */
export function changeStatement(
  db: D1Database,
  workspaceId: string,
  events: string,
  now: number,
  rows: string,
  longContent: string | null,
): D1PreparedStatement {
  // `max(n)` chooses the row from which SQLite takes a group's other columns (sqlite.org/lang_select.html#bareagg).
  return db
    .prepare(
      `WITH ${PUTS},
       last AS (
         SELECT external_id, max(n) AS n, version - coalesce(stored_version, 0) AS changes FROM puts
         GROUP BY external_id HAVING changes > 0),
       noted AS (
         SELECT external_id, max(n), source_updated_at FROM puts WHERE changed OR instant IS NOT NULL GROUP BY external_id),
       newest AS (SELECT external_id, max(instant) AS instant FROM puts GROUP BY external_id)
       INSERT INTO documents (workspace_id, external_id, title, content, content_type, url, language, audience,
         metadata, valid_from, valid_until, valid_since, valid_before, source_updated_at, source_instant, content_hash, version, status,
         stages, created_at, updated_at)
       SELECT ?1, external_id, value ->> 'title', coalesce(?5, value ->> 'content'),
         value ->> 'content_type', value ->> 'url', value ->> 'language', value -> 'audience', value -> 'metadata',
         value ->> 'valid_from', value ->> 'valid_until', value ->> 'valid_since', value ->> 'valid_before',
         noted.source_updated_at, newest.instant, value ->> 'hash', last.changes, 'pending',
         json_object('accepted_at', ?3), ?3, ?3
       FROM json_each(?4) AS row CROSS JOIN last ON last.n = row.value ->> 'n'
       CROSS JOIN noted USING (external_id) CROSS JOIN newest USING (external_id) WHERE true
       ON CONFLICT (workspace_id, external_id) DO UPDATE SET
         title = excluded.title, content = excluded.content, content_type = excluded.content_type,
         url = excluded.url, language = excluded.language, audience = excluded.audience,
         metadata = excluded.metadata, valid_from = excluded.valid_from, valid_until = excluded.valid_until,
         valid_since = excluded.valid_since, valid_before = excluded.valid_before, source_updated_at = excluded.source_updated_at,
         source_instant = coalesce(excluded.source_instant, source_instant),
         content_hash = excluded.content_hash, version = version + excluded.version, status = 'pending', error = NULL,
         stages = excluded.stages, updated_at = excluded.updated_at`,
    )
    .bind(workspaceId, events, now, rows, longContent);
}
