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
import type { DocumentWakeUp, IngestMessage, TurnRecorded } from "./messages.ts";

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
  /** Delivers one document at a time. */
  ingestRetryQueue: Queue<DocumentWakeUp>;
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
