import { appConfig } from "../../local/config.ts";
import worker from "../../src/worker.ts";
import type { Env } from "../../src/env.ts";
import { asApplication } from "./console.ts";
import { openDatabase } from "./database.ts";
import { openModels } from "./embeddings.ts";
import { openQueue } from "./queues.ts";
import { openVectorIndex } from "./vectors.ts";

export interface InProcessInstance {
  url: string;
  fetch: typeof fetch;
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
  const unlimited = { limit: async () => ({ success: true }) };
  const env = {
    ...(appConfig({ root: "", platform: { main: "", model: "" } })["vars"] as object),
    ...vars,
    AI: models,
    VECTORIZE: openVectorIndex(),
    DB: await openDatabase(),
    INGEST_QUEUE: openQueue("edgewise-ingest", deliver),
    INGEST_RETRY_QUEUE: openQueue("edgewise-ingest-retry", deliver, 1),
    EVENTS_QUEUE: openQueue("edgewise-events", deliver),
    CHAT_LIMITER: unlimited,
    API_LIMITER: unlimited,
  } as unknown as Env;
  return {
    url: "http://in-process",
    fetch: async (input, init) =>
      asApplication(() => worker.fetch(new Request(input, init), env, context)),
  };
}
