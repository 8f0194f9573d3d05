import { rmSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { Api, ApiError, checkAccess, explain, readSecretKey, readUrl } from "../cli/api.ts";
import { CommandError, INTERRUPTED, reasonOf } from "../cli/command.ts";
import type { Document } from "../cli/document.ts";
import { listDocuments, uploadDocuments } from "../cli/upload.ts";
import { waitUntilIngested } from "../cli/wait.ts";
import { DEMO_KEYS } from "../local/config.ts";
import { chooseEmbedding, readVars, type ChosenEmbedding } from "../local/dev/embedding-server.ts";
import { startInstance, type Instance } from "../local/dev/instance.ts";
import { openModels } from "./in-process/embeddings.ts";
import { startInProcess } from "./in-process/instance.ts";
import { isInShare } from "./sample.ts";
import { ASKS_EACH_TIME } from "./release.ts";

export interface Failure {
  stage: "documents" | "search" | "chat";
  /** The id of the question or the document. */
  id: string;
  reason: string;
}

const { env } = process;
const TRIES = 3;
/** Generous, because a language model or a shared machine may be slow. */
const TIMEOUT_MS = 120_000;
const OWN_API = { key: DEMO_KEYS.secret, tries: TRIES, timeoutMs: TIMEOUT_MS };

export interface TargetOptions {
  url: string | undefined;
  key: string | undefined;
  /** Without `url`: a throwaway instance under wrangler instead of one in this process. */
  wrangler: boolean;
  /** Share of the documents whose vectors the instance in this process never shows; default 0. */
  pending?: number;
  /** Without `url`: variables for the application, over those of the file that LOCAL_VARS names. */
  vars?: Record<string, string>;
}

/** An instance in this process, or under wrangler if a chat model is configured. */
export const OWN_INSTANCE: TargetOptions = { url: undefined, key: undefined, wrangler: false };

/**
 * Measures the instance at `url`. Without it, starts an instance in this process or under wrangler, and stops and removes it
 * afterwards, also after a failure or Ctrl-C.
 */
export async function withTarget<T>(
  { url, key, wrangler, pending, vars: own }: TargetOptions,
  measure: (api: Api) => Promise<T>,
): Promise<T> {
  if (url !== undefined) {
    const secretKey = readSecretKey(key ?? DEMO_KEYS.secret);
    const api = new Api({ url: readUrl(url), key: secretKey, tries: TRIES, timeoutMs: TIMEOUT_MS });
    await checkAccess(api);
    return explained(api, measure);
  }
  const embedding = await chooseEmbedding(env);
  const vars = { ...(needsWrangler() && ASKS_EACH_TIME), ...(await readVars(env)), ...own };
  if (!wrangler && !needsWrangler()) {
    const instance = await startInProcess(openModels(undefined, undefined, embedding), vars, {
      embedding,
      pending,
    });
    return explained(new Api({ ...instance, ...OWN_API }), measure);
  }
  const state = await mkdtemp(path.join(os.tmpdir(), "edgewise-eval-"));
  // However this process ends, local/dev ends the instance's processes first. Links in the folder are not followed.
  process.once("exit", () => rmSync(state, { recursive: true, force: true, maxRetries: 5 }));
  const running: { instance?: Instance } = {};
  stopOnSignal(running);
  const instance = await startThrowaway(state, { embedding, vars });
  running.instance = instance;
  // Running requests would go on asking a dead instance.
  instance.failed.catch((error: unknown) => {
    console.error(`The instance ended: ${reasonOf(error)}`);
    process.exit(1);
  });
  try {
    return await explained(new Api({ url: instance.url, ...OWN_API }), measure);
  } finally {
    await instance.stop();
  }
}

/** A chat model is called over the network, which only the local platform supports. */
export function needsWrangler(): boolean {
  return ["CHAT_MODEL", "SMALL_CHAT_MODEL", "LOCAL_CHAT_URL"].some((name) => env[name]);
}

/** A failed request outside the questions ends the run. */
async function explained<T>(api: Api, measure: (api: Api) => Promise<T>): Promise<T> {
  try {
    return await measure(api);
  } catch (error) {
    throw error instanceof ApiError ? new CommandError(explain(api.url, error)) : error;
  }
}

function startThrowaway(
  state: string,
  chosen: { embedding: ChosenEmbedding; vars: Record<string, string> },
): Promise<Instance> {
  return startInstance({
    state,
    ...chosen,
    chatModel: env["CHAT_MODEL"] || undefined,
    smallChatModel: env["SMALL_CHAT_MODEL"] || undefined,
    localChatUrl: env["LOCAL_CHAT_URL"] || undefined,
    localChatKey: env["LOCAL_CHAT_KEY"] || undefined,
    localChatModel: env["LOCAL_CHAT_MODEL"] || undefined,
    log: (line) => console.error(line),
  }).catch((error: unknown) => {
    throw new CommandError(`No instance could be started: ${reasonOf(error)}`);
  });
}

function stopOnSignal(running: { instance?: Instance }): void {
  let signals = 0;
  for (const [signal, code] of [
    ["SIGINT", INTERRUPTED],
    ["SIGTERM", 143],
    ["SIGHUP", 129],
  ] as const) {
    process.on(signal, () => {
      const { instance } = running;
      if (++signals > 1 || !instance) return process.exit(code);
      console.error("\nStopping …");
      return void instance.stop().finally(() => process.exit(code));
    });
  }
}

/**
 * Uploads the set's documents and waits until both legs find them, those with pending vectors by keywords only.
 * @param pending as in {@link TargetOptions}
 * @returns the failures; the rest can be measured
 */
export async function ingest(
  api: Api,
  documents: Document[],
  concurrency: number,
  pending = 0,
): Promise<Failure[]> {
  const uploaded = await uploadDocuments(api, documents, { concurrency });
  if (uploaded.gaveUp) throw new CommandError(uploaded.gaveUp);
  const needsVectors = (id: string): boolean => !isInShare(id, pending);
  const ingested = await waitUntilIngested(api, documents, { needsVectors });
  return [
    ...uploaded.failed.map(({ external_id, reason }) =>
      asFailure(external_id, `not stored: ${reason}`),
    ),
    ...ingested.failed.map(({ external_id, reason }) =>
      asFailure(external_id, `not ingested: ${reason}`),
    ),
  ];
}

function asFailure(id: string, reason: string): Failure {
  return { stage: "documents", id, reason };
}

/** The documents that the instance holds besides the set, which compete with it, and those of the set that it lacks. */
export async function compareDocuments(
  api: Api,
  documents: Document[],
): Promise<{ others: number; missing: string[] }> {
  const live = new Set((await listDocuments(api, "live")).map(({ external_id }) => external_id));
  const missing = documents.map(({ external_id }) => external_id).filter((id) => !live.has(id));
  return { others: live.size - (documents.length - missing.length), missing };
}
