import type { Services } from "../../runtime/services.ts";
import { ensureFirst } from "../../generations/generation.ts";
import { batchByName } from "../../runtime/named-batch.ts";
import { writeStatements } from "./commit-statements.ts";
import { divideOnFailure } from "./divide.ts";
import type { Draft } from "./draft.ts";
import { missingVectors } from "./outbox.ts";
import { stillAt, toVersions, type DocumentWork } from "./pending-work.ts";
import type { Failures } from "./reasons.ts";

type CommitServices = Pick<Services, "db" | "config" | "now">;

/** Commits all drafts in one transaction, or in several if a draft cannot be committed. */
export async function commitDrafts(
  services: CommitServices,
  works: DocumentWork[],
  drafts: Draft[],
  failures: Failures,
): Promise<void> {
  const draftOf = new Map(drafts.map((draft) => [draft.work, draft]));
  const failed = await divideOnFailure(
    works.filter(({ documentId }) => !failures.has(documentId)),
    async (some) => {
      const own = some.flatMap((work) => draftOf.get(work) ?? []);
      await commitVersions(services, some, own);
    },
    () => true,
  );
  for (const [work, error] of failed) failures.set(work.documentId, error);
}

/**
 * Makes versions the ones that are served, in one transaction: chunks whose text did not change keep their row and vector, the
 * others are replaced in the keyword index, and vectors that lost their chunk are noted for collection. The documents, drafts or
 * not, are then due for the next stage.
 */
export async function commitVersions(
  services: CommitServices,
  works: DocumentWork[],
  drafts: Draft[],
): Promise<void> {
  const { db, config, now } = services;
  const workspaces = [...new Set(works.map((work) => work.workspaceId))];
  await batchByName(db, {
    firstGeneration: ensureFirst(db, workspaces, config.embeddingModel, now()),
    writes: drafts.length > 0 ? await writeStatements(services, drafts) : [],
    servedAlready: works.some(({ version, liveVersion }) => version === liveVersion)
      ? db
          .prepare(
            `UPDATE documents SET status = 'live', error = NULL
             WHERE status = 'pending' AND live_version = version AND id IN (SELECT d.id FROM ${stillAt("?1")})`,
          )
          .bind(toVersions(works))
      : [],
    next: db
      .prepare(
        `UPDATE outbox SET stage = 'embed', claimed_by = NULL, due_at = ?2, failures = 0, failing_since = NULL,
           size = max(1, ${missingVectors("outbox.document_id")})
         WHERE stage = 'serve' AND document_id IN (SELECT d.id FROM ${stillAt("?1")})`,
      )
      .bind(toVersions(works), now()),
  });
}
