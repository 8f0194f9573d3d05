import type { Services } from "../runtime/services.ts";
import type { SourceEventWakeUp } from "../runtime/messages.ts";
import { FetchFailed } from "../http/safe-fetch.ts";
import { retryDelay } from "../knowledge/ingest/queue.ts";
import { applyEvent, type EventServices } from "./apply-event.ts";
import { TryLater } from "./contract/vendor.ts";
import { dueAfter, finishEvent, postpone, readEvent } from "./events.ts";

/** The handler of the ingest queue's messages that name events. */
export async function consumeSourceEvents(
  messages: readonly Message<SourceEventWakeUp>[],
  services: EventServices,
): Promise<void> {
  for (const message of messages) {
    const { event_id } = message.body;
    try {
      await applyEvent(services, event_id, message.attempts);
      message.ack();
    } catch (error) {
      const delaySeconds = secondsUntilRetry(error, message.attempts);
      console.warn("webhooks: will retry", { event: event_id, delaySeconds, error: String(error) });
      const dueAt = dueAfter(services.now(), delaySeconds * 1000);
      await postpone(services.db, event_id, reasonOfDelay(error), dueAt);
      message.retry({ delaySeconds });
    }
  }
}

/** What the owner of the source reads while attempts go on. Errors of our own services are only logged. */
function reasonOfDelay(error: unknown): string {
  const isOfVendor = error instanceof TryLater || error instanceof FetchFailed;
  return isOfVendor ? error.message : "Something went wrong on our side.";
}

function secondsUntilRetry(error: unknown, attempts: number): number {
  const asked = error instanceof TryLater ? (error.afterMs ?? 0) : 0;
  return Math.max(retryDelay(attempts), Math.ceil(asked / 1000));
}

/** The handler of their dead-letter queue: the reason is written where the owner of the source looks. */
export async function recordLostEvents(
  messages: readonly Message<SourceEventWakeUp>[],
  { db, now }: Pick<Services, "db" | "now">,
): Promise<void> {
  for (const message of messages) {
    const event = await readEvent(db, message.body.event_id);
    if (event) {
      const reason = `Gave up after several attempts. ${event.reason ?? ""}`.trim();
      await finishEvent(db, event, { status: "failed", reason, results: event.results }, now());
    }
    message.ack();
  }
}
