import { embeddingModel } from "../models/table.ts";
import type { Release } from "../releases/release.ts";
import type { Candidates, FoundPassage, Ranking } from "./candidates.ts";
import { lexicalEvidence, questionWords, readText } from "./lexical-evidence.ts";
import { shared } from "./prefer-current.ts";

/**
 * Evidence that an answer is there, each from 0 to 1. The names are those of the release's decision weights. What tells whether a short
 * question is answered tells little about a long message, and the other way round (docs/decisions/0069). So each kind but `unknownWords`
 * is multiplied by how short or how long the sub-query is: a varying-coefficient model (Hastie and Tibshirani 1993).
 */
export interface Evidence {
  /**
   * Short questions. Cosine of the first passage, scaled: 0 is that of an unrelated pair with this embedding model, 1 that of a matching
   * pair. If it is unknown, the coverage stands in for it: weights trained without it were no better (docs/decisions/0054).
   */
  similarity: number;
  /** Short questions. Share of the content words, weighted by rarity, in the best sentence and the title and headings above. */
  coverage: number;
  /** Short questions. Number of content words, divided by ten: it makes up for what more words lose in similarity and coverage. */
  questionLength: number;
  /** Share of the question's weight on words that the documents that the reader may see do not use. */
  unknownWords: number;
  /** Long messages. As `similarity`. */
  longSimilarity: number;
  /** Long messages. By how much the first passage's document is nearer than the second best other one, on the scale of `similarity`. */
  meaningLead: number;
  /**
   * Long messages. By how much its best BM25 is above that of the second best other document, as a share of its own; less where the
   * coverage is small, because among few documents one of them is ahead by a single word.
   */
  wordsLead: number;
}

/**
 * Written words up to which a question is short, and from which on a message is long. Between them it is partly both. All words count, because
 * stop words are known in English only.
 */
const SHORT_WORDS = 16;
const LONG_WORDS = 36;

/** Coverage from which on the lead by words counts in full. Between .2 and .5 techqa-half does not tell (docs/decisions/0069). */
const ENOUGH_COVERAGE = 0.4;

/** The lead is measured from the second best other document: two often answer the same. */
const RIVAL = 2;
/** Share of common words from which on two passages are copies of each other: of one article for several versions, or countries. Chosen. */
const COPY = 0.7;

/** Probability from 0 to 1 that passages with this evidence answer the question: a logistic regression, trained by `npm run eval:fit`. */
export function answerability(
  evidence: Evidence,
  { weights, bias }: Pick<Release["decision"], "weights" | "bias">,
): number {
  const logit = Object.entries(evidence).reduce(
    (sum, [name, value]) => sum + weights[name as keyof Evidence] * (value as number),
    bias,
  );
  return 1 / (1 + Math.exp(-logit));
}

/**
 * The evidence that a passage answers the question. With several sub-queries it is that of the likeliest one, or of all together.
 * @param passages all that were found, best first
 * @param passage one of them; by default the first
 */
export function decisionEvidence(
  candidates: Candidates,
  passages: FoundPassage[],
  decision: Release["decision"],
  passage = passages[0],
): Evidence {
  const text = passage && readText(passage);
  const byKeywords = passages.filter(({ keywords }) => keywords);
  const all = questionWords(candidates);
  // Without a match of keywords there is no document to be ahead of that hidden chunks could not displace.
  const isAnyLong = byKeywords.length > 0 && all.some(({ written }) => written > SHORT_WORDS);
  const leads = passage && isAnyLong ? leadsOf(candidates, byKeywords, passage) : undefined;
  const weighed = all.map((words): Evidence => {
    const coverage = text ? lexicalEvidence(words, text).sentence : 0;
    const similarity = passage?.cosine === null ? coverage : nearness(candidates, passage);
    const long = leads ? clamp((words.written - SHORT_WORDS) / (LONG_WORDS - SHORT_WORDS)) : 0;
    const wordsLead = (leads?.words ?? 0) * clamp(coverage / ENOUGH_COVERAGE);
    const short = 1 - long;
    return {
      similarity: short * similarity,
      coverage: short * coverage,
      questionLength: short * clamp(words.count / 10),
      unknownWords: words.unknownShare,
      longSimilarity: long * similarity,
      meaningLead: long * (leads?.meaning ?? wordsLead),
      wordsLead: long * wordsLead,
    };
  });
  return weighed.reduce((best, other) =>
    answerability(other, decision) > answerability(best, decision) ? other : best,
  );
}

/** The evidence that the first passage answers a question: that of the likeliest among the question and its variants that found it. */
export function likeliestEvidence(
  { candidates, passages, variants }: Pick<Ranking, "candidates" | "passages" | "variants">,
  decision: Release["decision"],
): Evidence {
  const [first] = passages;
  return variants.reduce(
    (best, variant) => {
      const own = variant.passages.find(({ chunkId }) => chunkId === first?.chunkId);
      if (!own) return best;
      const other = decisionEvidence(variant.candidates, variant.passages, decision, own);
      return answerability(other, decision) > answerability(best, decision) ? other : best;
    },
    decisionEvidence(candidates, passages, decision),
  );
}

/** The cosine of a passage, 0 for that of an unrelated and 1 for that of a matching pair; 0 where it is unknown. */
function nearness({ question }: Candidates, passage: FoundPassage | undefined): number {
  const { unrelatedCosine, matchingCosine } = embeddingModel(question.generation.model);
  const cosine = passage?.cosine ?? 0;
  return clamp((cosine - unrelatedCosine) / (matchingCosine - unrelatedCosine));
}

/**
 * How far a passage's document is ahead of the others, copies of the passage left out. A document that was not found counts as unrelated, as does
 * one whose cosine is unknown. `meaning` is null where no cosine of the passage's own document is known.
 * @param byKeywords what keywords found: what else the vector leg finds depends on hidden chunks (docs/decisions/0055)
 */
function leadsOf(
  candidates: Candidates,
  byKeywords: FoundPassage[],
  passage: FoundPassage,
): { meaning: number | null; words: number } {
  const stems = new Set(readText(passage).whole.inOrder);
  const documents = Map.groupBy(byKeywords, ({ externalId }) => externalId);
  const own = [passage, ...(documents.get(passage.externalId) ?? [])];
  documents.delete(passage.externalId);
  const rivals = [...documents.values()].filter(
    (some) => !some.some((one) => shared(stems, new Set(readText(one).whole.inOrder)) >= COPY),
  );
  const aheadBy = (value: (one: FoundPassage) => number): { best: number; lead: number } => {
    const best = Math.max(...own.map(value));
    const others = rivals.map((some) => Math.max(...some.map(value))).toSorted((a, b) => b - a);
    return { best, lead: best - (others[RIVAL - 1] ?? 0) };
  };
  const { best, lead } = aheadBy(({ keywords }) => keywords?.score ?? 0);
  const isKnown = own.some(({ cosine }) => cosine !== null);
  return {
    words: best > 0 ? clamp(lead / best) : 0,
    meaning: isKnown ? clamp(aheadBy((one) => nearness(candidates, one)).lead) : null,
  };
}

function clamp(value: number): number {
  return Math.min(1, Math.max(0, value));
}
