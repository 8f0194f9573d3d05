import type { IngestMessage } from "./messages.ts";
import type { Services } from "./services.ts";

/** Sends a wake-up for work that is stored as pending. Nobody waits for it: the sweeper replaces one that cannot be sent. */
export function wakeUp(
  { ingestQueue, waitUntil }: Pick<Services, "ingestQueue" | "waitUntil">,
  message: IngestMessage,
): void {
  waitUntil(
    ingestQueue.send(message).catch((error: unknown) => {
      console.warn("wake-up not sent; the sweeper will", { ...message, error: String(error) });
    }),
  );
}
