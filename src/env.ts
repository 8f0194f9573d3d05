import type { DocumentWakeUp, IngestMessage, TurnRecorded } from "./runtime/messages.ts";

/** The bindings of `wrangler.toml`. The local platform stands behind AI and VECTORIZE with the same types. */
export interface Env {
  AI: Ai;
  VECTORIZE: Vectorize;
  /** For an embedding model of other dimensions, beside the one in use. */
  VECTORIZE_NEXT?: Vectorize;
  DB: D1Database;
  INGEST_QUEUE: Queue<IngestMessage>;
  /** Delivers one document at a time: those whose attempt in a shared batch did not end well. */
  INGEST_RETRY_QUEUE: Queue<DocumentWakeUp>;
  EVENTS_QUEUE: Queue<TurnRecorded>;
  CHAT_LIMITER: RateLimit;
  API_LIMITER: RateLimit;
  EMBEDDING_MODEL?: string;
  CHAT_MODEL?: string;
  SMALL_CHAT_MODEL?: string;
  RERANKER_MODEL?: string;
  CONTEXT_MODEL?: string;
  RELEASE_OVERLAY?: string;
  ALLOWED_MODELS?: string;
  DEMO_KEY?: string;
  SEALING_KEY?: string;
  SEALING_KEY_PREVIOUS?: string;
  ADMIN_TOKEN?: string;
}
