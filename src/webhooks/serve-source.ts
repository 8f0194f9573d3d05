import type { Services } from "../runtime/services.ts";
import { applyEvent, QuotaUsed, type Progress, type Round } from "./apply-event.ts";
import { createDeliveryApi, isTransient } from "./call-delivery-api.ts";
import { giveUpEvents, postpone, takeEvent, type PendingEvent } from "./events.ts";
import { pauseAfter, returnSource, type Access, type LeasedSource } from "./schedule.ts";
import { openSource, type OpenSource } from "./sources.ts";

export type RoundServices = Pick<
  Services,
  "calls" | "db" | "embedQueue" | "ingestQueue" | "now" | "safeFetch" | "seal" | "waitUntil"
>;

/** A round begins no change after this time. Its last one may take longer: each call has ten seconds. */
const ROUND_MS = 5000;
const CHANGES_A_ROUND = 20;

/**
 * More than one change of each source that is served at the same time takes: the statements that store, remove or hide a document,
 * its calls with redirects and name look-ups.
 */
const CHANGE = { statements: 90, subrequests: 90 };

/**
 * Serves a source for one round: applies its events, one after the other, until the round has no room for another change. A call that
 * fails closes the access to the CMS for a while; the round then goes on with new events, of which it applies what needs no call.
 * @returns when the source is served next; null when no event is pending
 */
export async function serveSource(
  services: RoundServices,
  source: LeasedSource,
): Promise<number | null> {
  const { db, now } = services;
  const access: Access = { failingSince: source.failingSince, retryAt: source.retryAt };
  let notBefore = now();
  try {
    await giveUpEvents(db, source, now());
    await applyEvents(services, source, access);
    // What failed was our own, and is over.
    if (access.retryAt === 0) access.failingSince = null;
    notBefore = now();
  } catch (error) {
    // An error of our own, such as a secret that cannot be decrypted. The CMS may still be called, and the events keep their order.
    console.warn("webhooks: a round failed", { source: source.id, error: String(error) });
    access.failingSince ??= now();
    notBefore = now() + pauseAfter(access.failingSince, now());
  }
  return returnSource(db, source, access, notBefore);
}

async function applyEvents(
  services: RoundServices,
  row: LeasedSource,
  access: Access,
): Promise<void> {
  const { calls, db, now, safeFetch, seal } = services;
  const source = await openSource(seal, row);
  const end = now() + ROUND_MS;
  const round: Round = {
    api: createDeliveryApi(safeFetch, access, now),
    changes: 0,
    isOpen: () => access.retryAt <= now(),
    hasRoom: () => round.changes < CHANGES_A_ROUND && now() < end && calls.hasRoomFor(CHANGE),
  };
  while (round.hasRoom()) {
    const isOpen = round.isOpen();
    const event = await takeEvent(db, source, isOpen, now());
    if (!event) return;
    await applyOrPostpone(services, source, event, round, isOpen);
  }
}

/** Applies an event, or notes why and until when it waits. An error of our own is noted and thrown. */
async function applyOrPostpone(
  services: RoundServices,
  source: OpenSource,
  event: PendingEvent,
  round: Round,
  isOpen: boolean,
): Promise<void> {
  const { db, now } = services;
  const wait = (reason: string): Promise<void> => {
    const failingSince = event.failingSince ?? now();
    // An event that was not tried keeps its place. One that failed is behind the others next time.
    const dueAt = isOpen ? now() + pauseAfter(failingSince, now()) : event.dueAt;
    return postpone(db, event, { reason, dueAt, failingSince });
  };
  try {
    const progress: Progress = await applyEvent(services, source, event, round);
    if (typeof progress === "string") return;
    await wait(progress.waitsFor);
  } catch (error) {
    if (error instanceof QuotaUsed) {
      const dueAt = now() + error.afterMs;
      return postpone(db, event, { reason: error.message, dueAt, failingSince: null });
    }
    await wait(isTransient(error) ? error.message : "Something went wrong on our side.");
    if (!isTransient(error)) throw error;
    if (isOpen) console.warn("webhooks: will retry", { event: event.id, error: error.message });
  }
}
