import type { Services } from "../../runtime/services.ts";
import type { GenerationWakeUp } from "../../runtime/messages.ts";
import { dayOf, outOfNeuronsSql } from "../../limits/quotas.ts";
import { sendAll } from "../../runtime/wake-up.ts";
import { batchByName } from "../../runtime/named-batch.ts";
import { collectGarbage, readGarbage, type VectorGarbage } from "./collect.ts";
import { commitDrafts } from "./commit.ts";
import { describeChunks } from "./describe.ts";
import { draftVersions } from "./draft.ts";
import { embedChunks } from "./embed.ts";
import { endingsOf, endingStatements } from "./finish.ts";
import { readMissing, toMissing, type MissingRow, type MissingVector } from "./missing-vectors.ts";
import { lacksVectors, missingVectors, readMore, SLICE_CHUNKS } from "./outbox.ts";
import { claimVersions, readClaimed, type DocumentWork } from "./pending-work.ts";
import { countEmbedded } from "./embedding-rate.ts";
import { NeuronsUsedUp, type Failures } from "./reasons.ts";
import { storeVectors } from "./store-vectors.ts";

/** How long after a write the index is first asked whether it shows the vector. It is asked again after 5, 10, 20 … seconds. */
export const FIRST_LOOK_MS = 1000;

/** The services that the stages use. */
export type IngestServices = Pick<
  Services,
  | "config"
  | "contextModel"
  | "converter"
  | "db"
  | "embedderOf"
  | "embedQueue"
  | "now"
  | "vectors"
  | "waitUntil"
>;

/** What is left when a slice has ended. */
export interface SliceEnd {
  /** Documents that the slice held. */
  documents: number;
  /** More work of the stage is due now. */
  more: boolean;
  /** When the first document whose attempt failed is due again, in milliseconds. */
  dueAt: number | undefined;
  /** Every document of the slice waits for another attempt, most likely because a service is down. */
  allDelayed: boolean;
}

/**
 * The first stage, for a slice: draft (read → normalise → chunk) → commit. From then on keyword search serves the new versions. A
 * document that fails does not make others fail.
 */
export async function serveDocuments(
  services: IngestServices,
  claim: D1PreparedStatement,
  by: string,
): Promise<SliceEnd> {
  const { works, more } = await claimVersions(services.db, claim, by, services.now());
  if (works.length === 0) return { documents: 0, more, dueAt: undefined, allDelayed: false };
  return { ...(await serveVersions(services, works, by)), more };
}

/** {@link serveDocuments} for versions as they were read. Versions that were replaced or deleted meanwhile are left alone. */
export async function serveVersions(
  services: IngestServices,
  works: DocumentWork[],
  by: string,
): Promise<SliceEnd> {
  const failures: Failures = new Map();
  const drafts = await draftVersions(services, works, failures);
  await commitDrafts(services, works, drafts, failures);
  return endSlice(services.db, by, works, failures, services.now(), false);
}

/**
 * The second stage, for a slice: describe → embed → store vectors → collect garbage. Documents whose vectors are all
 * stored go on to the third stage; the others are due again at once.
 */
export async function embedDocuments(
  services: IngestServices,
  claim: D1PreparedStatement,
  by: string,
): Promise<SliceEnd> {
  const { db, config, now } = services;
  const startedAt = now();
  const { works, missing, spent, garbage, otherGenerations, more } = await batchByName<{
    works: Omit<DocumentWork, "chunks">;
    missing: MissingRow;
    spent: { workspaceId: string };
    garbage: VectorGarbage;
    otherGenerations: GenerationWakeUp;
    more: unknown;
  }>(db, {
    claim,
    works: readClaimed(db, "embed", by),
    missing: readMissing(db, by),
    spent: readOutOfNeurons(db, by, startedAt),
    garbage: readGarbage(db, by),
    otherGenerations: readOtherGenerations(db, by),
    more: readMore(db, "embed", startedAt),
  });
  if (works.length === 0)
    return { documents: 0, more: more.length > 0, dueAt: undefined, allDelayed: false };
  const failures: Failures = new Map();
  const outOfNeurons = new Set(spent.map(({ workspaceId }) => workspaceId));
  const affordable: MissingVector[] = [];
  for (const row of missing) {
    if (outOfNeurons.has(row.workspaceId)) failures.set(row.documentId, new NeuronsUsedUp());
    else affordable.push(toMissing(row, config));
  }
  const chunks = await describeChunks(services, affordable);
  for await (const { embedded, failed } of embedChunks(services, chunks, byDocument)) {
    noteChunks(failures, failed);
    noteChunks(failures, await storeVectors(services, embedded));
  }
  await collectGarbage(services, garbage, failures);
  const stored = chunks.filter(({ documentId }) => !failures.has(documentId));
  const claimed = works.map((work) => ({ ...work, chunks: [] }));
  const end = await endSlice(db, by, claimed, failures, now(), more.length > 0, {
    embedded: countEmbedded(db, stored, startedAt, now()),
    ...passOn(db, by, now()),
  });
  wakeGenerations(services, otherGenerations);
  // After a full slice, documents that lack further vectors are due again.
  return { ...end, more: end.more || missing.length === SLICE_CHUNKS };
}

