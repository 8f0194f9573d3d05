import { BindingCalls, countedDatabase } from "./binding-calls.ts";
import {
  parseConfig,
  type Config,
  type Env,
  type IngestMessage,
  type TurnRecorded,
} from "./env.ts";
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
  converter: DocumentConverter;
  vectors: VectorIndex;
  ingestQueue: Queue<IngestMessage>;
  eventsQueue: Queue<TurnRecorded>;
  chatLimiter: RateLimit;
  apiLimiter: RateLimit;
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
    converter: workersAiConverter(env.AI, calls),
    vectors: vectorizeIndex(
      { VECTORIZE: env.VECTORIZE, VECTORIZE_NEXT: env.VECTORIZE_NEXT },
      calls,
    ),
    ingestQueue: env.INGEST_QUEUE,
    eventsQueue: env.EVENTS_QUEUE,
    chatLimiter: env.CHAT_LIMITER,
    apiLimiter: env.API_LIMITER,
    calls,
    now: () => Date.now(),
    newId: (prefix) => `${prefix}_${randomHex(16)}`,
    newSecret: (prefix) => `${prefix}_${randomHex(32)}`,
    waitUntil: (work) => context.waitUntil(work),
  };
}

function randomHex(bytes: number): string {
  const values = crypto.getRandomValues(new Uint8Array(bytes));
  return Array.from(values, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
