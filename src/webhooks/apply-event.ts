import type { Services } from "../runtime/services.ts";
import { Problem } from "../http/problem.ts";
import { requireDocumentQuota } from "../limits/quotas.ts";
import { applyChange, permanentReason } from "./apply-change.ts";
import { TryLater } from "./contract/vendor.ts";
import {
  dueAfter,
  finishEvent,
  readEvent,
  saveProgress,
  type PendingEvent,
  type PlannedChange,
} from "./events.ts";
import { planEvent } from "./plan-event.ts";
import type { ChangeResult } from "./schema.ts";
import { findSource, openSource, type OpenSource } from "./sources.ts";

export type EventServices = Pick<Services, "db" | "ingestQueue" | "now" | "safeFetch" | "seal">;

/** Each change is one fetch and one batch of statements: a run stays below the free plan's 50 calls and its queue's time. */
const CHANGES_PER_RUN = 20;
/** Queues accept no longer delay for a retry. */
const LONGEST_WAIT_MS = 12 * 3600_000;
/** From this attempt on, a removal that could not be checked is carried out. */
const LAST_RESORT_ATTEMPT = 4;

/**
 * Applies one event from its stored delivery: plan its changes → for each fetch the entry, store or remove its document → finish.
 * Every change is idempotent, so a message that comes twice, late or after a crash changes nothing.
 */
export async function applyEvent(services: EventServices, id: number, attempts = 1): Promise<void> {
  const event = await readEvent(services.db, id);
  const row = event && (await findSource(services.db, event.sourceId));
  if (!event || !row) return;
  const source = await openSource(services.seal, row);
  try {
    const plan = event.plan ?? (await planEvent(services, source, event));
    await applyPlan(services, source, event, plan, attempts >= LAST_RESORT_ATTEMPT);
  } catch (error) {
    const reason = permanentReason(error);
    if (reason === undefined) throw error;
    const end = { status: "failed" as const, reason, results: [] };
    await finishEvent(services.db, event, end, services.now());
  }
}

/** Applies the next part of a plan. A plan that goes on gets a new message. */
async function applyPlan(
  services: EventServices,
  source: OpenSource,
  event: PendingEvent,
  plan: PlannedChange[],
  lastResort: boolean,
): Promise<void> {
  const { db, now, ingestQueue } = services;
  const { results } = event;
  const changedDocuments: number[] = [];
  /** Checked once a run, and for no removal. */
  let quota: Promise<void> | undefined;
  let { progress } = event;
  const end = Math.min(plan.length, progress + CHANGES_PER_RUN);
  try {
    for (; progress < end; progress++) {
      const change = plan[progress];
      if (!change || change.action === "ignore") continue;
      if (change.action === "upsert") await (quota ??= requireQuota(services, source));
      const { documentId, ...result } = await applyChange(services, source, change, lastResort);
      if (documentId !== undefined) changedDocuments.push(documentId);
      results.push(result);
    }
  } finally {
    await wakeDocuments(services, changedDocuments);
    // Also when the next change cannot be applied now: finished changes are not fetched again.
    if (progress > event.progress && progress < plan.length) {
      await saveProgress(db, event, { plan, progress, results }, dueAfter(now()));
    }
  }
  if (progress < plan.length) await ingestQueue.send({ event_id: event.id });
  else await finishEvent(db, event, { ...conclude(plan, results), results }, now());
}

/** @throws TryLater until the daily quota has room again. The event is stored, so nothing is lost by waiting. */
async function requireQuota(
  { db, now }: Pick<Services, "db" | "now">,
  { workspaceId }: OpenSource,
): Promise<void> {
  try {
    await requireDocumentQuota(db, workspaceId, now());
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    const seconds = Number(error.headers["retry-after"] ?? 0);
    throw new TryLater(error.message, Math.min(seconds * 1000, LONGEST_WAIT_MS));
  }
}

/** The outbox already holds the work, so the sweeper replaces a message that cannot be sent. */
async function wakeDocuments(
  { ingestQueue }: Pick<Services, "ingestQueue">,
  documentIds: number[],
): Promise<void> {
  if (documentIds.length === 0) return;
  try {
    await ingestQueue.sendBatch(documentIds.map((document_id) => ({ body: { document_id } })));
  } catch (error) {
    console.warn("webhooks: wake-ups not sent; the sweeper will send them", {
      documentIds,
      error: String(error),
    });
  }
}

/** How a plan ended, from what became of its changes. */
function conclude(
  plan: PlannedChange[],
  results: ChangeResult[],
): { status: "done" | "ignored" | "failed"; reason: string | null } {
  const failed = results.filter(({ result }) => result === "failed");
  if (failed.length > 0) {
    const first = failed[0]?.reason ?? "";
    const count =
      results.length > 1 ? `${failed.length} of ${results.length} documents failed: ` : "";
    return { status: "failed", reason: count + first };
  }
  const ignored = plan.flatMap((change) => (change.action === "ignore" ? [change.reason] : []));
  const status = ignored.length === plan.length ? "ignored" : "done";
  const reason =
    [...new Set(ignored)].join(" ") || (status === "ignored" ? "There is nothing to do." : null);
  return { status, reason };
}
