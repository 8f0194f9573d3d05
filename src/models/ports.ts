/** What the application needs of models and indexes. Adapters carry the name of their technology. */

/** Counts what an adapter asks of its binding (runtime/binding-calls.ts). */
export interface CallMeter {
  track<T>(kind: "ai" | "vectorize", call: () => Promise<T>): Promise<T>;
  /** Cost of embedding and reranking so far, estimated; adapters add to it. */
  neurons: number;
}

export interface Embedder {
  readonly model: string;
  readonly dimensions: number;
  /** Texts that one call of the model takes; `embed` splits longer lists. */
  readonly batchSize: number;
  /** One vector a text, in order. `kind` picks the model's prompt prefix. Throws {@link ModelUnavailable}. */
  embed(texts: string[], kind: "query" | "passage"): Promise<number[][]>;
}

export interface Reranker {
  readonly model: string;
  /** How well each text answers the question: one number a text, in order, larger is better. Throws {@link ModelUnavailable}. */
  score(question: string, texts: string[]): Promise<number[]>;
}

export interface ChatMessage {
  role: "system" | "user" | "assistant";
  content: string;
}

export interface TokenUsage {
  inputTokens: number;
  outputTokens: number;
}

/** What a model used for a text. */
export interface ModelUsage {
  model: string;
  usage: TokenUsage;
}

export type ChatPart = { type: "text"; delta: string } | { type: "usage"; usage: TokenUsage };

/** A function that a model may choose, in the shape of OpenAI's `tools`, which Workers AI takes too. */
export interface ModelFunction {
  name: string;
  description: string;
  /** JSON Schema of an object. */
  parameters: object;
}

/** A call that a model asks for. Nothing of it is trusted: neither the name nor the arguments need exist. */
export interface FunctionCall {
  name: string;
  arguments: unknown;
}

export interface ChatModel {
  readonly id: string;
  readonly rung: "model" | "small_model";
  /**
   * Has the model choose functions; it writes no text for the reader. Absent for a model that chooses none. Throws {@link ModelUnavailable}.
   */
  choose?: (
    messages: ChatMessage[],
    functions: ModelFunction[],
    maxTokens: number,
  ) => Promise<{ calls: FunctionCall[]; usage: TokenUsage | undefined }>;
  /** Streams the model's words as they arrive, however long that takes (deadline.ts limits it). Throws {@link ModelUnavailable}, before or in the middle of the stream. */
  stream(messages: ChatMessage[], maxTokens: number): AsyncIterable<ChatPart>;
}

/** Bindings that can hold vectors. The second one exists where an index of other dimensions is needed. */
export const indexNames = ["VECTORIZE", "VECTORIZE_NEXT"] as const;
export type IndexName = (typeof indexNames)[number];

/** Where one search looks: a namespace of an index. Each generation of a workspace has its own. */
export interface VectorSpace {
  index: IndexName;
  namespace: string;
}

export interface VectorMatch {
  id: string;
  /** Cosine, -1 to 1. */
  score: number;
}

export interface VectorIndex {
  /** Best matches in a space, best first; `topK` is at most 100. */
  query(space: VectorSpace, vector: number[], topK: number): Promise<VectorMatch[]>;
  /** Becomes visible to queries seconds later. Vectors of several spaces of an index may go together. */
  upsert(
    index: IndexName,
    vectors: { id: string; namespace: string; values: number[] }[],
  ): Promise<void>;
  delete(index: IndexName, ids: string[]): Promise<void>;
  /** Those of the ids that queries can find already. */
  visible(index: IndexName, ids: string[]): Promise<string[]>;
  /** The vectors of those of the ids that queries can find already. */
  values(index: IndexName, ids: string[]): Promise<{ id: string; values: ArrayLike<number> }[]>;
  /** Undefined where the deployment has no such index. */
  dimensions(index: IndexName): Promise<number | undefined>;
}

export interface DocumentConverter {
  /**
   * A file → Markdown. Undefined when it cannot be read: damaged, encrypted, of another type than it says. Throws
   * {@link UnsupportedFile} and {@link ConverterUnavailable}.
   */
  convert(
    fileName: string,
    contentType: string,
    bytes: Uint8Array<ArrayBuffer>,
  ): Promise<string | undefined>;
}

/** A model could not answer: out of capacity, timed out or retired, or its answer has the wrong form. */
export class ModelUnavailable extends Error {
  /** Whether the same call may succeed later. */
  readonly transient: boolean;
  /** The deployment cannot use the model at all: it was retired, is unknown, or answers in another form. No input is to blame. */
  readonly isUnusable: boolean;
  /** Too many ask at the moment: the same call may succeed at once. */
  readonly isOutOfCapacity: boolean;
  constructor(
    message: string,
    options: {
      transient: boolean;
      isUnusable?: boolean;
      isOutOfCapacity?: boolean;
      cause?: unknown;
    },
  ) {
    super(message, { cause: options.cause });
    this.transient = options.transient;
    this.isUnusable = options.isUnusable ?? false;
    this.isOutOfCapacity = options.isOutOfCapacity ?? false;
  }
}

/** The platform converts no files of this type, however sound they are. */
export class UnsupportedFile extends Error {}

/** The service that converts files could not answer. */
export class ConverterUnavailable extends ModelUnavailable {}
