import { toHex } from "./crypto/hash.ts";
import { createSeal } from "./crypto/seal.ts";
import type { Env } from "./env.ts";
import { resolveName } from "./http/resolve-name.ts";
import { createSafeFetch } from "./http/safe-fetch.ts";
import { withCircuitBreaker } from "./models/circuit-breaker.ts";
import { askedOnceMore } from "./models/retry.ts";
import { vectorizeIndex } from "./models/vectorize.ts";
import { workersAiChat } from "./models/workers-ai-chat.ts";
import { workersAiConverter } from "./models/workers-ai-converter.ts";
import { workersAiEmbedder } from "./models/workers-ai-embedder.ts";
import { workersAiReranker } from "./models/workers-ai-reranker.ts";
import { shippedRelease, withOverlays } from "./releases/release.ts";
import { BindingCalls, countedDatabase, countedQueue } from "./runtime/binding-calls.ts";
import { parseConfig, type Config } from "./runtime/config.ts";
import type { Services } from "./runtime/services.ts";

/** The composition root: the only place that turns bindings into what the application works with. */
export function createServices(env: Env, context: Pick<ExecutionContext, "waitUntil">): Services {
  const config = parseConfig(env);
  requireValidRelease(config);
  const calls = new BindingCalls();
  const now = (): number => Date.now();
  return {
    config,
    db: countedDatabase(env.DB, calls),
    sideDb: countedDatabase(env.DB, calls, "beside"),
    embedderOf: (model) => workersAiEmbedder(env.AI, model, calls),
    chatModelOf: (model, rung) =>
      withCircuitBreaker(
        askedOnceMore(workersAiChat(env.AI, model, rung, calls), pauseBeforeRetry),
        now,
      ),
    rerankerOf: (model) => workersAiReranker(env.AI, model, calls),
    contextModel: config.contextModel
      ? workersAiChat(env.AI, config.contextModel, "model", calls)
      : undefined,
    converter: workersAiConverter(env.AI, calls),
    vectors: vectorizeIndex(
      { VECTORIZE: env.VECTORIZE, VECTORIZE_NEXT: env.VECTORIZE_NEXT },
      calls,
    ),
    ingestQueue: countedQueue(env.INGEST_QUEUE, calls),
    embedQueue: countedQueue(env.EMBED_QUEUE, calls),
    ingestRetryQueue: countedQueue(env.INGEST_RETRY_QUEUE, calls),
    webhooksQueue: countedQueue(env.WEBHOOKS_QUEUE, calls),
    eventsQueue: countedQueue(env.EVENTS_QUEUE, calls),
    chatLimiter: env.CHAT_LIMITER,
    apiLimiter: env.API_LIMITER,
    safeFetch: createSafeFetch({
      fetch: countedFetch(calls),
      resolve: (host, signal) => resolveName(countedFetch(calls), host, signal),
    }),
    seal: createSeal(config.sealingKeys, randomBytes),
    calls,
    now,
    newId: (prefix) => `${prefix}_${toHex(randomBytes(16))}`,
    newSecret: (prefix) => `${prefix}_${toHex(randomBytes(32))}`,
    waitUntil: (work) => context.waitUntil(work),
  };
}

const validated = new WeakSet<Config>();

/** Checks a configuration's release once an isolate, so that a wrong one fails every request and not the first answer. */
function requireValidRelease(config: Config): void {
  if (validated.has(config)) return;
  withOverlays(shippedRelease, ...config.releaseOverlays);
  validated.add(config);
}

/** Between 100 and 400 milliseconds: what a visitor does not mind, and a busy model may need. */
function pauseBeforeRetry(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 100 + 300 * Math.random()));
}

function countedFetch(calls: BindingCalls): (url: string, init: RequestInit) => Promise<Response> {
  return async (url, init) => {
    calls.use("subrequests");
    return fetch(url, init);
  };
}

function randomBytes(count: number): Uint8Array<ArrayBuffer> {
  return crypto.getRandomValues(new Uint8Array(count));
}
