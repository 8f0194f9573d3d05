import type { Services } from "../runtime/services.ts";
import type { SourceWakeUp } from "../runtime/messages.ts";
import { wakeUp } from "../runtime/wake-up.ts";
import { anyDueSource, endLeases, leaseSource, type LeasedSource } from "./schedule.ts";
import { serveSource, type RoundServices } from "./serve-source.ts";

type ConsumerServices = RoundServices & Pick<Services, "webhooksQueue">;

/**
 * Sources that are served at the same time. A Worker has six connections, and a call takes two while its host's name is looked up
 * (developers.cloudflare.com/workers/platform/limits, "Simultaneous open connections").
 */
const AT_ONCE = 3;
/** An invocation begins no round after this time. */
const INVOCATION_MS = 30_000;
/** More than the rounds that run at the same time take beside their later changes, which ask for their own room. */
const ROUNDS = { statements: 50 * AT_ONCE, subrequests: 60 * AT_ONCE };

/**
 * The handler of the webhooks queue. Messages only say that there is work: whatever sources they name, those are served whose turn it
 * is (`leaseSource`), each for one round. What does not fit into the invocation goes on in a new message.
 */
export async function consumeSourceWakeUps(
  messages: readonly Message<SourceWakeUp>[],
  services: ConsumerServices,
): Promise<void> {
  const { db, now } = services;
  const again = messages.filter(({ attempts }) => attempts > 1).map(({ id }) => id);
  await endLeases(db, again, now());
  const by = messages[0]?.id ?? "";
  const abandoned = await leaseSource(db, "abandoned", now(), by);
  if (abandoned) await serveAlone(services, abandoned);
  else await serveInTurn(services, by);
  for (const message of messages) message.ack();
}

/**
 * A source whose last round did not end may have killed its invocation: it is served alone, and the others by another invocation. So is one
 * with an event that was being applied when an invocation was killed, until an attempt at that event has ended.
 */
async function serveAlone(services: ConsumerServices, source: LeasedSource): Promise<void> {
  await services.webhooksQueue.send({ source_id: source.id });
  await serve(services, source);
  await goOn(services);
}

/**
 * Serves sources in several loops at the same time. A loop for which the invocation has no more room sends the message to go on itself:
 * it waits for no slow CMS in another loop.
 */
async function serveInTurn(services: ConsumerServices, by: string): Promise<void> {
  const { calls, db, now } = services;
  const end = now() + INVOCATION_MS;
  const loop = async (): Promise<void> => {
    while (now() < end && calls.hasRoomFor(ROUNDS)) {
      const source = await leaseSource(db, "idle", now(), by);
      if (!source) return;
      await serve(services, source);
    }
    await goOn(services);
  };
  const loops = await Promise.allSettled(Array.from({ length: AT_ONCE }, loop));
  for (const one of loops) if (one.status === "rejected") throw one.reason;
}

async function goOn({
  db,
  now,
  webhooksQueue,
}: Pick<ConsumerServices, "db" | "now" | "webhooksQueue">): Promise<void> {
  const rest = await anyDueSource(db, now());
  if (rest !== null) await webhooksQueue.send({ source_id: rest });
}

async function serve(services: ConsumerServices, source: LeasedSource): Promise<void> {
  const { now, webhooksQueue } = services;
  const nextAt = await serveSource(services, source);
  const delayMs = nextAt === null ? 0 : nextAt - now();
  if (delayMs > 0) wakeUp(services, webhooksQueue, { source_id: source.id }, delayMs);
}
