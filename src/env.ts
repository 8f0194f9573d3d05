import type { Variables } from "./runtime/config.ts";
import type {
  DocumentWakeUp,
  EmbedMessage,
  IngestMessage,
  SourceWakeUp,
  TurnRecorded,
} from "./runtime/messages.ts";

/** The bindings and variables of `wrangler.toml`. The local platform stands behind AI and VECTORIZE with the same types. */
export interface Env extends Variables {
  AI: Ai;
  VECTORIZE: Vectorize;
  /** For an embedding model of other dimensions, beside the one in use. */
  VECTORIZE_NEXT?: Vectorize;
  DB: D1Database;
  INGEST_QUEUE: Queue<IngestMessage>;
  /** What makes chunks searchable by meaning: slow, and so apart from what makes documents searchable by keywords. */
  EMBED_QUEUE: Queue<EmbedMessage>;
  /** Delivers one document at a time: those whose invocation was killed while it held several. */
  INGEST_RETRY_QUEUE: Queue<DocumentWakeUp>;
  /** Events of CMSs. */
  WEBHOOKS_QUEUE: Queue<SourceWakeUp>;
  EVENTS_QUEUE: Queue<TurnRecorded>;
  CHAT_LIMITER: RateLimit;
  API_LIMITER: RateLimit;
}
