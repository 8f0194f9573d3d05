import { READER_VERSION } from "../formats/reader-version.ts";
import { delayClaims } from "./outbox.ts";
import { stillAt, toVersions, type DocumentWork } from "./pending-work.ts";
import {
  NeuronsUsedUp,
  passingReason,
  permanentReason,
  toMessage,
  type Failures,
} from "./reasons.ts";

/** A document whose attempts have failed for so long is given up. A provider's outage is shorter. */
const GIVE_UP_MS = 3 * 24 * 3600_000;

/** Why a version cannot be ingested, or what delays it. */
export interface Failure {
  work: DocumentWork;
  reason: string;
}

/** The documents whose attempt failed. */
export interface Endings {
  /** No further attempt can succeed. */
  failed: Failure[];
  /** Another attempt follows. */
  delayed: Failure[];
  /** Another attempt follows once there are neurons again, which is no failure. */
  waiting: Failure[];
}

/** Sorts the documents that failed by whether another attempt can succeed, and logs them. */
export function endingsOf(works: DocumentWork[], failures: Failures, now: number): Endings {
  const endings: Endings = { failed: [], delayed: [], waiting: [] };
  for (const work of works) {
    if (!failures.has(work.documentId)) continue;
    const error = failures.get(work.documentId);
    const delay: Failure = { work, reason: passingReason(error) };
    const waits = error instanceof NeuronsUsedUp;
    const reason = waits
      ? undefined
      : (permanentReason(error) ?? reasonToGiveUp(work, delay.reason, now));
    const entry = { document: work.documentId, error: toMessage(error) };
    console.warn(reason === undefined ? "ingest: will be tried again" : "ingest: failed", entry);
    if (reason !== undefined) endings.failed.push({ work, reason });
    else (waits ? endings.waiting : endings.delayed).push(delay);
  }
  return endings;
}

function reasonToGiveUp(
  { failingSince }: DocumentWork,
  reason: string,
  now: number,
): string | undefined {
  if (failingSince === null || now - failingSince < GIVE_UP_MS) return undefined;
  return `Gave up after three days: ${reason} Retry it once that is over.`;
}

/** The statements that record how claimed documents failed, by name. `delays` answers when they are due again. */
export function endingStatements(
  db: D1Database,
  by: string,
  { failed, delayed, waiting }: Endings,
  now: number,
): Record<"failed" | "noted" | "delays" | "waits", D1PreparedStatement[]> {
  const later = [...delayed, ...waiting];
  const idsOf = (failures: Failure[]): number[] => failures.map(({ work }) => work.documentId);
  return {
    failed: failed.length > 0 ? failStatements(db, failed, now) : [],
    noted: later.length > 0 ? [delayStatement(db, later)] : [],
    delays: later.length > 0 ? [delayClaims(db, by, now, idsOf(later))] : [],
    waits: waiting.length > 0 ? [waitStatement(db, idsOf(waiting))] : [],
  };
}

/**
 * Records that documents cannot be ingested. One that was only read anew goes on as it is.
 */
export function failStatements(
  db: D1Database,
  failures: Failure[],
  now: number,
): D1PreparedStatement[] {
  const [outdated = [], failed = []] = [1, 0].map((is) =>
    failures.filter(({ work }) => work.isOutdated === is),
  );
  return [
    ...(outdated.length > 0 ? keepStatements(db, outdated, now) : []),
    ...(failed.length > 0 ? failVersionStatements(db, failed, now) : []),
  ];
}

/**
 * Records that versions cannot be read anew: what an older reader has read stays served, and says why. They are tried again by the next
 * version of the reader. Vectors that they may lack are embedded.
 */
function keepStatements(db: D1Database, failures: Failure[], now: number): D1PreparedStatement[] {
  const kept = failures.map(({ work, reason }) => ({
    work,
    reason: `It could not be read anew, so its text is served as it was read before: ${reason}`,
  }));
  return [
    db
      .prepare(
        `UPDATE documents SET status = 'live', error = w.value ->> 'reason', reader_version = ${READER_VERSION},
           stages = json_remove(stages, '$.delayed_by')
         FROM json_each(?1) AS w WHERE ${isVersion} AND live_version = version`,
      )
      .bind(toReasons(kept)),
    db
      .prepare(
        `UPDATE outbox SET stage = 'embed', claimed_by = NULL, due_at = ?2, failures = 0, failing_since = NULL
         WHERE stage = 'serve' AND document_id IN (SELECT d.id FROM ${stillAt("?1")})`,
      )
      .bind(toVersions(failures.map(({ work }) => work)), now),
  ];
}

/**
 * Records that versions cannot be ingested. A version before them that is served stays served, and gets the vectors that it still
 * lacks.
 */
function failVersionStatements(
  db: D1Database,
  failures: Failure[],
  now: number,
): D1PreparedStatement[] {
  const versions = toVersions(failures.map(({ work }) => work));
  const ofVersions = `document_id IN (SELECT d.id FROM ${stillAt("?1")}`;
  return [
    db
      .prepare(
        `UPDATE documents SET status = 'failed', error = w.value ->> 'reason', updated_at = ?2,
           stages = json_set(json_remove(stages, '$.delayed_by'), '$.failed_at', ?2)
         FROM json_each(?1) AS w WHERE ${isVersion} AND status IN ('pending', 'live')`,
      )
      .bind(toReasons(failures), now),
    // Before the next statement: what that one passes on to `embed` has not failed there.
    db
      .prepare(
        `DELETE FROM outbox
         WHERE ${ofVersions} CROSS JOIN outbox o ON o.document_id = d.id
           WHERE d.status <> 'deleted' AND (o.stage = 'embed' OR d.live_version IN (0, d.version)))`,
      )
      .bind(versions),
    db
      .prepare(
        `UPDATE outbox SET stage = 'embed', claimed_by = NULL, due_at = ?2, failures = 0, failing_since = NULL
         WHERE stage = 'serve' AND ${ofVersions} WHERE d.status <> 'deleted' AND d.live_version NOT IN (0, d.version))`,
      )
      .bind(versions, now),
  ];
}

function delayStatement(db: D1Database, failures: Failure[]): D1PreparedStatement {
  return db
    .prepare(
      `UPDATE documents SET stages = json_set(stages, '$.delayed_by', w.value ->> 'reason')
       FROM json_each(?1) AS w WHERE ${isVersion} AND status IN ('pending', 'live')`,
    )
    .bind(toReasons(failures));
}

/** Documents that wait for neurons are not given up for it, however long that takes. */
function waitStatement(db: D1Database, documentIds: number[]): D1PreparedStatement {
  return db
    .prepare(
      `UPDATE outbox SET failing_since = NULL WHERE document_id IN (SELECT value FROM json_each(?1))`,
    )
    .bind(JSON.stringify(documentIds));
}

/** Records the error that ended a document's attempt and that nothing else has recorded. */
export async function noteDelay(db: D1Database, documentId: number, reason: string): Promise<void> {
  await db
    .prepare(
      `UPDATE documents SET stages = json_set(stages, '$.delayed_by', ?2)
       WHERE id = ?1 AND status IN ('pending', 'live')`,
    )
    .bind(documentId, reason)
    .run();
}

const isVersion = `documents.id = w.value ->> 'id' AND documents.workspace_id = w.value ->> 'workspace'
  AND documents.version = w.value ->> 'version'`;

function toReasons(failures: Failure[]): string {
  return JSON.stringify(
    failures.map(({ work, reason }) => ({
      id: work.documentId,
      version: work.version,
      workspace: work.workspaceId,
      reason,
    })),
  );
}
