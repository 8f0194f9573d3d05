import type { StageWakeUp } from "./messages.ts";
import type { Services } from "./services.ts";

/** Queues accept delays of up to 24 hours. What is due later is left to a cron tick. */
const LONGEST_DELAY_MS = 12 * 3600_000;

/** Sends a wake-up for work that is stored as pending. Nobody waits for it: a cron tick replaces one that cannot be sent. */
export function wakeUp<Message extends object>(
  { waitUntil }: Pick<Services, "waitUntil">,
  queue: Pick<Queue<Message>, "send">,
  message: Message,
  delayMs = 0,
): void {
  const delaySeconds = Math.ceil(Math.min(LONGEST_DELAY_MS, Math.max(0, delayMs)) / 1000);
  waitUntil(
    queue.send(message, { delaySeconds }).catch((error: unknown) => {
      console.warn("wake-up not sent; a cron tick replaces it", {
        ...message,
        error: String(error),
      });
    }),
  );
}

/** Messages in one `sendBatch`: developers.cloudflare.com/queues/platform/limits. */
const SEND_BATCH = 100;

/** Sends messages, as many at a time as a queue takes. */
export async function sendAll<Message>(
  queue: Pick<Queue<Message>, "sendBatch">,
  messages: Message[],
): Promise<void> {
  for (let start = 0; start < messages.length; start += SEND_BATCH)
    await queue.sendBatch(messages.slice(start, start + SEND_BATCH).map((body) => ({ body })));
}

/** Says that a stage of ingestion has work. */
export function wakeStage(
  services: Pick<Services, "ingestQueue" | "embedQueue" | "waitUntil">,
  stage: StageWakeUp["stage"],
  delayMs = 0,
): void {
  if (stage === "serve") wakeUp(services, services.ingestQueue, { stage }, delayMs);
  else wakeUp(services, services.embedQueue, { stage }, delayMs);
}
