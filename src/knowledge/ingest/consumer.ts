import type { Services } from "../../runtime/services.ts";
import { chunkMarkdown } from "./chunk.ts";
import { addContexts } from "./chunk-contexts.ts";
import { collectGarbage } from "./collect-garbage.ts";
import { commitVersions, type Draft, type Owed } from "./commit.ts";
import { divideOnFailure } from "./divide.ts";
import { embedMissing } from "./embed.ts";
import { finishDocuments, type Endings } from "./finish.ts";
import { fileType } from "../formats/file-types.ts";
import { detectLanguage } from "../../language/detect.ts";
import { readable, UnreadableDocument } from "../formats/unreadable-document.ts";
import { holdBack, WaitsForOthers } from "./hold-back.ts";
import { withoutInvisible } from "../../text/invisible-characters.ts";
import { readDocument } from "./read-document.ts";
import { passingReason, permanentReason, toMessage } from "./reasons.ts";
import { findWarnings } from "../formats/warnings.ts";
import type { DocumentWork } from "./work.ts";

/** The errors of documents that could not be learned to the end, by their ids. */
export type Failures = Map<number, unknown>;

/**
 * Learns documents from their current state, together: normalise → chunk → commit (keywords serve them from here on) →
 * embed what changed → store vectors → drop what is no longer served → done. Each stage leaves a state from which the next run goes on, so a message that
 * comes twice, late or after a crash changes nothing; and a document that fails in one takes no other with it.
 * @param mayWait documents whose last chunks may be left for a later run, which embeds them together with others'
 */
export async function learnDocuments(
  services: Services,
  works: DocumentWork[],
  mayWait: ReadonlySet<number> = new Set(),
): Promise<Failures> {
  const failures: Failures = new Map();
  const drafts = await draftVersions(services, works, failures);
  const owed = await serveVersions(services, works, drafts, failures);
  await addVectors(services, works, owed, mayWait, failures);
  addAll(failures, await collectGarbage(services, owed.garbage));
  await finishDocuments(services.db, conclude(works, failures), services.now());
  wakeOtherGenerations(services, owed);
  return failures;
}

/** Reads what is new in the one Markdown dialect and cuts it. */
async function draftVersions(
  services: Services,
  works: DocumentWork[],
  failures: Failures,
): Promise<Draft[]> {
  const drafts: Draft[] = [];
  for (const work of works) {
    if (work.status === "deleted" || work.liveVersion === work.version) continue;
    try {
      const text = await readDocument(services, work);
      drafts.push(readable(() => draft(work, text, services.now())));
    } catch (error) {
      failures.set(work.documentId, error);
    }
  }
  return drafts;
}

/** @throws {UnreadableDocument} */
function draft(work: DocumentWork, text: string, normalisedAt: number): Draft {
  const markdown = withoutInvisible(text);
  if (!markdown.trim()) throw new UnreadableDocument("The document contains no text.");
  const chunks = chunkMarkdown(work.title, markdown);
  const language = work.language ?? detectLanguage(markdown);
  const source = fileType(work.contentType) ? text : work.content;
  const warnings = findWarnings(work.title, source, markdown);
  return { work, markdown, chunks, language, warnings, normalisedAt };
}

/** Commits all drafts in one transaction, or in several where one of them cannot be committed. */
async function serveVersions(
  services: Services,
  works: DocumentWork[],
  drafts: Draft[],
  failures: Failures,
): Promise<Owed> {
  const owed: Owed = { missing: [], garbage: [], others: [] };
  const draftOf = new Map(drafts.map((one) => [one.work, one]));
  const failed = await divideOnFailure(
    works,
    async (some) => {
      const own = some.flatMap((work) => draftOf.get(work) ?? []);
      const found = await commitVersions(services, some, own);
      owed.missing.push(...found.missing);
      owed.garbage.push(...found.garbage);
      owed.others.push(...found.others);
    },
    () => true,
  );
  for (const [work, error] of failed) failures.set(work.documentId, error);
  return owed;
}

async function addVectors(
  services: Services,
  works: DocumentWork[],
  { missing }: Owed,
  mayWait: ReadonlySet<number>,
  failures: Failures,
): Promise<void> {
  const { now, waiting } = await holdBack(services, missing, works, mayWait);
  for (const documentId of waiting) failures.set(documentId, new WaitsForOthers());
  const titles = new Map(works.map((work) => [work.documentId, work.title]));
  const chunks = await addContexts(services, now);
  addAll(failures, await embedMissing(services, chunks, (id) => titles.get(id) ?? ""));
}

/** What was learned is owed to a generation that is being built, too. Should the message get lost, the sweeper sends it. */
function wakeOtherGenerations({ ingestQueue, waitUntil }: Services, { others }: Owed): void {
  if (others.length === 0) return;
  waitUntil(
    ingestQueue.sendBatch(others.map((body) => ({ body }))).catch((error: unknown) => {
      console.warn("generation: wake-up not sent", { error: String(error) });
    }),
  );
}

export function addAll(failures: Failures, more: Failures): void {
  for (const [documentId, error] of more) failures.set(documentId, error);
}

function conclude(works: DocumentWork[], failures: Failures): Endings {
  const endings: Endings = { done: [], failed: [], delayed: [] };
  for (const work of works) {
    if (!failures.has(work.documentId)) {
      endings.done.push(work);
      continue;
    }
    const error = failures.get(work.documentId);
    const reason = permanentReason(error);
    if (reason === undefined) endings.delayed.push({ work, reason: passingReason(error) });
    else {
      console.warn("ingest: failed", { document: work.documentId, error: toMessage(error) });
      endings.failed.push({ work, reason });
    }
  }
  return endings;
}
