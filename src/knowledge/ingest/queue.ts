import type { Services } from "../../runtime/services.ts";
import type { DocumentWakeUp, StageWakeUp } from "../../runtime/messages.ts";
import { sendAll, wakeStage } from "../../runtime/wake-up.ts";
import { confirmVectors } from "./confirm-vectors.ts";
import { failStatements, noteDelay } from "./finish.ts";
import {
  embedDocuments,
  serveDocuments,
  FIRST_LOOK_MS,
  type IngestServices,
  type SliceEnd,
} from "./ingest-documents.ts";
import { claimDocument, claimSlice, delayClaims, type Stage } from "./outbox.ts";
import { readPending, type DocumentWork } from "./pending-work.ts";
import { toMessage } from "./reasons.ts";

/** The longest delay before the next attempt. */
const LONGEST_DELAY_SECONDS = 600;
/** A document is given up after this many deliveries alone if each invocation was killed. */
const MAX_KILLED = 3;
const NO_ATTEMPT_ENDED =
  "Ingesting the document exceeds the limits on time or memory. Split it into several documents.";
const SERVICE_FAILED = "A service that ingestion needs failed.";
/** An invocation begins no further slice after this time; another message continues. */
const RUN_MS = 20_000;
/** Statements that a slice takes at the most: about 20, and one for each of its workspaces. */
const SLICE_STATEMENTS = 150;
/** A document that was moved to the retry queue is left to its retries for so long, so that each tick of the cron does not add others. */
const RETRY_MS = 10 * 60_000;
/** Documents that are moved at once. */
const MOVED = 1000;

type QueueServices = IngestServices & Pick<Services, "calls" | "ingestQueue" | "ingestRetryQueue">;
type StageMessages = readonly Message<StageWakeUp>[];
type DocumentMessages = readonly Message<DocumentWakeUp>[];

type RunSlice = (
  services: QueueServices,
  claim: D1PreparedStatement,
  by: string,
) => Promise<SliceEnd>;

const runSlice: Record<Stage, RunSlice> = {
  serve: serveDocuments,
  embed: embedDocuments,
  confirm: confirmVectors,
};

/** The stage that the documents of a slice are due for next, and after how long. */
const nextStage: Partial<Record<Stage, { stage: Stage; delayMs: number }>> = {
  serve: { stage: "embed", delayMs: 0 },
  embed: { stage: "confirm", delayMs: FIRST_LOOK_MS },
};

/** Seconds before the attempt after this one. */
export function retryDelay(attempts: number): number {
  return Math.min(LONGEST_DELAY_SECONDS, 5 * 2 ** (attempts - 1));
}

/** Handles wake-ups of the stages. Those of one stage are one wake-up: each only says that there is work. */
export async function consumeStages(
  messages: StageMessages,
  services: QueueServices,
): Promise<void> {
  for (const [stage, some] of Map.groupBy(messages, ({ body }) => body.stage)) {
    await consumeStage(stage, some, services);
  }
}

async function consumeStage(
  stage: Stage,
  messages: StageMessages,
  services: QueueServices,
): Promise<void> {
  const by = messages[0]?.id ?? "";
  try {
    await moveKilled(services, messages);
    await runSlices(stage, by, services);
    for (const message of messages) message.ack();
  } catch (error) {
    console.warn("ingest: a slice ended with an error", { stage, error: toMessage(error) });
    const { db, now } = services;
    await delayClaims(db, by, now())
      .run()
      .catch(() => undefined);
    for (const message of messages) message.retry({ delaySeconds: retryDelay(message.attempts) });
  }
}

/** Works on slices of a stage until none is due or the invocation's budget is used; a new message continues then. */
async function runSlices(stage: Stage, by: string, services: QueueServices): Promise<void> {
  const { calls, db, now } = services;
  const until = now() + RUN_MS;
  const next = nextStage[stage];
  for (;;) {
    const startedAt = now();
    const end = await runSlice[stage](services, claimSlice(db, stage, by, startedAt), by);
    if (end.dueAt !== undefined) wakeStage(services, stage, end.dueAt - now());
    if (next && end.documents > 0) wakeStage(services, next.stage, next.delayMs);
    // While a service is down, another slice would fail, too. Of an empty slice nothing is different the next time.
    if (!end.more || end.allDelayed || end.documents === 0) return;
    if (now() > until || !calls.hasRoomFor({ statements: SLICE_STATEMENTS })) {
      wakeStage(services, stage);
      return;
    }
  }
}

/**
 * A message that is delivered again had an invocation that was killed, and any of the documents that it had claimed may be why. They go
 * to the retry queue, which delivers one document at a time.
 */
