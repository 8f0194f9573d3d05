import type { Services } from "../../runtime/services.ts";
import type { GenerationWakeUp } from "../../runtime/messages.ts";
import { ensureFirst, type Generation } from "../../generations/generation.ts";
import { batchByName } from "../../runtime/named-batch.ts";
import { writeStatements } from "./commit-statements.ts";
import { divideOnFailure } from "./divide.ts";
import type { Draft } from "./draft.ts";
import { readMissing, toMissing, type MissingRow, type MissingVector } from "./missing-vectors.ts";
import type { DocumentWork } from "./pending-work.ts";
import type { Failures } from "./reasons.ts";

/** A vector whose chunk was deleted. */
export interface VectorGarbage {
  vectorId: string;
  index: Generation["index"];
  documentId: number;
}

/** The vectors to add and to delete once D1 serves the versions. */
export interface PendingVectors {
  missing: MissingVector[];
  garbage: VectorGarbage[];
  /** The generations that are not live; they lack the same vectors. */
  otherGenerations: GenerationWakeUp[];
}

type CommitServices = Pick<Services, "db" | "config" | "now">;

/** Commits all drafts in one transaction, or in several if a draft cannot be committed. */
export async function commitDrafts(
  services: CommitServices,
  works: DocumentWork[],
  drafts: Draft[],
  failures: Failures,
): Promise<PendingVectors> {
  const pending: PendingVectors = { missing: [], garbage: [], otherGenerations: [] };
  const draftOf = new Map(drafts.map((draft) => [draft.work, draft]));
  const failed = await divideOnFailure(
    works,
    async (some) => {
      const own = some.flatMap((work) => draftOf.get(work) ?? []);
      const { missing, garbage, otherGenerations } = await commitVersions(services, some, own);
      pending.missing = [...pending.missing, ...missing];
      pending.garbage = [...pending.garbage, ...garbage];
      pending.otherGenerations = [...pending.otherGenerations, ...otherGenerations];
    },
    () => true,
  );
  for (const [work, error] of failed) failures.set(work.documentId, error);
  return pending;
}

/**
 * Makes versions the ones that are served, in one transaction: chunks whose text did not change keep their row and
 * vector, the others are replaced in the keyword index, and vectors that lost their chunk are noted for collection. The same
 * round trip reads what the vector indexes still lack of all `works`, drafts or not.
 */
export async function commitVersions(
  services: CommitServices,
  works: DocumentWork[],
  drafts: Draft[],
): Promise<PendingVectors> {
  const { db, config, now } = services;
  const workspaces = [...new Set(works.map((work) => work.workspaceId))];
  const { missing, garbage, otherGenerations } = await batchByName<{
    missing: MissingRow;
    garbage: VectorGarbage;
    otherGenerations: GenerationWakeUp;
  }>(db, {
    firstGeneration: ensureFirst(db, workspaces, config.embeddingModel, now()),
    writes: drafts.length > 0 ? await writeStatements(services, drafts) : [],
    missing: readMissing(db, works),
    garbage: readGarbage(db, works),
    otherGenerations: readOtherGenerations(db, workspaces),
  });
  return { missing: missing.map((row) => toMissing(row, config)), garbage, otherGenerations };
}

function readGarbage(db: D1Database, works: DocumentWork[]): D1PreparedStatement {
  return db
    .prepare(
      `SELECT vector_id AS vectorId, index_name AS "index", document_id AS documentId FROM vector_garbage
       WHERE document_id IN (SELECT value FROM json_each(?1))`,
    )
    .bind(JSON.stringify(works.map((work) => work.documentId)));
}

function readOtherGenerations(db: D1Database, workspaceIds: string[]): D1PreparedStatement {
  return db
    .prepare(
      `SELECT workspace_id, number AS generation FROM index_generations
       WHERE workspace_id IN (SELECT value FROM json_each(?1)) AND state IN ('building', 'retired')`,
    )
    .bind(JSON.stringify(workspaceIds));
}
