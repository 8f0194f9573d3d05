import type { Services } from "../../runtime/services.ts";
import type { DocumentWakeUp } from "../../runtime/messages.ts";
import { ingestDocuments, type IngestServices } from "./consumer.ts";
import { finishDocuments } from "./finish.ts";
import { readPendingWork, type DocumentWork } from "./pending-work.ts";
import { permanentReason, toMessage, type Failures } from "./reasons.ts";

/** Documents that are delivered again wait no longer than this for their next attempt. */
const LONGEST_DELAY_SECONDS = 600;
const NO_ATTEMPT_ENDED =
  "Reading the document takes more time or memory than there is. Split it into several documents.";

type QueueServices = IngestServices & Pick<Services, "ingestRetryQueue">;
type DocumentMessages = readonly Message<DocumentWakeUp>[];

/** Seconds before the attempt after this one; the dead-letter queue follows the last. */
export function retryDelay(attempts: number): number {
  return Math.min(LONGEST_DELAY_SECONDS, 5 * 2 ** (attempts - 1));
}

/**
 * Handles the documents of a batch of the ingest queue: those that are delivered for the first time are ingested together.
 * All others go to the retry queue, which delivers one document at a time. These are documents whose attempt failed for a
 * reason that may pass, and documents that are delivered again: the invocation that had them before was killed, and any of
 * them may be why.
 */
export async function consumeDocuments(
  messages: DocumentMessages,
  services: QueueServices,
): Promise<void> {
  const killed = new Set(
    messages.flatMap(({ attempts, body }) => (attempts > 1 ? [body.document_id] : [])),
  );
  const [again, fresh] = [new Set<Message<DocumentWakeUp>>(), new Set<Message<DocumentWakeUp>>()];
  for (const message of messages) {
    (killed.has(message.body.document_id) ? again : fresh).add(message);
  }
  await moveToRetryQueue(services, [...again], 0);
  const failures = await ingestById(services, idsOf([...fresh]));
  const failed = [...fresh].filter(({ body }) => mayPass(failures, body.document_id));
  await moveToRetryQueue(services, failed, retryDelay(1));
  for (const message of fresh) if (!failed.includes(message)) message.ack();
}

/** Handles the retry queue: a batch is one document, so what ends its invocation ends no other document's attempt. */
export async function consumeRetries(
  messages: DocumentMessages,
  services: IngestServices,
): Promise<void> {
  for (const message of messages) {
    const failures = await ingestById(services, idsOf([message]));
    if (mayPass(failures, message.body.document_id)) {
      message.retry({ delaySeconds: retryDelay(message.attempts) });
    } else message.ack();
  }
}

/** Handles the dead-letter queue of the retry queue: the reason is written where the owner of the document looks. */
export async function giveUpDocuments(
  messages: DocumentMessages,
  { db, now }: Pick<Services, "db" | "now">,
): Promise<void> {
  for await (const works of slicesOf(db, idsOf(messages))) {
    const failed = works.map((work) => ({ work, reason: reasonToGiveUp(work) }));
    await finishDocuments(db, { done: [], failed, delayed: [] }, now());
  }
  for (const message of messages) message.ack();
}

/** An attempt that ended has left its reason. An invocation that was killed leaves none. */
function reasonToGiveUp({ delayedBy }: DocumentWork): string {
  if (delayedBy === null) return NO_ATTEMPT_ENDED;
  return `Gave up after several attempts: ${delayedBy} Retry it once that is over.`;
}

/** Messages that cannot be moved are delivered again later, and moved then. */
async function moveToRetryQueue(
  { ingestRetryQueue }: Pick<Services, "ingestRetryQueue">,
  messages: DocumentMessages,
  delaySeconds: number,
): Promise<void> {
  if (messages.length === 0) return;
  try {
    const wakeUps = idsOf(messages).map((document_id) => ({ body: { document_id } }));
    await ingestRetryQueue.sendBatch(wakeUps, { delaySeconds });
    for (const message of messages) message.ack();
  } catch (error) {
    console.warn("ingest: could not send to the retry queue", { error: toMessage(error) });
    for (const message of messages) message.retry({ delaySeconds: retryDelay(message.attempts) });
  }
}

/** Ingests documents from their current state, as many at a time as fit into memory. */
async function ingestById(services: IngestServices, documentIds: number[]): Promise<Failures> {
  const failures: Failures = new Map();
  for await (const works of slicesOf(services.db, documentIds)) {
    for (const [id, error] of await ingestDocuments(services, works)) failures.set(id, error);
  }
  return failures;
}

/** Reads the pending work of documents in slices; of a document without any there is nothing to read. */
async function* slicesOf(db: D1Database, documentIds: number[]): AsyncGenerator<DocumentWork[]> {
  for (let waiting = documentIds; waiting.length > 0;) {
    const { works, rest } = await readPendingWork(db, waiting);
    if (works.length > 0) yield works;
    waiting = rest;
  }
}

function mayPass(failures: Failures, documentId: number): boolean {
  return failures.has(documentId) && permanentReason(failures.get(documentId)) === undefined;
}

function idsOf(messages: DocumentMessages): number[] {
  return [...new Set(messages.map(({ body }) => body.document_id))];
}
