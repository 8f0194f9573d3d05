import { WorkerEntrypoint } from "cloudflare:workers";
import type { PlatformEnv } from "../env.ts";
import { recordChat, stats, takeFault, takeScript, type FaultKind } from "../faults.ts";
import { runChat, validateChat } from "./chat.ts";
import { runEmbeddings, type Embeddings } from "./embeddings.ts";
import {
  capacityExceeded,
  invalidInput,
  noSuchModel,
  requestTimeout,
  unavailable,
} from "./errors.ts";
import { toMarkdown } from "./to-markdown.ts";
import { cutStream, playScript } from "./streams.ts";

/** Model families of the service for which this platform has no model. */
const UNSUPPORTED = /\/(bge-reranker|whisper|flux|m2m100)|embedding|\/bge-/;

const RERANKER = "@cf/baai/bge-reranker-base";

/** Implements `env.AI`. */
export class WorkersAI extends WorkerEntrypoint<PlatformEnv> {
  async run(
    model: string,
    inputs: unknown,
    options: { signal?: AbortSignal } = {},
  ): Promise<Embeddings | object | ReadableStream<Uint8Array>> {
    stats.aiCalls += 1;
    const fault = takeFault(this.env, "ai", model);
    throwIfRequested(fault);
    const embeddings = await runEmbeddings(this.env, this.ctx, model, inputs);
    if (embeddings)
      return fault === "wrong-dimensions" ? withoutLastDimension(embeddings) : embeddings;
    if (model === RERANKER) return this.#rerank(Object.assign({}, inputs));
    if (!model.startsWith("@cf/") || UNSUPPORTED.test(model)) throw noSuchModel(model);
    const answer = await this.#generate(model, Object.assign({}, inputs), options.signal);
    return fault === "cut-stream" && answer instanceof ReadableStream ? cutStream(answer) : answer;
  }

  /** Returns the scripted scores, because there is no local reranker. The input is checked against the service's schema. */
  #rerank(inputs: Record<string, unknown>): object {
    const script = takeScript(RERANKER, true);
    if (!script?.reply) throw noSuchModel(RERANKER);
    const { query, contexts } = inputs;
    if (typeof query !== "string" || query === "")
      throw invalidInput("required properties at '/' are 'query,contexts'");
    const isText = (context: unknown): boolean =>
      typeof (context as { text?: unknown } | null)?.text === "string";
    if (!Array.isArray(contexts) || contexts.length === 0 || !contexts.every(isText))
      throw invalidInput("Type mismatch of '/contexts'");
    return script.reply;
  }

  async toMarkdown(
    files: MarkdownDocument | MarkdownDocument[],
  ): Promise<ConversionResponse | ConversionResponse[]> {
    stats.aiCalls += 1;
    throwIfRequested(takeFault(this.env, "ai", "toMarkdown"));
    return Array.isArray(files) ? Promise.all(files.map(toMarkdown)) : toMarkdown(files);
  }

  async #generate(
    model: string,
    inputs: Record<string, unknown>,
    signal: AbortSignal | undefined,
  ): Promise<object | ReadableStream<Uint8Array>> {
    stats.chatCalls += 1;
    recordChat(model, inputs);
    const script = takeScript(model);
    if (!script) return runChat(this.env, model, inputs, signal);
    validateChat(inputs);
    return inputs["stream"] === true ? playScript(script.chunks ?? []) : (script.reply ?? {});
  }
}

function throwIfRequested(fault: FaultKind | undefined): void {
  switch (fault) {
    case "capacity":
      throw capacityExceeded();
    case "timeout":
      throw requestTimeout();
    case "unavailable":
      throw unavailable();
    case "wrong-dimensions":
    case "cut-stream":
    case undefined:
  }
}

function withoutLastDimension(answer: Embeddings): Embeddings {
  const [count, dimensions] = answer.shape;
  return {
    ...answer,
    shape: [count, dimensions - 1],
    data: answer.data.map((vector) => vector.slice(0, -1)),
  };
}
