import type { Attribute } from "./attributes.ts";
import type { Generation } from "../generations/generation.ts";
import type { AskedTime } from "../language/times/asked-time.ts";
import type { VectorMatch } from "../models/ports.ts";
import type { FusedMatch } from "./fuse.ts";
import type { KeywordResult } from "./keywords.ts";
import type { Passage } from "./passages.ts";
import type { Corrections } from "./spelling.ts";
import type { Synonyms } from "./synonyms.ts";

export type Leg = "keywords" | "vectors";

export interface Query {
  /** What the keyword leg searches for. */
  text: string;
  /** For a follow-up: the words that it adds to the question before it. */
  added?: string;
  /** Whether a follow-up may also be a question of its own. */
  isUncertain?: boolean;
  /** Other ways to ask the same. Each is searched, and orders the passages together with this one. */
  variants?: Variant[];
  /** Documents that are looked at first, and what their passages gain, as a share of the best score. */
  first?: { externalIds: string[]; gain: number };
  /** The attributes of the visitor: documents whose metadata has another value are left out. */
  only?: Attribute[];
  /** Names of attributes of which passages bring what their document's metadata says. */
  listed?: string[];
  /** The question with the values of the visitor's attributes, which orders passages for the visitor. It has the same embeddings. */
  personal?: Query;
  /** Of such a question: the attributes, and the words that it adds. They count less than the visitor's own. */
  prefers?: Attribute[];
  preferred?: string;
  /** The message, of which the text is one of several questions. */
  message?: string;
  /** Misspelt words of the text. */
  corrections: Corrections;
  /** Terms of the text with the same meaning as other terms. */
  synonyms: Synonyms;
  /** What the vector leg searches for: at least one, and several for a question that is too long for one embedding. */
  subQueries: EmbeddedText[];
  /** The generation of vectors that is searched. The embeddings are of its model. */
  generation: Generation;
}

export interface Variant {
  /** `alone`: the message itself; `evidence`: it with what the last answer was about; `rewritten`: as a model completed it. */
  kind: "alone" | "evidence" | "rewritten";
  query: Query;
  /** How much its order counts; that of the query itself counts 1. */
  weight: number;
}

/** A text and its embedding; null when the model could not be reached. */
export interface EmbeddedText {
  text: string;
  vector: number[] | null;
}

export interface FoundPassage extends Passage, FusedMatch {
  /** The evidence that `rank` ordered it by. */
  rankEvidence?: RankEvidence;
}

/** What both legs found for a question, before any text is read. */
export interface Candidates {
  question: Query;
  asked: AskedTime;
  legs: Leg[];
  keywords: KeywordResult;
  /** Best first, hidden ones among them: D1 says which the reader may see. Undefined if the leg failed or was not asked. */
  vectors: VectorMatch[] | undefined;
  /** Legs that failed. The matches are then of the other leg alone. */
  failedLegs: Leg[];
  /** What was found for {@link Query.personal}. */
  personal?: Candidates | undefined;
}

/** What was found for one way to ask a question. */
export interface Searched {
  candidates: Candidates;
  passages: FoundPassage[];
  /** What was found for {@link Query.personal}, and once passages are ordered: all of them in the order for the visitor. */
  personal?: Searched | undefined;
}

/**
 * The evidence that passages are ordered by. The names are those of the release's ranking weights. `sentence` and `document` are shares of
 * the question's weight, divided by the best share that any passage has which keywords found: where documents and question use different
 * words, few words in common are strong evidence. They are computed from the text that the reader may see. Measured in docs/decisions/0043.
 */
export interface RankEvidence {
  /**
   * The cosine, or the cosine to be expected where it is unknown, divided by the distance between the cosines of an unrelated and of a matching pair with this embedding model. For a
   * message with several sub-queries, the whole message's BM25 is added as a share of the best one: no single sub-query has all words.
   */
  similarity: number;
  /** The best sentence's share, squared: half of the question in one sentence is worth less than half of what the whole is worth. */
  sentence: number;
  /** Share of the question's neighbouring words that stand side by side in the passage, too. */
  pairs: number;
  /** The share that all passages of the same document contain together. */
  document: number;
}

export interface Ranking {
  candidates: Candidates;
  /** What was found for the variants of the question, each with its own order. */
  variants: Searched[];
  /** The passages in the order for the visitor, where attributes tell one. The decision does not depend on it. */
  personal?: Searched | undefined;
  /** Those to answer from, best first. */
  passages: FoundPassage[];
  /** Those that apply to another time than the question is about (prefer-current.ts), best first. */
  superseded: FoundPassage[];
  /** The reranker model that the order depends on, or `BY_TEXT`. */
  reranker: string;
}

export interface Decision {
  /** Clarify: the confidence is too low to answer, but high enough to ask which of the first articles is meant. */
  action: "answer" | "clarify" | "abstain";
  /** Calibrated probability that the first source answers the question. */
  confidence: number;
  /** Whether an answer that nobody has read, as quoted text is, need not say that it may be none. */
  isSure: boolean;
}

/** The passages that were found for one question, and whether to answer from them. */
export interface Finding extends Ranking {
  question: Query;
  decision: Decision;
  /** What the answer depends on, where the visitor is asked for it (answering/value-question.ts). */
  values?: Value[];
}

/** A value that tells a passage of a document from parallel ones. */
export interface Value {
  label: string;
  /** The attribute of the metadata that it is a value of; undefined where titles or headings tell it. */
  name?: string;
  externalId: string;
}
