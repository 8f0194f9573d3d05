import type { StageWakeUp } from "../../runtime/messages.ts";
import { isLate } from "../accept/outdated.ts";

/**
 * The outbox is the pool of pending work. A queue message only says that there is work; its consumer claims a slice of the pool.
 * Each stage leaves the document to the next: `serve` makes keyword search serve the version, `embed` stores the vectors of
 * its chunks, `confirm` waits until the index shows them. Then the row is deleted.
 */
export type Stage = StageWakeUp["stage"];

/** A slice is about so much work: one full call of the embedding model. */
export const SLICE_CHUNKS = 100;
const SLICE_DOCUMENTS = 100;
/** Rows that a claim chooses from, divided between the lanes, and the most lanes that it looks at. */
const CANDIDATES = 1000;
const LANES = 1000;
/** Of one workspace. Anybody who stores documents may name as many sources. */
const WORKSPACE_LANES = 50;
/**
 * A claim that is older has lost its invocation: a slice takes seconds, and at most the two minutes of CPU time that
 * wrangler.toml allows. Two attempts at once would only cost calls.
 */
const LEASE_MS = 3 * 60_000;
/** Delays after failures: 5, 10, 20 … 600 seconds. */
const DELAY_MS = `1000 * min(600, 5 << min(failures, 7))`;

/**
 * The statement that claims the next slice of a stage. Workspaces take turns, and the lanes of each: it takes one document of each
 * workspace, then a second one, so that the thousands of one workspace or source delay nobody else, however many sources it names. Those
 * that are equal come in an order that changes: with more of them than a slice holds, none waits for all documents of the
 * others. The lanes are found by skipping through the index, however many rows each has. Outdated documents are served anew only
 * while no upload waits to be served or embedded; from then on they lack vectors, and take turns as uploads do.
 */
export function claimSlice(
  db: D1Database,
  stage: Stage,
  by: string,
  now: number,
): D1PreparedStatement {
  // A version is served as a whole, and embedded in parts: of a long document a slice takes its lane's share.
  const share =
    stage === "serve" ? "size" : `min(size, 1 + ${SLICE_CHUNKS} / (SELECT count(lane) FROM lanes))`;
  const late = stage === "serve" ? isLate("o.lane") : "0";
  const next = (where: string): string =>
    `(SELECT min(o.lane) FROM outbox o WHERE o.stage = ?1 AND o.claimed_by IS NULL AND ${where})`;
  const workspaceOf = (lane: string): string => `substr(${lane}, 1, instr(${lane}, '/') - 1)`;
  // "0" follows "/": before it lie the lanes of the workspace.
  const nextOwn = next(`o.lane > lanes.lane AND o.lane < ${workspaceOf("lanes.lane")} || '0'`);
  const nextOther = next(`o.lane >= ${workspaceOf("lanes.lane")} || '0'`);
  return db
    .prepare(
      `WITH RECURSIVE lanes (lane, place) AS (
         SELECT min(lane), 1 FROM outbox WHERE stage = ?1 AND claimed_by IS NULL
         UNION ALL
         SELECT iif(place < ${WORKSPACE_LANES}, coalesce(${nextOwn}, ${nextOther}), ${nextOther}),
           iif(place < ${WORKSPACE_LANES} AND ${nextOwn} IS NOT NULL, place + 1, 1)
         FROM lanes WHERE lane IS NOT NULL LIMIT ${LANES})
       UPDATE outbox SET claimed_by = ?2, due_at = ?3 + ${LEASE_MS}
       WHERE document_id IN (SELECT document_id FROM (
         SELECT document_id, row_number() OVER (ORDER BY turn, chance) AS place,
           sum(${share}) OVER (ORDER BY turn, chance ROWS UNBOUNDED PRECEDING) - ${share} AS before
         FROM (
           SELECT *, row_number() OVER (PARTITION BY ${workspaceOf("lane")} ORDER BY lane_turn, chance) AS turn
           FROM (
             SELECT o.document_id, o.size, o.lane, random() AS chance, ${late} AS late, min(${late}) OVER () AS soonest,
               row_number() OVER (PARTITION BY o.lane ORDER BY o.due_at, o.document_id) AS lane_turn
             FROM lanes JOIN outbox o ON o.document_id IN (
               SELECT x.document_id FROM outbox x
               WHERE x.stage = ?1 AND x.claimed_by IS NULL AND x.lane = lanes.lane AND x.due_at <= ?3
               ORDER BY x.due_at LIMIT (SELECT 1 + ${CANDIDATES} / max(1, count(lane)) FROM lanes)))
           WHERE late = soonest AND (late = 0 OR NOT EXISTS (
             SELECT 1 FROM outbox o WHERE o.stage = 'embed' AND o.claimed_by IS NULL AND o.due_at <= ?3 AND NOT ${isLate("o.lane")}))))
       WHERE place <= ${SLICE_DOCUMENTS} AND before < ${SLICE_CHUNKS})`,
    )
    .bind(stage, by, now);
}

/** Claims one document if it is due for this stage next, whoever else has claimed it. */
export function claimDocument(
  db: D1Database,
  stage: Stage,
  documentId: number,
  by: string,
  now: number,
): D1PreparedStatement {
  return db
    .prepare(
      `UPDATE outbox SET claimed_by = ?2, due_at = ?3 + ${LEASE_MS} WHERE document_id = ?1 AND stage = ?4`,
    )
    .bind(documentId, by, now, stage);
}

/** The statement that reads whether a stage has more work that is due. */
export function readMore(db: D1Database, stage: Stage, now: number): D1PreparedStatement {
  return db
    .prepare(
      `SELECT 1 AS more FROM outbox WHERE stage = ?1 AND claimed_by IS NULL AND due_at <= ?2 LIMIT 1`,
    )
    .bind(stage, now);
}

/** SQL: how many chunks of the document lack a vector of the generation that is searched. */
export function missingVectors(documentId: string): string {
  return `(SELECT count(*) FROM chunks c JOIN index_generations g ON g.workspace_id = c.workspace_id AND g.state = 'live'
    WHERE c.document_id = ${documentId} AND (c.vector_stored & g.slot) = 0)`;
}

/** SQL: the generation that is searched lacks a vector of a chunk of the document. */
export function lacksVectors(documentId: string): string {
  return `EXISTS (SELECT 1 FROM chunks c JOIN index_generations g ON g.workspace_id = c.workspace_id AND g.state = 'live'
    WHERE c.document_id = ${documentId} AND (c.vector_stored & g.slot) = 0)`;
}

/**
 * Ends the claims on documents whose attempt failed or has to wait: each is due again after a delay that grows with its failures.
 * @param documentIds undefined: all that are claimed
 */
export function delayClaims(
  db: D1Database,
  by: string,
  now: number,
  documentIds?: number[],
): D1PreparedStatement {
  return db
    .prepare(
      `UPDATE outbox SET claimed_by = NULL, due_at = ?2 + ${DELAY_MS}, failures = failures + 1,
         failing_since = coalesce(failing_since, ?2)
       WHERE claimed_by = ?1 AND (?3 IS NULL OR document_id IN (SELECT value FROM json_each(?3)))
       RETURNING due_at AS dueAt`,
    )
    .bind(by, now, documentIds === undefined ? null : JSON.stringify(documentIds));
}
