import type { DocumentMessage } from "../env.ts";
import { ModelUnavailable } from "../models/ports.ts";
import type { Services } from "../services.ts";
import { chunkMarkdown } from "./chunk.ts";
import { embedMissing } from "./embed.ts";
import { normalise, UnreadableDocument } from "./formats/normalise.ts";
import {
  collectGarbage,
  commitVersion,
  finishDocument,
  markFailed,
  readWork,
  type DocumentWork,
} from "./index-document.ts";

/**
 * Learns one document from its current state: normalise → chunk → commit (keywords serve it from here on) → embed
 * what changed → store vectors → done. Each stage leaves a state from which the next run goes on, so a message that comes
 * twice, late or after a crash changes nothing.
 */
export async function learnDocument(services: Services, work: DocumentWork): Promise<void> {
  if (work.status !== "deleted") {
    if (work.liveVersion !== work.version) await serveNewVersion(services, work);
    await embedMissing(services, work);
  }
  await collectGarbage(services, work.documentId);
  await finishDocument(services.db, work, services.now());
}

async function serveNewVersion(services: Services, work: DocumentWork): Promise<void> {
  const markdown = normalise(work.content, work.contentType);
  const chunks = chunkMarkdown(work.title, markdown);
  await commitVersion(services, work, markdown, chunks);
}

/** Seconds before the attempt after this one; the dead-letter queue follows the last. */
export function retryDelay(attempts: number): number {
  return Math.min(600, 5 * 2 ** (attempts - 1));
}

/** The queue's handler. Messages fail one by one: what is permanent is recorded, what may pass is retried later. */
export async function consumeIngest(
  batch: Pick<MessageBatch<DocumentMessage>, "messages">,
  services: Services,
): Promise<void> {
  for (const message of batch.messages) {
    try {
      await learnOrRecordFailure(services, message.body.document_id);
      message.ack();
    } catch (error) {
      console.warn("ingest: will retry", {
        document: message.body.document_id,
        error: String(error),
      });
      message.retry({ delaySeconds: retryDelay(message.attempts) });
    }
  }
}

async function learnOrRecordFailure(services: Services, documentId: number): Promise<void> {
  const work = await readWork(services.db, documentId);
  if (!work) return;
  try {
    await learnDocument(services, work);
  } catch (error) {
    const reason = permanentReason(error);
    if (reason === undefined) throw error;
    await markFailed(services.db, work, reason, services.now());
  }
}

/** The dead-letter queue's handler: the reason is written where the owner of the document looks. */
export async function consumeIngestDeadLetters(
  batch: Pick<MessageBatch<DocumentMessage>, "messages">,
  services: Services,
): Promise<void> {
  for (const message of batch.messages) {
    const reason =
      "Gave up after several attempts: a service it needs kept failing. Upload it again to retry.";
    const work = await readWork(services.db, message.body.document_id);
    if (work) await markFailed(services.db, work, reason, services.now());
    message.ack();
  }
}

/** What to tell the owner when no further attempt can succeed; undefined when one may. */
function permanentReason(error: unknown): string | undefined {
  if (error instanceof UnreadableDocument) return error.message;
  if (error instanceof ModelUnavailable && !error.transient) {
    console.error("ingest: embedding is misconfigured", { error: error.message });
    return "The embedding model refused the text. Only keyword search finds this document.";
  }
  return undefined;
}
