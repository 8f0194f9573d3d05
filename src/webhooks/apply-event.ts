import type { Services } from "../runtime/services.ts";
import { wakeStage } from "../runtime/wake-up.ts";
import { Problem } from "../http/problem.ts";
import { requireDocumentQuota } from "../limits/quotas.ts";
import { applyChange, externalIdOf, permanentReason } from "./apply-change.ts";
import { CannotApply } from "./contract/vendor.ts";
import type { DeliveryApi } from "./contract/delivery-api.ts";
import { finishEvent, saveProgress, type PendingEvent, type PlannedChange } from "./events.ts";
import { planEvent } from "./plan-event.ts";
import type { ChangeResult } from "./schema.ts";
import type { OpenSource } from "./sources.ts";

type EventServices = Pick<Services, "db" | "embedQueue" | "ingestQueue" | "now" | "waitUntil">;

/** What the events of a source share while it is served. */
export interface Round {
  api: DeliveryApi;
  /** Whether the CMS may be called. */
  isOpen: () => boolean;
  /** Whether another change fits into it. */
  hasRoom: () => boolean;
  /** Changes that were applied. */
  changes: number;
}

/** A change is given up after this many attempts whose invocation was killed. */
const MAX_KILLED = 3;
const TOO_COSTLY =
  "Applying this entry takes more time or memory than there is. Make the entry smaller, or split it into several.";

/** What became of an event for now. One that goes on or waits is still pending. */
export type Progress = "finished" | "goes on" | { waitsFor: string };

/** The workspace may store no more documents today. The event is stored, so nothing is lost by waiting. */
export class QuotaUsed extends Error {
  readonly afterMs: number;
  constructor(message: string, afterMs: number) {
    super(message);
    this.afterMs = afterMs;
  }
}

/**
 * Applies one event from its stored delivery: plan its changes → for each fetch the entry, store, remove or hide its document → finish.
 * Every change is idempotent, so an event that is applied twice, late or after a crash changes nothing.
 */
export async function applyEvent(
  services: EventServices,
  source: OpenSource,
  event: PendingEvent,
  round: Round,
): Promise<Progress> {
  const { db, now } = services;
  try {
    // An event without a plan was killed while its delivery was read.
    if (!event.plan && event.killed >= MAX_KILLED) throw new CannotApply(TOO_COSTLY);
    const plan = event.plan ?? (await planEvent({ db, api: round.api }, source, event));
    return await applyPlan(services, source, event, plan, round);
  } catch (error) {
    const reason = permanentReason(error);
    if (reason === undefined) throw error;
    await finishEvent(db, event, { status: "failed", reason, results: [] }, now());
    return "finished";
  }
}

/** Applies the next part of a plan, one change at least. */
async function applyPlan(
  services: EventServices,
  source: OpenSource,
  event: PendingEvent,
  plan: PlannedChange[],
  round: Round,
): Promise<Progress> {
  const { db, now } = services;
  const hidden = hiddenIn(event.results);
  let { progress, results } = event;
  let hasChanged = false;
  /** Whether anything was done but to hide documents, which waits for another check. */
  let hasSucceeded = false;
  /** Checked once a run, and for no removal. */
  let quota: Promise<void> | undefined;
  try {
    for (; progress < plan.length; progress++) {
      const change = plan[progress];
      if (!change || change.action === "ignore") continue;
      const wasHidden =
        change.action === "remove" && hidden.has(await externalIdOf(source.name, change.entry));
      // Its document stays hidden: nothing can be checked in this round.
      if (wasHidden && !round.isOpen()) continue;
      if (progress > event.progress && !round.hasRoom()) break;
      round.changes++;
      const killed = progress === event.progress ? event.killed : 0;
      // Noted before each change of an event that has killed an invocation, so that only the change that does so is given up.
      if (event.killed > 0) await saveProgress(db, event, { plan, progress, results }, killed + 1);
      const refused = killed >= MAX_KILLED ? TOO_COSTLY : undefined;
      if (change.action === "upsert") await (quota ??= requireQuota(services, source));
      const applied = await applyChange(
        { ...services, api: round.api },
        source,
        change,
        wasHidden,
        refused,
      );
      const { documentId, ...result } = applied;
      hasChanged ||= documentId !== undefined;
      hasSucceeded ||= result.result !== "hidden";
      if (wasHidden) results = results.filter((one) => !isHiddenResult(one, result.external_id));
      results.push(result);
    }
  } finally {
    if (hasChanged) wakeStage(services, "serve");
    // Also when the next change cannot be applied now: finished changes are not fetched again.
    if (progress > event.progress && progress < plan.length) {
      if (hasSucceeded) event.failingSince = null;
      await saveProgress(db, event, { plan, progress, results });
    }
  }
  if (progress < plan.length) return "goes on";
  const unchecked = await uncheckedRemovals(source, plan, results);
  if (unchecked.length > 0) {
    await saveProgress(db, event, { plan: unchecked, progress: 0, results });
    return { waitsFor: reasonToWait(results) };
  }
  await finishEvent(db, event, { ...conclude(plan, results), results }, now());
  return "finished";
}

/** External ids of the documents that earlier attempts have hidden. */
function hiddenIn(results: ChangeResult[]): Set<string> {
  return new Set(results.filter((one) => isHiddenResult(one)).map((one) => one.external_id));
}

function isHiddenResult({ result, external_id }: ChangeResult, of = external_id): boolean {
  return result === "hidden" && external_id === of;
}

function reasonToWait(results: ChangeResult[]): string {
  const hidden = results.filter((one) => isHiddenResult(one));
  const count = hidden.length > 1 ? `${hidden.length} documents are hidden. The first: ` : "";
  return count + (hidden[0]?.reason ?? "");
}

/** The part of a plan that is tried again, alone. */
async function uncheckedRemovals(
  source: OpenSource,
  plan: PlannedChange[],
  results: ChangeResult[],
): Promise<PlannedChange[]> {
  const hidden = hiddenIn(results);
  const unchecked: PlannedChange[] = [];
  if (hidden.size === 0) return unchecked;
  for (const change of plan) {
    if (change.action !== "remove") continue;
    if (hidden.has(await externalIdOf(source.name, change.entry))) unchecked.push(change);
  }
  return unchecked;
}

/** @throws QuotaUsed until the daily quota has room again */
async function requireQuota(
  { db, now }: Pick<Services, "db" | "now">,
  { workspaceId }: OpenSource,
): Promise<void> {
  try {
    await requireDocumentQuota(db, workspaceId, now());
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    throw new QuotaUsed(error.message, Number(error.headers["retry-after"] ?? 0) * 1000);
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
