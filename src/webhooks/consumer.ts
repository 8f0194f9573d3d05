import type { Services } from "../runtime/services.ts";
import type { SourceEventWakeUp } from "../runtime/messages.ts";
import { Problem } from "../http/problem.ts";
import { requireDocumentQuota } from "../limits/quotas.ts";
import { retryDelay } from "../knowledge/ingest/queue.ts";
import { listDocuments } from "../knowledge/accept/document-summaries.ts";
import { FetchFailed } from "../http/safe-fetch.ts";
import { applyChange, externalIdOf, permanentReason, type DocumentChange } from "./apply-change.ts";
import { TryLater, type Change } from "./contract/cms.ts";
import {
  dueAfter,
  finishEvent,
  postpone,
  readEvent,
  saveProgress,
  type ChangeResult,
  type EventWork,
} from "./events.ts";
import { cmsOf } from "./vendors/registry.ts";
import { findSource, openSource, type OpenSource } from "./sources.ts";

/** One fetch and one batch of statements each: a run stays below the free plan's 50 calls and its queue's patience. */
const CHANGES_PER_RUN = 20;
/** Queues take no longer delay for a retry. */
const LONGEST_WAIT_MS = 12 * 3600_000;
/** From this attempt on, a removal that could not be checked is carried out. */
const LAST_RESORT_ATTEMPT = 4;

/**
 * Applies one event from its stored delivery: normalise → for each document fetch, then store or remove → done. Every change
 * is idempotent, so a message that comes twice, late or after a crash changes nothing.
 */
export async function applyEvent(services: Services, id: number, attempts = 1): Promise<void> {
  const event = await readEvent(services.db, id);
  const row = event && (await findSource(services.db, event.sourceId));
  if (!event || !row) return;
  const source = await openSource(services.seal, row);
  try {
    const plan = event.plan ?? (await makePlan(services, source, event));
    await applyPlan(services, source, event, plan, attempts >= LAST_RESORT_ATTEMPT);
  } catch (error) {
    const reason = permanentReason(error);
    if (reason === undefined) throw error;
    await finishEvent(
      services.db,
      event,
      { status: "failed", reason, results: [] },
      services.now(),
    );
  }
}

/** What the delivery changes, entry by entry. */
async function makePlan(
  services: Services,
  source: OpenSource,
  { headers, body, receivedAt }: EventWork,
): Promise<Change[]> {
  const changes = cmsOf[source.type].normalise({ headers, body, receivedAt }, source);
  const plan: Change[] = [];
  for (const change of changes) {
    if (change.action === "resync") plan.push(...(await resync(services, source, change)));
    else plan.push(change);
  }
  return plan;
}

/** Every entry there is, and the removal of every document of the source whose entry is gone. */
async function resync(
  services: Services,
  source: OpenSource,
  { reference, at }: Extract<Change, { action: "resync" }>,
): Promise<DocumentChange[]> {
  const { safeFetch, now } = services;
  const entries =
    (await cmsOf[source.type].listEntries?.(reference, source, safeFetch, now())) ?? [];
  const present = new Set<string>();
  for (const { entry } of entries) present.add(await externalIdOf(source.name, entry));
  const gone = (await documentsOf(services, source)).filter((id) => !present.has(id));
  return [
    // Removals first: nothing that the quota of the day holds up stands before them.
    ...gone.map((id) => ({
      action: "delete" as const,
      at,
      entry: id.slice(source.name.length + 1),
    })),
    ...entries.map((entry) => ({ action: "upsert" as const, at, ...entry })),
  ];
}

const PAGE = 500;

async function documentsOf({ db }: Services, { workspaceId, name }: OpenSource): Promise<string[]> {
  const prefix = `${name}/`;
  const found: string[] = [];
  for (let after = prefix; ; after = found.at(-1) ?? after) {
    const page = await listDocuments(db, workspaceId, { after, limit: PAGE });
    const ids = page.map((row) => row.external_id).filter((id) => id.startsWith(prefix));
    found.push(...ids);
    if (ids.length < PAGE) return found;
  }
}

async function applyPlan(
  services: Services,
  source: OpenSource,
  event: EventWork,
  plan: Change[],
  lastResort: boolean,
): Promise<void> {
  const { db, now, ingestQueue } = services;
  const results: ChangeResult[] = event.results;
  const owed: number[] = [];
  /** Asked once a run: a removal is never held up by a quota. */
  let allowed: Promise<void> | undefined;
  let { progress } = event;
  const end = Math.min(plan.length, progress + CHANGES_PER_RUN);
  try {
    for (; progress < end; progress++) {
      const change = plan[progress];
      if (!change || change.action === "ignore" || change.action === "resync") continue;
      if (change.action === "upsert") await (allowed ??= requireToday(services, source));
      const { documentId, ...result } = await applyChange(services, source, change, lastResort);
      if (documentId !== undefined) owed.push(documentId);
      results.push(result);
    }
  } finally {
    await wakeDocuments(services, owed);
    // Also when the next change cannot be applied now: what is done is not fetched again.
    if (progress > event.progress && progress < plan.length) {
      await saveProgress(db, event, { plan, progress, results }, dueAfter(now()));
    }
  }
  if (progress < plan.length) await ingestQueue.send({ event_id: event.id });
  else await finishEvent(db, event, { ...conclude(plan, results), results }, now());
}

/** @throws TryLater until the day whose quota has room; the event is stored, so nothing is lost by waiting. */
async function requireToday({ db, now }: Services, { workspaceId }: OpenSource): Promise<void> {
  try {
    await requireDocumentQuota(db, workspaceId, now());
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    const seconds = Number(error.headers["retry-after"] ?? 0);
    throw new TryLater(error.message, Math.min(seconds * 1000, LONGEST_WAIT_MS));
  }
}

/** The outbox already holds the work: a message that cannot be sent is the sweeper's to replace. */
async function wakeDocuments({ ingestQueue }: Services, documentIds: number[]): Promise<void> {
  if (documentIds.length === 0) return;
  try {
    await ingestQueue.sendBatch(documentIds.map((document_id) => ({ body: { document_id } })));
  } catch (error) {
    console.warn("webhooks: wake-ups not sent; the sweeper will", {
      documentIds,
      error: String(error),
    });
  }
}

function conclude(
  plan: Change[],
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

/** The messages of the ingest queue that name events. */
export async function consumeSourceEvents(
  messages: readonly Message<SourceEventWakeUp>[],
  services: Services,
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
      await postpone(services.db, event_id, passingReason(error), dueAt);
      message.retry({ delaySeconds });
    }
  }
}

/** What to tell the owner while attempts go on. What our own services said stays in the log. */
function passingReason(error: unknown): string {
  const theirs = error instanceof TryLater || error instanceof FetchFailed;
  return theirs ? error.message : "Something went wrong on our side.";
}

function secondsUntilRetry(error: unknown, attempts: number): number {
  const asked = error instanceof TryLater ? (error.afterMs ?? 0) : 0;
  return Math.max(retryDelay(attempts), Math.ceil(asked / 1000));
}

/** The same, after the last attempt: the reason is written where the owner of the source looks. */
export async function recordLostEvents(
  messages: readonly Message<SourceEventWakeUp>[],
  services: Services,
): Promise<void> {
  for (const message of messages) {
    const event = await readEvent(services.db, message.body.event_id);
    const reason = `Gave up after several attempts. ${event?.reason ?? ""}`.trim();
    if (event) {
      await finishEvent(
        services.db,
        event,
        { status: "failed", reason, results: event.results },
        services.now(),
      );
    }
    message.ack();
  }
}
