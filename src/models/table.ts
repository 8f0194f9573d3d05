import { estimateTokens } from "../text/tokens.ts";

/**
 * What the code knows about each supported model; which one runs is configuration (`EMBEDDING_MODEL`, `CHAT_MODEL`).
 * `EMBEDDING_MODELS` describes more embedding models in the same shape.
 * Prices and limits: developers.cloudflare.com/workers-ai/models/<name> and /platform/pricing, read in 2026.
 */

export interface EmbeddingModel {
  dimensions: number;
  /** Longest input in tokens. The model cuts longer ones. */
  maxTokens: number;
  /** Prefixes of a question and of a passage that the model was trained with. */
  queryPrefix: string;
  passagePrefix: string;
  /**
   * Cosine that an unrelated and that a well-matching passage typically reach with this model. They map a cosine to
   * 0–1 so that the decision's features mean the same for every model; see docs/decisions/0004.
   */
  unrelatedCosine: number;
  matchingCosine: number;
  /** It was trained on English alone: what it makes of other languages means nothing. */
  isEnglish?: boolean | undefined;
  /** Dollars per million input tokens. */
  price: number;
}

export interface ChatModelFacts {
  contextTokens: number;
  /** Dollars per million tokens. */
  priceIn: number;
  priceOut: number;
  /**
   * Inputs beside the messages. A model that reasons by default spends the answer's tokens on it and then answers nothing
   * (github.com/cloudflare/langchain-cloudflare/issues/30).
   */
  inputs?: Record<string, unknown>;
  /** It takes `tools` (developers.cloudflare.com/workers-ai/features/function-calling). */
  choosesFunctions?: true;
}

export const embeddingModels: Record<string, EmbeddingModel> = {
  "@cf/qwen/qwen3-embedding-0.6b": {
    dimensions: 1024,
    maxTokens: 8192,
    // The instruction format of the model card (huggingface.co/Qwen/Qwen3-Embedding-0.6B).
    queryPrefix:
      "Instruct: Given a customer's question, retrieve help centre passages that answer it\nQuery: ",
    passagePrefix: "",
    unrelatedCosine: 0.2,
    matchingCosine: 0.7,
    price: 0.012,
  },
  "@cf/baai/bge-m3": {
    dimensions: 1024,
    maxTokens: 8192,
    queryPrefix: "",
    passagePrefix: "",
    unrelatedCosine: 0.35,
    matchingCosine: 0.7,
    price: 0.012,
  },
  "@cf/baai/bge-base-en-v1.5": {
    dimensions: 768,
    maxTokens: 512,
    queryPrefix: "Represent this sentence for searching relevant passages: ",
    passagePrefix: "",
    unrelatedCosine: 0.45,
    matchingCosine: 0.8,
    isEnglish: true,
    price: 0.067,
  },
  "@local/all-minilm-l6-v2": {
    dimensions: 384,
    maxTokens: 256,
    queryPrefix: "",
    passagePrefix: "",
    unrelatedCosine: 0.1,
    matchingCosine: 0.7,
    isEnglish: true,
    price: 0,
  },
  // The local platform's stand-in for a second model (local/ai/embedding-model.ts).
  "@local/all-minilm-l6-v2-256": {
    dimensions: 256,
    maxTokens: 256,
    queryPrefix: "",
    passagePrefix: "",
    unrelatedCosine: 0.1,
    matchingCosine: 0.7,
    isEnglish: true,
    price: 0,
  },
};

/** What is assumed of a model that a deployment describes only in part. Its price is that of the dearest model. */
const ASSUMED = {
  maxTokens: 512,
  queryPrefix: "",
  passagePrefix: "",
  unrelatedCosine: 0.2,
  matchingCosine: 0.7,
  price: Math.max(...Object.values(embeddingModels).map(({ price }) => price)),
};

/** A model's facts as far as they are known: those of the table or assumed ones, and over them what a deployment says. */
export function completed(id: string, said: object): Record<string, unknown> {
  return { ...(entryOf(embeddingModels, id) ?? ASSUMED), ...said };
}

/** Adds models that a deployment describes (`EMBEDDING_MODELS`), or other facts about listed ones. An isolate has one deployment. */
export function describeEmbeddingModels(models: Record<string, EmbeddingModel>): void {
  Object.assign(embeddingModels, models);
}

export const chatModels: Record<string, ChatModelFacts> = {
  "@cf/zai-org/glm-4.7-flash": {
    contextTokens: 131_072,
    priceIn: 0.06,
    priceOut: 0.4,
    inputs: { chat_template_kwargs: { enable_thinking: false } },
    choosesFunctions: true,
  },
  "@cf/google/gemma-4-26b-a4b-it": {
    contextTokens: 131_072,
    priceIn: 0.1,
    priceOut: 0.3,
    choosesFunctions: true,
  },
  "@cf/meta/llama-3.3-70b-instruct-fp8-fast": {
    contextTokens: 24_000,
    priceIn: 0.293,
    priceOut: 2.253,
    choosesFunctions: true,
  },
};

/** Dollars per million input tokens. */
const rerankers: Record<string, number> = { "@cf/baai/bge-reranker-base": 0.003 };

/** developers.cloudflare.com/workers-ai/platform/pricing: $0.011 per 1,000 neurons. */
const DOLLARS_PER_NEURON = 0.011 / 1000;

/** A model whose price is not known counts as the dearest known one, so that a budget also limits it. */
const UNKNOWN_CHAT = {
  priceIn: Math.max(...Object.values(chatModels).map(({ priceIn }) => priceIn)),
  priceOut: Math.max(...Object.values(chatModels).map(({ priceOut }) => priceOut)),
};
/** Of a model that the table does not know: that of small open models. */
const UNKNOWN_CONTEXT = 8192;

/** Tokens that a chat model reads and writes together. */
export function contextOf(model: string): number {
  return entryOf(chatModels, model)?.contextTokens ?? UNKNOWN_CONTEXT;
}
const UNKNOWN_RERANKER = Math.max(...Object.values(rerankers));

/** What an answer costs in the unit that Workers AI bills. */
export function neuronsOf(
  model: string,
  usage: { inputTokens: number; outputTokens: number },
): number {
  const { priceIn, priceOut } = entryOf(chatModels, model) ?? UNKNOWN_CHAT;
  return toNeurons(usage.inputTokens * priceIn + usage.outputTokens * priceOut);
}

/** The same for texts that a model reads and answers with numbers. */
export function neuronsOfTexts(model: string, texts: string[]): number {
  const tokens = texts.reduce((sum, text) => sum + estimateTokens(text), 0);
  const price = entryOf(embeddingModels, model)?.price ?? entryOf(rerankers, model);
  return toNeurons(tokens * (price ?? UNKNOWN_RERANKER));
}

/** A model's entry of a table; ids come from configuration and may be the name of anything, `constructor` too. */
export function entryOf<T>(table: Record<string, T>, id: string): T | undefined {
  return Object.hasOwn(table, id) ? table[id] : undefined;
}

function toNeurons(microDollars: number): number {
  return microDollars / 1_000_000 / DOLLARS_PER_NEURON;
}

/** Facts of a configured embedding model; `parseConfig` has already refused unknown ids. */
export function embeddingModel(id: string): EmbeddingModel {
  const model = embeddingModels[id];
  if (!model) throw new Error(`Unknown embedding model: ${id}`);
  return model;
}
