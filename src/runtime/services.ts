import type { Seal } from "../crypto/seal.ts";
import type { SafeFetch } from "../http/safe-fetch.ts";
import type {
  ChatModel,
  DocumentConverter,
  Embedder,
  Reranker,
  VectorIndex,
} from "../models/ports.ts";
import type { BindingCalls } from "./binding-calls.ts";
import type { Config } from "./config.ts";
import type {
  DocumentWakeUp,
  EmbedMessage,
  IngestMessage,
  SourceWakeUp,
  TurnRecorded,
} from "./messages.ts";

/** What a request, a queue batch or a cron run works with. Created for each of them, so that `calls` counts one unit of work. */
export interface Services {
  config: Config;
  db: D1Database;
  /** The same database, for reads beside the work that waits for none of them: `calls` leaves them out of the chain of waits. */
  sideDb: D1Database;
  /** The embedder of a model of the table: each generation of a workspace's vectors has its model. */
  embedderOf: (model: string) => Embedder;
  chatModelOf: (model: string, rung: ChatModel["rung"]) => ChatModel;
  rerankerOf: (model: string) => Reranker;
  contextModel: ChatModel | undefined;
  converter: DocumentConverter;
  vectors: VectorIndex;
  ingestQueue: Queue<IngestMessage>;
  /** Makes chunks searchable by meaning, with the embedding calls that this takes. */
  embedQueue: Queue<EmbedMessage>;
  /** Delivers one document at a time. */
  ingestRetryQueue: Queue<DocumentWakeUp>;
  webhooksQueue: Queue<SourceWakeUp>;
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
