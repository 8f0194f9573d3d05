import type { Services } from "../../runtime/services.ts";
import type { DocumentWakeUp } from "../../runtime/messages.ts";
import { ingestDocuments, type IngestServices } from "./consumer.ts";
import { finishDocuments, noteDelay } from "./finish.ts";
import { readPendingWork, type DocumentWork } from "./pending-work.ts";
import { permanentReason, toMessage, type Failures } from "./reasons.ts";

/** The longest delay before the next attempt. */
const LONGEST_DELAY_SECONDS = 600;
/** A document is given up after this many deliveries alone if each invocation was killed. */
const MAX_KILLED = 3;
const NO_ATTEMPT_ENDED =
  "Ingesting the document exceeds the limits on time or memory. Split it into several documents.";

const SERVICE_FAILED = "A service that ingestion needs failed.";

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
  const isAgain = ({ body }: Message<DocumentWakeUp>): boolean => killed.has(body.document_id);
  await moveToRetryQueue(services, messages.filter(isAgain), 0);
  const fresh = messages.filter((message) => !isAgain(message));
  const failures = await ingestById(services, idsOf(fresh));
  const isDelayed = ({ body }: Message<DocumentWakeUp>): boolean =>
    mayPass(failures, body.document_id);
  await moveToRetryQueue(services, fresh.filter(isDelayed), retryDelay(1));
  for (const message of fresh) if (!isDelayed(message)) message.ack();
}

/**
 * Handles the retry queue: a batch is one document, so what ends its invocation ends no other document's attempt. An error of ours is
 * noted as the reason of the delay, so that only a killed invocation leaves none.
 */
export async function consumeRetries(
  messages: DocumentMessages,
  services: IngestServices,
): Promise<void> {
  for (const message of messages) {
    try {
      if (
        message.attempts > MAX_KILLED &&
        (await giveUpKilled(services.db, message, services.now()))
      )
        message.ack();
      else await retryDocument(message, services);
    } catch (error) {
      console.warn("ingest: an attempt ended with an error", { error: toMessage(error) });
      await noteDelay(services.db, message.body.document_id, SERVICE_FAILED).catch(() => undefined);
      message.retry({ delaySeconds: retryDelay(message.attempts) });
    }
  }
}

async function retryDocument(
  message: Message<DocumentWakeUp>,
  services: IngestServices,
): Promise<void> {
  const failures = await ingestById(services, idsOf([message]));
  if (mayPass(failures, message.body.document_id))
    message.retry({ delaySeconds: retryDelay(message.attempts) });
  else message.ack();
}

/** Gives up a document of which no earlier attempt recorded an error, so each was killed. @returns whether it was given up */
async function giveUpKilled(
  db: D1Database,
  message: Message<DocumentWakeUp>,
  now: number,
): Promise<boolean> {
  const { works } = await readPendingWork(db, idsOf([message]));
  const killers = works.filter(({ delayedBy }) => delayedBy === null);
  await giveUp(db, killers, [message], now);
  return killers.length > 0;
}

/** Handles the dead-letter queue of the retry queue: documents fail with a reason that their owner can read. */
export async function giveUpDocuments(
  messages: DocumentMessages,
  { db, now }: Pick<Services, "db" | "now">,
): Promise<void> {
  for await (const works of slicesOf(db, idsOf(messages))) await giveUp(db, works, messages, now());
  for (const message of messages) message.ack();
}

/** Fails documents, except those that were changed or retried by their owner after the message was sent. */
async function giveUp(
  db: D1Database,
  works: DocumentWork[],
  messages: DocumentMessages,
  now: number,
): Promise<void> {
  const sentAt = new Map(messages.map(({ body, timestamp }) => [body.document_id, timestamp]));
  const failed = works
    .filter(({ documentId, updatedAt }) => updatedAt <= (sentAt.get(documentId)?.getTime() ?? 0))
    .map((work) => ({ work, reason: reasonToGiveUp(work) }));
  if (failed.length > 0) await finishDocuments(db, { done: [], failed, delayed: [] }, now);
}

/** An attempt that ended in an error has recorded it. A killed invocation has recorded nothing. */
function reasonToGiveUp({ delayedBy }: DocumentWork): string {
  if (delayedBy === null) return NO_ATTEMPT_ENDED;
  return `Gave up after several attempts: ${delayedBy} Retry it once that is over.`;
}

/** Messages that cannot be moved now are delivered again later and moved then. */
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

/** Reads the pending work of documents in slices. Documents without pending work are skipped. */
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
