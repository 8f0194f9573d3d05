import { createSeal, type Seal } from "./auth/seal.ts";
import { BindingCalls, countedDatabase } from "./binding-calls.ts";
import {
  parseConfig,
  type Config,
  type Env,
  type IngestMessage,
  type TurnRecorded,
} from "./env.ts";
import { resolveName } from "./http/resolve-name.ts";
import { createSafeFetch, type SafeFetch } from "./http/safe-fetch.ts";
import type {
  ChatModel,
  DocumentConverter,
  Embedder,
  Reranker,
  VectorIndex,
} from "./models/ports.ts";
import { workersAiChat } from "./models/workers-ai-chat.ts";
import { workersAiConverter } from "./models/workers-ai-converter.ts";
import { workersAiEmbedder } from "./models/workers-ai-embedder.ts";
import { workersAiReranker } from "./models/workers-ai-reranker.ts";
import { vectorizeIndex } from "./retrieval/vectorize.ts";

/** Everything a request, a batch or a cron run works with. Made anew for each, so that `calls` counts one unit of work. */
export interface Services {
  config: Config;
  db: D1Database;
  /** By the id of a model in the table: a workspace's vectors say which model they are of. */
  embedderOf: (model: string) => Embedder;
  chatModels: ChatModel[];
  reranker: Reranker | undefined;
  contextModel: ChatModel | undefined;
  converter: DocumentConverter;
  vectors: VectorIndex;
  ingestQueue: Queue<IngestMessage>;
  eventsQueue: Queue<TurnRecorded>;
  chatLimiter: RateLimit;
  apiLimiter: RateLimit;
  /** The only way to call an address that somebody else chose. */
  safeFetch: SafeFetch;
  seal: Seal;
  calls: BindingCalls;
  /** Milliseconds since the epoch. */
  now: () => number;
  /** A new unguessable id: the prefix and 128 random bits. */
  newId: (prefix: string) => string;
  /** A new secret: the prefix and 256 random bits. */
  newSecret: (prefix: string) => string;
  /** Lets work outlive the response. */
  waitUntil: (work: Promise<unknown>) => void;
}

export function createServices(env: Env, context: Pick<ExecutionContext, "waitUntil">): Services {
  const config = parseConfig(env);
  const calls = new BindingCalls();
  return {
    config,
    db: countedDatabase(env.DB, calls),
    embedderOf: (model) => workersAiEmbedder(env.AI, model, calls),
    chatModels: config.chatModels.map(({ id, rung }) => workersAiChat(env.AI, id, rung, calls)),
    reranker: config.rerankerModel
      ? workersAiReranker(env.AI, config.rerankerModel, calls)
      : undefined,
    contextModel: config.contextModel
      ? workersAiChat(env.AI, config.contextModel, "model", calls)
      : undefined,
    converter: workersAiConverter(env.AI, calls),
    vectors: vectorizeIndex(
      { VECTORIZE: env.VECTORIZE, VECTORIZE_NEXT: env.VECTORIZE_NEXT },
      calls,
    ),
    ingestQueue: env.INGEST_QUEUE,
    eventsQueue: env.EVENTS_QUEUE,
    chatLimiter: env.CHAT_LIMITER,
    apiLimiter: env.API_LIMITER,
    safeFetch: createSafeFetch({
      fetch: callNetwork,
      resolve: (host, signal) => resolveName(callNetwork, host, signal),
    }),
    seal: createSeal(config.sealingKeys, randomBytes),
    calls,
    now: () => Date.now(),
    newId: (prefix) => `${prefix}_${randomHex(16)}`,
    newSecret: (prefix) => `${prefix}_${randomHex(32)}`,
    waitUntil: (work) => context.waitUntil(work),
  };
}

/** The platform's fetch wants to be called on nothing. */
const callNetwork = (url: string, init: RequestInit): Promise<Response> => fetch(url, init);

function randomBytes(count: number): Uint8Array<ArrayBuffer> {
  return crypto.getRandomValues(new Uint8Array(count));
}

function randomHex(bytes: number): string {
  return Array.from(randomBytes(bytes), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
