import path from "node:path";
import { EMBEDDING_MODEL, SHORT_DIMENSIONS } from "./ai/embedding-model.ts";
import { embeddingVars, OWN_EMBEDDING, type ChosenEmbedding } from "./dev/embedding-server.ts";

/** Configuration of one local instance. All paths are absolute. */
export interface LocalOptions {
  root: string;
  /** The application's entry point; default: src/index.ts. */
  main?: string;
  /** The bundled platform Worker: its module, and the folder with the embedding model. */
  platform: { main: string; model: string };
  /** The application's CHAT_MODEL. */
  chatModel?: string;
  smallChatModel?: string;
  localChatUrl?: string;
  localChatKey?: string;
  localChatModel?: string;
  /** Default: the local model. */
  embedding?: ChosenEmbedding;
  vectorizeDelayMs?: number;
  /** Metadata fields with an index; a filter on any other matches nothing. */
  metadataIndexes?: Record<string, "string" | "number" | "boolean">;
  aiErrorRate?: number;
  vectorizeErrorRate?: number;
  faultSeed?: number;
  /** Seconds that a queue waits to fill a batch; default: 1. Tests set 0. */
  queueTimeout?: number;
  /** False: the queues have no consumers, and what they are sent vanishes. */
  consumers?: boolean;
  /** Variables for the application that override those set here. */
  vars?: Record<string, string>;
}

export const COMPATIBILITY_DATE = "2026-10-01";
export const DEMO_KEYS = {
  publishable: "pk_local_demo",
  secret: "sk_local_demo",
  /** `ADMIN_TOKEN`: creates workspaces. */
  deployment: "local_demo_deployment_token_not_secret",
} as const;

/** The Workers AI model id under which the application calls the model that LOCAL_CHAT_URL serves. */
const FORWARDED_CHAT_MODEL = "@cf/zai-org/glm-4.7-flash";

function appVars(
  options: Pick<
    LocalOptions,
    "chatModel" | "smallChatModel" | "localChatUrl" | "embedding" | "vars"
  >,
): Record<string, string> {
  return {
    EMBEDDING_MODEL,
    CHAT_MODEL: options.chatModel ?? (options.localChatUrl ? FORWARDED_CHAT_MODEL : "extractive"),
    SMALL_CHAT_MODEL: options.smallChatModel ?? "",
    DEMO_KEY: DEMO_KEYS.publishable,
    SEALING_KEY: "local-sealing-key-that-is-no-secret",
    ADMIN_TOKEN: DEMO_KEYS.deployment,
    ...embeddingVars(options.embedding ?? OWN_EMBEDDING, options.vars),
  };
}

/** `env.AI.run(…, { signal })` works on the real binding; over RPC an AbortSignal needs a flag. */
export const RPC_FLAGS = ["enable_abortsignal_rpc"];

/** Every consumer sets its size, wait, retries and dead-letter queue: wrangler's defaults retry three times and then drop. */
function queues(timeout: number): object {
  const worker = (queue: string, max_batch_size: number): object => ({
    queue,
    max_batch_size,
    max_batch_timeout: timeout,
    max_retries: 5,
    retry_delay: 1,
    dead_letter_queue: `${queue}-dlq`,
  });
  const deadLetters = (queue: string): object => ({
    queue,
    max_batch_size: 10,
    max_batch_timeout: timeout,
    max_retries: 1,
  });
  return {
    producers: [
      { binding: "INGEST_QUEUE", queue: "edgewise-ingest" },
      { binding: "EMBED_QUEUE", queue: "edgewise-embed" },
      { binding: "INGEST_RETRY_QUEUE", queue: "edgewise-ingest-retry" },
      { binding: "WEBHOOKS_QUEUE", queue: "edgewise-webhooks" },
      { binding: "EVENTS_QUEUE", queue: "edgewise-events" },
    ],
    consumers: [
      worker("edgewise-ingest", 100),
      { ...worker("edgewise-embed", 100), dead_letter_queue: "edgewise-ingest-dlq" },
      worker("edgewise-ingest-retry", 1),
      worker("edgewise-webhooks", 10),
      worker("edgewise-events", 100),
      deadLetters("edgewise-ingest-dlq"),
      deadLetters("edgewise-ingest-retry-dlq"),
      deadLetters("edgewise-webhooks-dlq"),
      deadLetters("edgewise-events-dlq"),
    ],
  };
}

