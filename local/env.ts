import type { EmbeddingQueue } from "./ai/embedding-queue.ts";
import type { VectorStore } from "./vectorize/vector-store.ts";

/** Bindings and variables of the platform Worker; `local/config.ts` writes them. Variables are strings, as in wrangler. */
export interface PlatformEnv {
  ENGINE: DurableObjectNamespace<EmbeddingQueue>;
  STORE: DurableObjectNamespace<VectorStore>;
  /** The embedding model's files, laid out by local/dev/bundle-platform.ts. */
  MODEL: Fetcher;
  /** Embeddings by model and text: a KV namespace under `wrangler dev`, a writable folder under vitest. */
  EMBEDDINGS?: KVNamespace;
  EMBEDDING_FILES?: Fetcher;

  VECTOR_DIMENSIONS: string;
  /** Of the second index, `VECTORIZE_NEXT`. */
  NEXT_VECTOR_DIMENSIONS: string;
  /** JSON: `{ "field": "string" | "number" | "boolean" }`, what `wrangler vectorize create-metadata-index` declares. */
  METADATA_INDEXES: string;
  VECTORIZE_DELAY_MS: string;

  LOCAL_CHAT_URL?: string;
  LOCAL_CHAT_KEY?: string;
  LOCAL_CHAT_MODEL?: string;

  LOCAL_EMBEDDING_URL?: string;
  LOCAL_EMBEDDING_KEY?: string;
  LOCAL_EMBEDDING_MODEL?: string;

  /** Share of calls, 0–1, that fail. The same seed gives the same sequence of failures. */
  AI_ERROR_RATE?: string;
  VECTORIZE_ERROR_RATE?: string;
  FAULT_SEED?: string;
}