/** The chunks of one document fail together, so a failed call is not divided within a document. */
function byDocument({ documentId }: MissingVector): number {
  return documentId;
}

function noteChunks(failures: Failures, failed: Map<MissingVector, unknown>): void {
  for (const [{ documentId }, error] of failed) failures.set(documentId, error);
}

/** The statements that pass claimed documents on: to the next stage those that lack no vector, the others to this stage again. */
function passOn(db: D1Database, by: string, now: number): Record<string, D1PreparedStatement> {
  return {
    storedAt: db
      .prepare(
        `UPDATE documents SET stages = json_set(json_remove(stages, '$.delayed_by'), '$.vectors_at', ?2)
         WHERE status = 'live' AND id IN (SELECT document_id FROM outbox WHERE claimed_by = ?1 AND NOT ${lacksVectors("outbox.document_id")})`,
      )
      .bind(by, now),
    passed: db
      .prepare(
        `UPDATE outbox SET claimed_by = NULL, failures = 0, failing_since = NULL, size = left.chunks,
           stage = iif(left.chunks = 0, 'confirm', 'embed'), due_at = ?2 + iif(left.chunks = 0, ${FIRST_LOOK_MS}, 0)
         FROM (SELECT document_id AS id, ${missingVectors("o.document_id")} AS chunks FROM outbox o WHERE claimed_by = ?1) AS left
         WHERE document_id = left.id`,
      )
      .bind(by, now),
  };
}

/** Records how a slice ended, in one transaction. */
async function endSlice(
  db: D1Database,
  by: string,
  works: DocumentWork[],
  failures: Failures,
  now: number,
  more: boolean,
  statements: Record<string, D1PreparedStatement[] | D1PreparedStatement> = {},
): Promise<SliceEnd> {
  const endings = endingsOf(works, failures, now);
  const named = { ...endingStatements(db, by, endings, now), ...statements };
  const { delays } = Object.values(named).flat().length
    ? await batchByName<{ delays: { dueAt: number } }>(db, named)
    : { delays: [] };
  return {
    documents: works.length,
    more,
    dueAt: delays.length > 0 ? Math.min(...delays.map(({ dueAt }) => dueAt)) : undefined,
    allDelayed: endings.delayed.length === works.length,
  };
}

/** The workspaces of claimed documents that have no neurons left. */
function readOutOfNeurons(db: D1Database, by: string, now: number): D1PreparedStatement {
  return db
    .prepare(
      `SELECT DISTINCT d.workspace_id AS workspaceId FROM outbox o JOIN documents d ON d.id = o.document_id
       WHERE o.claimed_by = ?1 AND ${outOfNeuronsSql("d.workspace_id", "?2")}`,
    )
    .bind(by, dayOf(now));
}

/** Generations that are being built or kept for a rollback: they lack the same vectors. */
function readOtherGenerations(db: D1Database, by: string): D1PreparedStatement {
  return db
    .prepare(
      `SELECT DISTINCT g.workspace_id, g.number AS generation
       FROM outbox o JOIN documents d ON d.id = o.document_id
         JOIN index_generations g ON g.workspace_id = d.workspace_id
       WHERE o.claimed_by = ?1 AND o.stage = 'embed' AND g.state IN ('building', 'retired')`,
    )
    .bind(by);
}

/** Nobody waits for it: the sweeper replaces one that cannot be sent. */
function wakeGenerations(
  { embedQueue, waitUntil }: Pick<Services, "embedQueue" | "waitUntil">,
  generations: GenerationWakeUp[],
): void {
  waitUntil(
    sendAll(embedQueue, generations).catch((error: unknown) => {
      console.warn("generation: wake-up not sent", { error: String(error) });
    }),
  );
}
