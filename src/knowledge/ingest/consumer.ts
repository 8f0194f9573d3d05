import type { Services } from "../../runtime/services.ts";
import type { GenerationWakeUp } from "../../runtime/messages.ts";
import { collectGarbage } from "./collect.ts";
import { commitDrafts } from "./commit.ts";
import { describeChunks } from "./describe.ts";
import { draftVersions } from "./draft.ts";
import { embedChunks } from "./embed.ts";
import { endingsOf, finishDocuments } from "./finish.ts";
import type { MissingVector } from "./missing-vectors.ts";
import type { DocumentWork } from "./pending-work.ts";
import type { Failures } from "./reasons.ts";
import { storeVectors } from "./store-vectors.ts";

/** The services that the stages use. */
export type IngestServices = Pick<
  Services,
  | "config"
  | "contextModel"
  | "converter"
  | "db"
  | "embedderOf"
  | "ingestQueue"
  | "now"
  | "vectors"
  | "waitUntil"
>;

/**
 * Ingests documents together, from their current state: draft (read → normalise → chunk) → commit (from here on keyword search
 * serves the new versions) → describe → embed → store vectors → collect garbage → finish. Each stage leaves a state from
 * which the next run goes on, so a message that comes twice, late or after a crash changes nothing. A document that fails does
 * not make others fail.
 */
export async function ingestDocuments(
  services: IngestServices,
  works: DocumentWork[],
): Promise<Failures> {
  const failures: Failures = new Map();
  const drafts = await draftVersions(services, works, failures);
  const { missing, garbage, otherGenerations } = await commitDrafts(
    services,
    works,
    drafts,
    failures,
  );
  const chunks = await describeChunks(services, missing);
  for await (const { embedded, failed } of embedChunks(services, chunks, byDocument)) {
    noteChunks(failures, failed);
    noteChunks(failures, await storeVectors(services, embedded));
  }
  await collectGarbage(services, garbage, failures);
  await finishDocuments(services.db, endingsOf(works, failures), services.now());
  wakeGenerations(services, otherGenerations);
  return failures;
}

/** The chunks of one document fail together, so a failed call is not divided within a document. */
function byDocument({ documentId }: MissingVector): number {
  return documentId;
}

function noteChunks(failures: Failures, failed: Map<MissingVector, unknown>): void {
  for (const [{ documentId }, error] of failed) failures.set(documentId, error);
}

/** Wakes generations that are being built or kept for a rollback: they lack the same vectors. The sweeper replaces a lost wake-up. */
function wakeGenerations(
  { ingestQueue, waitUntil }: Pick<Services, "ingestQueue" | "waitUntil">,
  generations: GenerationWakeUp[],
): void {
  if (generations.length === 0) return;
  waitUntil(
    ingestQueue.sendBatch(generations.map((body) => ({ body }))).catch((error: unknown) => {
      console.warn("generation: wake-up not sent", { error: String(error) });
    }),
  );
}
