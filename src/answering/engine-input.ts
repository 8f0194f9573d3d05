import type { LanguageCode } from "../language/language.ts";
import type { ChatModel, Reranker, VectorIndex } from "../models/ports.ts";
import type { Release } from "../releases/release.ts";
import type { OwnNames } from "../releases/sentences.ts";
import type { Playbook } from "../playbook/playbook.ts";
import type { VisitorValues } from "../retrieval/attributes.ts";
import type { Reader } from "../retrieval/visibility.ts";
import type { ActionPort } from "./actions.ts";
import type { CachedAnswer } from "./cached-answer.ts";
import type { History } from "./history.ts";
import type { Questions } from "./understand.ts";

/**
 * Whether text may be shown before it is certain. `stream`: at once; a later `restart` takes it back. `hold`: text waits until a
 * citation behind it holds, and what was shown stands.
 */
export type EmitPolicy = "stream" | "hold";

/** What the engine works with. It stores nothing, and knows of who asks only attributes. */
export interface EngineDeps {
  db: D1Database;
  vectors: VectorIndex;
  /** The language models to ask, in this order. The extractive generator comes after them. */
  chatModels: ChatModel[];
  reranker: Reranker | undefined;
  /** An unguessable string: the prefix and 128 random bits. */
  newId: (prefix: string) => string;
  /** Hosts that an answer may link to, beside those of the documents it is given. */
  linkHosts: string[];
  /** Whether language models see placeholders instead of the personal data in a visitor's messages. */
  hidePersonalData: boolean;
  /** Milliseconds until models have to be done: one that still talks then is cut. */
  timeLeft: () => number;
  /** Aborted when the reader stops the answer: what was shown until then is the answer. */
  stop?: AbortSignal;
  /** What our sentences say of the workspace. */
  names: OwnNames;
  /**
   * Runs after both legs have answered, at the same time as the read of the passages, and ends before the first event. A turn stores its
   * question here. It returns a kept answer to the same question, if there is one.
   */
  beforeEvents: (standalone: string) => Promise<CachedAnswer | undefined>;
}

export interface EngineInput {
  /** The workspace, the audiences whose documents may be used, and the time of the question. */
  reader: Reader;
  /** What is known of the visitor: preferences and filters among what the reader may see, and data for a model. */
  visitor?: VisitorValues;
  /** The attributes that the workspace lists. Where documents differ in one, the visitor may be asked for it. */
  attributeNames?: string[];
  /** The conversation before the message. */
  history: History;
  /** The message with its embeddings. */
  questions: Questions;
  /** A follow-up as a language model completes it; undefined where none is asked, or it is late. Resolves within the time that the release gives it. */
  rewriting?: Promise<string | undefined>;
  release: Release;
  /** What the owner wants said and done, as the release names it. */
  playbook?: Playbook;
  /** What the turn may do beside answering. */
  actions?: ActionPort;
  /** Path of the page on which the visitor writes. */
  page?: string;
  /** Of the reply; null where neither the message nor the conversation tells one, and English is written. */
  language: LanguageCode | null;
  deps: EngineDeps;
  /** Whether text may be shown before it is certain; the protocol chooses. */
  policy: EmitPolicy;
}