/** High, because a developer's test run is no attack. `CHAT_LIMITER` works locally as in a deployment. */
const RATE_LIMITS = [
  { name: "CHAT_LIMITER", namespace_id: "1001", simple: { limit: 10_000, period: 60 } },
  { name: "API_LIMITER", namespace_id: "1002", simple: { limit: 10_000, period: 60 } },
];

const D1 = {
  binding: "DB",
  database_name: "edgewise",
  database_id: "00000000-0000-4000-8000-000000000001",
};

/** Enough to open the instance's database. */
export function databaseConfig(): Record<string, unknown> {
  return { name: "edgewise-database", compatibility_date: COMPATIBILITY_DATE, d1_databases: [D1] };
}

export function appConfig(options: LocalOptions): Record<string, unknown> {
  return {
    name: "edgewise",
    main: options.main ?? path.join(options.root, "src/index.ts"),
    // As in wrangler.toml.
    alias: {
      "decode-named-character-reference": path.join(
        options.root,
        "bundle/decode-named-character-reference.ts",
      ),
      zod: path.join(options.root, "bundle/zod.mjs"),
      "zod/v4": path.join(options.root, "bundle/zod.mjs"),
      "zod/v4/core": path.join(options.root, "bundle/zod-core.mjs"),
    },
    compatibility_date: COMPATIBILITY_DATE,
    compatibility_flags: RPC_FLAGS,
    d1_databases: [{ ...D1, migrations_dir: path.join(options.root, "migrations") }],
    queues: {
      ...queues(options.queueTimeout ?? 1),
      ...(options.consumers === false && { consumers: [] }),
    },
    ratelimits: RATE_LIMITS,
    assets: { directory: path.join(options.root, "dist/web"), binding: "ASSETS" },
    services: [
      { binding: "AI", service: "edgewise-platform", entrypoint: "WorkersAI" },
      { binding: "VECTORIZE", service: "edgewise-platform", entrypoint: "Vectorize" },
      { binding: "VECTORIZE_NEXT", service: "edgewise-platform", entrypoint: "VectorizeNext" },
    ],
    triggers: { crons: ["* * * * *"] },
    vars: appVars(options),
    send_metrics: false,
  };
}

export function platformVars(options: Partial<LocalOptions>): Record<string, string> {
  const { dimensions, server } = options.embedding ?? OWN_EMBEDDING;
  const vars = {
    VECTOR_DIMENSIONS: String(dimensions),
    NEXT_VECTOR_DIMENSIONS: String(SHORT_DIMENSIONS),
    METADATA_INDEXES: JSON.stringify(options.metadataIndexes ?? {}),
    VECTORIZE_DELAY_MS: String(options.vectorizeDelayMs ?? 1000),
    LOCAL_CHAT_URL: options.localChatUrl,
    LOCAL_CHAT_KEY: options.localChatKey,
    LOCAL_CHAT_MODEL: options.localChatModel,
    LOCAL_EMBEDDING_URL: server?.url,
    LOCAL_EMBEDDING_KEY: server?.key,
    LOCAL_EMBEDDING_MODEL: server?.model,
    AI_ERROR_RATE: options.aiErrorRate?.toString(),
    VECTORIZE_ERROR_RATE: options.vectorizeErrorRate?.toString(),
    FAULT_SEED: options.faultSeed?.toString(),
  };
  return Object.fromEntries(
    Object.entries(vars).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}

export const PLATFORM_OBJECTS = { STORE: "VectorStore", ENGINE: "EmbeddingQueue" } as const;

export function platformConfig(options: LocalOptions): Record<string, unknown> {
  return {
    name: "edgewise-platform",
    main: options.platform.main,
    // Complete as bundled, with its WebAssembly beside it: see dev/bundle-platform.ts.
    no_bundle: true,
    find_additional_modules: true,
    assets: { directory: options.platform.model, binding: "MODEL", run_worker_first: true },
    compatibility_date: COMPATIBILITY_DATE,
    compatibility_flags: RPC_FLAGS,
    kv_namespaces: [{ binding: "EMBEDDINGS", id: "edgewise-embeddings" }],
    durable_objects: {
      bindings: Object.entries(PLATFORM_OBJECTS).map(([name, class_name]) => ({
        name,
        class_name,
      })),
    },
    migrations: [{ tag: "v1", new_sqlite_classes: Object.values(PLATFORM_OBJECTS) }],
    vars: platformVars(options),
    send_metrics: false,
  };
}
