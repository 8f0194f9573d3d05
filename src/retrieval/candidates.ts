import type { Generation } from "../generations/generation.ts";
import type { FusedMatch } from "./fuse.ts";
import type { KeywordResult } from "./keywords.ts";
import type { Passage } from "./passages.ts";
import type { Corrections } from "./spelling.ts";
import type { Synonyms } from "./synonyms.ts";

export type Leg = "keywords" | "vectors";

/** What a reader may see. */
export interface Reader {
  workspaceId: string;
  audience: string[];
}

export interface Query {
  /** Words for the keyword leg. */
  text: string;
  /** Of a follow-up, what it adds to the question before it. */
  added?: string;
  /** What misspelt ones of them probably meant. */
  corrections: Corrections;
  /** What the workspace says means the same as some of them. */
  synonyms: Synonyms;
  /** What the vector leg searches for, at least one; several for a question that is too long for one embedding. */
  subQueries: EmbeddedText[];
  /** The vectors that it is compared with: those of its own model. */
  generation: Generation;
}

/** A text and its embedding; null when the model could not be reached. */
export interface EmbeddedText {
  text: string;
  vector: number[] | null;
}

export interface FoundPassage extends Passage, FusedMatch {
  /** What `rank` ordered it by. */
  rankEvidence?: RankEvidence;
}

/** What both legs know about a question, before any text is read. */
export interface Candidates {
  question: Query;
  /** The legs that were asked. */
  legs: Leg[];
  matches: FusedMatch[];
  keywords: KeywordResult;
  /** Legs that could not be asked; the other one carried the search alone. */
  failedLegs: Leg[];
}

/**
 * What a passage is ordered by; the names are those of the release's ranking weights. What its words show is a share of the question,
 * divided by the best share that any passage has: where the documents use other words than the question, the little that they
 * have in common tells as much as a lot does elsewhere. Shares are of the text that the reader may see, for BM25 would take
 * what is rare from all workspaces. Measured in docs/decisions/0043.
 */
export interface RankEvidence {
  /**
   * Cosine, as a multiple of what lies between an unrelated and a matching pair with this embedding model. Of a long message, BM25
   * over all of its words is added, relative to the best: it tells what no segment does.
   */
  similarity: number;
  /** Squared: half a question in one sentence is worth less than half of the whole. */
  sentence: number;
  pairs: number;
  /** What the passages of the same document contain together. */
  document: number;
}

/** Where the order came from: the passages' text, or a model that read them as well. */
export interface Ranking {
  candidates: Candidates;
  /** Best first. */
  passages: FoundPassage[];
  reranker: string;
}

export interface Decision {
  /** Clarify: too unsure to answer, sure enough that one of the first articles is meant. */
  action: "answer" | "clarify" | "abstain";
  /** Calibrated probability that the first source answers the question. */
  confidence: number;
}

/** What was found for one question, and whether it is worth answering from. */
export interface Finding extends Ranking {
  question: Query;
  decision: Decision;
}