async function moveKilled(services: QueueServices, messages: StageMessages): Promise<void> {
  const again = messages.filter(({ attempts }) => attempts > 1).map(({ id }) => id);
  if (again.length === 0) return;
  await retryAlone(services, "claimed_by IN (SELECT value FROM json_each(?2))", again);
}

/** Moves documents whose claim has ended to the retry queue, because their invocation was killed. @returns how many */
export async function retryAbandoned(
  services: Pick<Services, "db" | "ingestRetryQueue" | "now">,
): Promise<number> {
  return retryAlone(services, `claimed_by IS NOT NULL AND due_at <= ?1 AND ?2 = '[]'`, []);
}

/**
 * Their claims last until the retry queue has had time for its attempts. Looking for vectors depends on no document: those that wait for
 * it go back into the pool.
 */
async function retryAlone(
  { db, ingestRetryQueue, now }: Pick<Services, "db" | "ingestRetryQueue" | "now">,
  where: string,
  messageIds: string[],
): Promise<number> {
  const { results } = await db
    .prepare(
      `UPDATE outbox SET claimed_by = iif(stage = 'confirm', NULL, 'retry'), due_at = ?1 + iif(stage = 'confirm', 0, ${RETRY_MS})
       WHERE document_id IN (SELECT document_id FROM outbox WHERE ${where} ORDER BY due_at LIMIT ${MOVED})
       RETURNING document_id, claimed_by`,
    )
    .bind(now(), JSON.stringify(messageIds))
    .all<DocumentWakeUp & { claimed_by: string | null }>();
  const moved = results.filter(({ claimed_by }) => claimed_by !== null);
  await sendAll(
    ingestRetryQueue,
    moved.map(({ document_id }) => ({ document_id })),
  );
  return results.length;
}

/**
 * Handles the retry queue: a batch is one document, so what ends its invocation ends no other document's attempt. An error of ours is
 * noted as the reason of the delay, so that only a killed invocation leaves none.
 */
export async function consumeRetries(
  messages: DocumentMessages,
  services: QueueServices,
): Promise<void> {
  for (const message of messages) {
    try {
      const isKiller =
        message.attempts > MAX_KILLED && (await giveUpKilled(services.db, message, services.now()));
      if (!isKiller) await ingestAlone(services, message.body.document_id, message.id);
      message.ack();
    } catch (error) {
      console.warn("ingest: an attempt ended with an error", { error: toMessage(error) });
      await noteDelay(services.db, message.body.document_id, SERVICE_FAILED).catch(() => undefined);
      message.retry({ delaySeconds: retryDelay(message.attempts) });
    }
  }
}

/** Takes one document through the stages as far as they go now. What is left is pending work like any other. */
async function ingestAlone(services: QueueServices, documentId: number, by: string): Promise<void> {
  const { db, now } = services;
  for (const stage of ["serve", "embed"] as const) {
    const claim = claimDocument(db, stage, documentId, by, now());
    const { dueAt } = await runSlice[stage](services, claim, by);
    if (dueAt !== undefined) return wakeStage(services, stage, dueAt - now());
  }
  wakeStage(services, "embed");
  wakeStage(services, "confirm", FIRST_LOOK_MS);
}

/** Gives up a document of which no earlier attempt recorded an error, so each was killed. @returns whether it was given up */
async function giveUpKilled(
  db: D1Database,
  message: Message<DocumentWakeUp>,
  now: number,
): Promise<boolean> {
  const works = await readPending(db, [message.body.document_id]);
  const killers = works.filter(({ delayedBy }) => delayedBy === null);
  await giveUp(db, killers, [message], now);
  return killers.length > 0;
}

/** Handles the dead-letter queue of the retry queue: documents fail with a reason that their owner can read. */
export async function giveUpDocuments(
  messages: DocumentMessages,
  { db, now }: Pick<Services, "db" | "now">,
): Promise<void> {
  const ids = messages.map(({ body }) => body.document_id);
  await giveUp(db, await readPending(db, ids), messages, now());
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
    .map((work) => ({ work, reason: reasonAfterRetries(work) }));
  if (failed.length > 0) await db.batch(failStatements(db, failed, now));
}

/** An attempt that ended in an error has recorded it. A killed invocation has recorded nothing. */
function reasonAfterRetries({ delayedBy }: DocumentWork): string {
  if (delayedBy === null) return NO_ATTEMPT_ENDED;
  return `Gave up after several attempts: ${delayedBy} Retry it once that is over.`;
}
