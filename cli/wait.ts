import { setTimeout as delay } from "node:timers/promises";
import { explain, ApiError, type Api } from "./api.ts";
import { CommandError, counted, INTERRUPTED, onInterrupt } from "./command.ts";
import type { Document } from "./document.ts";
import { startProgress, type Output } from "./progress.ts";
import { listDocuments, listFailures, type Failure, type ListedDocument } from "./upload.ts";

export interface Ingested {
  /** Documents whose status is `failed`, with the reason. */
  failed: Failure[];
  /** Documents that the server was still ingesting when the time limit ended the wait. */
  unfinished: string[];
}

/** How far the workspace's ingestion is, as `GET /v1/documents` says. */
interface ServerProgress {
  pending_documents: number;
  chunks_done: number;
  chunks_total: number;
  seconds_left: number | null;
}

/** Exit code when `--timeout` ended the wait and nothing has failed. */
const STILL_INGESTING = 3;
/** After this time without any movement the user is told; the wait goes on. */
const STILL_MS = 10 * 60_000;
const LONGEST_POLL_MS = 10_000;
/** Listing thousands of documents is slow, so about a tenth of the time is spent on it. */
const PAUSE_PER_LISTING = 9;

interface WaitOptions {
  /** Default: for ever. */
  timeoutMs?: number | undefined;
  /** Whether a document is ingested only once search finds it by meaning, too. Default: each is. */
  needsVectors?: (externalId: string) => boolean;
  output?: Output;
  now?: () => number;
  sleep?: (ms: number) => Promise<unknown>;
}

/**
 * Resolves once the server has ingested these documents, or has failed to, or the time limit has passed. While nothing moves, it
 * says so and goes on waiting: the server ingests by itself, whether somebody waits or not.
 */
export async function waitUntilIngested(
  api: Api,
  documents: Pick<Document, "external_id">[],
  {
    timeoutMs = Infinity,
    needsVectors = () => true,
    output,
    now = Date.now,
    sleep = delay,
  }: WaitOptions = {},
): Promise<Ingested> {
  const ours = new Set(documents.map((document) => document.external_id));
  const bar = startProgress("Ingesting", ours.size, output);
  const started = now();
  let unfinished: ListedDocument[] = [];
  let movedAt = started;
  let seen = "";
  for (;;) {
    const asked = now();
    const progress = await readProgress(api);
    unfinished =
      progress?.pending_documents === 0 ? [] : await listUnfinished(api, ours, needsVectors);
    if (progress) {
      bar.update(progress.chunks_done, {
        total: progress.chunks_total,
        unit: "chunks of the workspace",
        secondsLeft: progress.seconds_left,
      });
    } else bar.update(ours.size - unfinished.length);
    // The time left is an estimate, which moves by itself.
    const { seconds_left: _, ...counts } = progress ?? { seconds_left: null };
    const state = JSON.stringify([counts, unfinished.map(stateOf)]);
    if (state !== seen) [seen, movedAt] = [state, now()];
    if (unfinished.length === 0 || now() - started >= timeoutMs) break;
    if (now() - movedAt >= STILL_MS) {
      movedAt = now();
      bar.say(
        `Nothing has moved for ${STILL_MS / 60_000} minutes: ${counted(unfinished.length, "document")} ${unfinished.length === 1 ? "is" : "are"} pending, such as ${unfinished[0]?.external_id}. Still waiting; the server goes on by itself.`,
      );
    }
    const pause = Math.max(300, (now() - asked) * PAUSE_PER_LISTING);
    const left = timeoutMs - (now() - started);
    await sleep(Math.min(LONGEST_POLL_MS, pause, left));
  }
  bar.end();
  const failed = (await listDocuments(api, "failed"))
    .filter(({ external_id }) => ours.has(external_id))
    .map(({ external_id, error }) => ({ external_id, reason: error ?? "no reason given" }));
  return { failed, unfinished: unfinished.map(({ external_id }) => external_id) };
}

async function readProgress(api: Api): Promise<ServerProgress | undefined> {
  const { body } = await api.get<{ progress?: ServerProgress }>("/v1/documents?limit=1");
  return body.progress;
}

/** Those of our documents that are pending, or whose vectors are. */
async function listUnfinished(
  api: Api,
  ours: Set<string>,
  needsVectors: (externalId: string) => boolean,
): Promise<ListedDocument[]> {
  const mine = (listed: ListedDocument[]): ListedDocument[] =>
    listed.filter(({ external_id }) => ours.has(external_id));
  const pending = mine(await listDocuments(api, "pending"));
  if (pending.length > 0) return pending;
  return mine(await listDocuments(api, "live")).filter(
    ({ external_id, vectors }) => vectors === "pending" && needsVectors(external_id),
  );
}

function stateOf({ external_id, status, version, stages, updated_at }: ListedDocument): unknown {
  return [external_id, status, version, stages, updated_at];
}

/**
 * Waits for documents as a command does, and says how it ended.
 * @returns the exit code: 0 when all are ingested, 1 when some failed, 3 when the time limit ended the wait
 */
export async function waitForAll(
  api: Api,
  documents: Pick<Document, "external_id">[],
  timeoutMs: number | undefined,
): Promise<number> {
  const stopListening = onInterrupt(() => {
    console.error("\nNo longer waiting. The server goes on ingesting by itself.");
    process.exit(INTERRUPTED);
  });
  try {
    const { failed, unfinished } = await waitUntilIngested(api, documents, { timeoutMs });
    listFailures("not ingested", failed);
    if (unfinished.length > 0) {
      console.log(
        `${counted(unfinished.length, "document")} ${unfinished.length === 1 ? "is" : "are"} not ingested yet, such as ${unfinished[0]}. The time of --timeout is over; the server goes on by itself.`,
      );
    }
    if (failed.length > 0) return 1;
    return unfinished.length > 0 ? STILL_INGESTING : 0;
  } catch (error) {
    if (error instanceof ApiError)
      throw new CommandError(`No longer waiting. ${explain(api.url, error)}`);
    throw error;
  } finally {
    stopListening();
  }
}
