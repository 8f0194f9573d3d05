import type { DocumentWakeUp, GenerationWakeUp, IngestMessage } from "../env.ts";
import { consumeGenerations } from "../generations/step.ts";
import type { Services } from "../services.ts";
import { chunkMarkdown } from "./chunk.ts";
import { addContexts } from "./chunk-contexts.ts";
import { collectGarbage } from "./collect-garbage.ts";
import { commitVersions, type Draft, type Owed } from "./commit.ts";
import { divideOnFailure } from "./divide.ts";
import { embedMissing } from "./embed.ts";
import { finishDocuments, type Endings } from "./finish.ts";
import { fileType } from "./formats/file-types.ts";
import { detectLanguage } from "./formats/language.ts";
import { readable, UnreadableDocument } from "./formats/unreadable-document.ts";
import { holdBack, WaitsForOthers } from "./hold-back.ts";
import { withoutInvisible } from "./invisible-characters.ts";
import { readDocument } from "./read-document.ts";
import { passingReason, permanentReason, toMessage } from "./reasons.ts";
import { findWarnings } from "./warnings.ts";
import { leastTriedFirst, noteTry, readWork, takeEnded, type DocumentWork } from "./work.ts";

/** Times that a document may be begun alone without an end: a deployment ends an invocation, too. */
const MAX_TRIES = 2;
const TOO_COSTLY =
  "Reading the document takes more time or memory than there is. Split it into several documents.";

/** The errors of documents that could not be learned to the end, by their ids. */
type Failures = Map<number, unknown>;

/**
 * Learns documents from their current state, together: normalise → chunk → commit (keywords serve them from here on) →
 * embed what changed → store vectors → done. Each stage leaves a state from which the next run goes on, so a message that
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
  const draftOf = new Map(drafts.map((draft) => [draft.work, draft]));
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

function addAll(failures: Failures, more: Failures): void {
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

/** Seconds before the attempt after this one; the dead-letter queue follows the last. */
export function retryDelay(attempts: number): number {
  return Math.min(600, 5 * 2 ** (attempts - 1));
}

/** The queue's handler. */
export async function consumeIngest(
  { messages }: MessageBatch<IngestMessage>,
  services: Services,
): Promise<void> {
  await consumeDocuments(messages.filter(isOfDocument), services);
  await consumeGenerations(messages.filter(isOfGeneration), services);
}

/** The dead-letter queue's handler. Of generations, the sweeper knows. */
export async function consumeIngestDeadLetters(
  { messages }: MessageBatch<IngestMessage>,
  services: Services,
): Promise<void> {
  await recordDeadLetters(messages.filter(isOfDocument), services);
  for (const message of messages.filter(isOfGeneration)) message.ack();
}

function isOfDocument(message: Message<IngestMessage>): message is Message<DocumentWakeUp> {
  return "document_id" in message.body;
}

function isOfGeneration(message: Message<IngestMessage>): message is Message<GenerationWakeUp> {
  return "generation" in message.body;
}

/** What is permanent is recorded and done with, what may pass is retried later. */
async function consumeDocuments(
  messages: Message<DocumentWakeUp>[],
  services: Services,
): Promise<void> {
  const again = new Set(
    messages.flatMap(({ attempts, body }) => (attempts > 1 ? [body.document_id] : [])),
  );
  const fresh = new Set(messages.map(({ body }) => body.document_id)).difference(again);
  // The first attempt may have ended for a neighbour's sake, unless it says how it ended.
  const ended = again.size > 0 ? await takeEnded(services.db, [...again]) : [];
  const failures: Failures = new Map();
  const suspects = await learnTogether(services, [...ended, ...fresh], fresh, failures);
  await learnAlone(services, [...again.difference(new Set(ended)), ...suspects], failures);
  for (const message of messages) {
    const error = failures.get(message.body.document_id);
    if (error === undefined || permanentReason(error) !== undefined) message.ack();
    else if (error instanceof WaitsForOthers) message.retry({ delaySeconds: 0 });
    else {
      const [document, cause] = [message.body.document_id, toMessage(error)];
      console.warn("ingest: will retry", { document, error: cause });
      message.retry({ delaySeconds: retryDelay(message.attempts) });
    }
  }
}

/** @returns those that were begun alone before, which are left for later */
async function learnTogether(
  services: Services,
  documentIds: number[],
  mayWait: ReadonlySet<number>,
  failures: Failures,
): Promise<number[]> {
  const suspects: number[] = [];
  let waiting = documentIds;
  while (waiting.length > 0) {
    const { works, rest } = await readWork(services.db, waiting);
    const untried = works.filter(({ tries }) => tries <= 0);
    suspects.push(...works.filter(({ tries }) => tries > 0).map(({ documentId }) => documentId));
    addAll(failures, await learnDocuments(services, untried, mayWait));
    waiting = rest;
  }
  return suspects;
}

/** What kills the invocation, by its time or its memory, kills no neighbour's attempt with it, and not for ever. */
async function learnAlone(
  services: Services,
  documentIds: number[],
  failures: Failures,
): Promise<void> {
  if (documentIds.length === 0) return;
  for (const documentId of await leastTriedFirst(services.db, documentIds)) {
    const tries = await noteTry(services.db, documentId);
    const { works } = await readWork(services.db, [documentId]);
    if (tries <= MAX_TRIES) addAll(failures, await learnDocuments(services, works));
    else await finishDocuments(services.db, giveUp(works, TOO_COSTLY), services.now());
  }
}

function giveUp(works: DocumentWork[], reason: string): Endings {
  return { done: [], failed: works.map((work) => ({ work, reason })), delayed: [] };
}

/** The reason is written where the owner of the document looks. */
async function recordDeadLetters(
  messages: Message<DocumentWakeUp>[],
  services: Services,
): Promise<void> {
  const reason =
    "Gave up after several attempts: a service it needs kept failing. Retry it once that is over.";
  let waiting = messages.map((message) => message.body.document_id);
  while (waiting.length > 0) {
    const { works, rest } = await readWork(services.db, waiting);
    await finishDocuments(services.db, giveUp(works, reason), services.now());
    waiting = rest;
  }
  for (const message of messages) message.ack();
}
