import type { Services } from "../runtime/services.ts";
import type { DocumentWakeUp, GenerationWakeUp, IngestMessage } from "../runtime/messages.ts";
import { consumeGenerations } from "./reindex/step.ts";
import { addAll, learnDocuments, type Failures } from "./ingest/consumer.ts";
import { finishDocuments, type Endings } from "./ingest/finish.ts";
import { WaitsForOthers } from "./ingest/hold-back.ts";
import { permanentReason, toMessage } from "./ingest/reasons.ts";
import { leastTriedFirst, noteTry, readWork, takeEnded, type DocumentWork } from "./ingest/work.ts";

/** Times that a document may be begun alone without an end: a deployment ends an invocation, too. */
const MAX_TRIES = 2;
const TOO_COSTLY =
  "Reading the document takes more time or memory than there is. Split it into several documents.";

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
