import { appConfig } from "../../local/config.ts";
import { OWN_EMBEDDING, type ChosenEmbedding } from "../../local/dev/embedding-server.ts";
import worker from "../../src/worker.ts";
import type { Env } from "../../src/env.ts";
import { chunkIdOf } from "../../src/generations/generation.ts";
import { isInShare } from "../sample.ts";
import { asApplication } from "./console.ts";
import { openDatabase } from "./database.ts";
import { openModels } from "./embeddings.ts";
import { openQueue } from "./queues.ts";
import { openVectorIndex } from "./vectors.ts";

export interface InProcessInstance {
  url: string;
  fetch: typeof fetch;
}

export interface World {
  /** Default: an empty database of its own. */
  database?: D1Database;
  /** The embedding model of `models`. Default: the local one. */
  embedding?: ChosenEmbedding;
  /** Called for each HTTP request: the bindings that it is handled with. Default: those of the queue consumers. */
  seenByRequest?: (env: Env) => Env;
  /** Share of the documents whose vectors the index never shows, as right after an upload. Default: 0. */
  pending?: number;
}

/**
 * The application itself, called as a function: `src/worker.ts` with bindings in this process. It gives the same numbers as
 * `wrangler dev` on the local platform (docs/decisions/0035), and is many times faster, because nothing crosses a process and no
 * embedding is computed twice. It has no rate limits, no simulated faults, and no chat model unless `models` has one that `vars`
 * name.
 */
export async function startInProcess(
  models: Ai = openModels(),
  vars: Record<string, string> = {},
  {
    database: given,
    embedding = OWN_EMBEDDING,
    seenByRequest = (env) => env,
    pending = 0,
  }: World = {},
): Promise<InProcessInstance> {
  const context = {
    waitUntil: (work: Promise<unknown>) =>
      void work.catch((error: unknown) => console.error(String(error))),
    passThroughOnException: () => undefined,
    props: {},
  } as unknown as ExecutionContext;
  const deliver = async (queue: string, messages: Message[]): Promise<void> => {
    const batch = { queue, messages, ackAll: () => undefined, retryAll: () => undefined };
    await asApplication(() => worker.queue(batch as unknown as MessageBatch, env, context));
  };
  const database = given ?? (await openDatabase());
  const isPending = async (vectorId: string): Promise<boolean> => {
    if (pending === 0) return false;
    const document = await database
      .prepare(
        `SELECT external_id FROM documents WHERE id = (SELECT document_id FROM chunks WHERE id = ?1)`,
      )
      .bind(chunkIdOf(vectorId))
      .first<string>("external_id");
    return isInShare(document ?? "", pending);
  };
  const unlimited = { limit: async () => ({ success: true }) };
  const env = {
    ...(appConfig({ root: "", platform: { main: "", model: "" }, embedding, vars })[
      "vars"
    ] as object),
    AI: models,
    VECTORIZE: openVectorIndex(embedding.dimensions, isPending),
    DB: database,
    INGEST_QUEUE: openQueue("edgewise-ingest", deliver),
    EMBED_QUEUE: openQueue("edgewise-embed", deliver),
    INGEST_RETRY_QUEUE: openQueue("edgewise-ingest-retry", deliver, 1),
    WEBHOOKS_QUEUE: openQueue("edgewise-webhooks", deliver),
    EVENTS_QUEUE: openQueue("edgewise-events", deliver),
    CHAT_LIMITER: unlimited,
    API_LIMITER: unlimited,
  } as unknown as Env;
  return {
    url: "http://in-process",
    fetch: async (input, init) =>
      asApplication(() => worker.fetch(new Request(input, init), seenByRequest(env), context)),
  };
}
