import type { Candidates, FoundPassage } from "./candidates.ts";
import { embeddingModel } from "../models/table.ts";
import type { Release } from "../releases/release.ts";
import { lexicalEvidence, questionWords, readText } from "./lexical-evidence.ts";
import { VECTOR_DEPTH } from "./retrieve.ts";

/** Evidence that an answer is there, each from 0 to 1. The names are those of the release's decision weights. */
export interface Evidence {
  /** Cosine of the first passage, scaled: 0 is that of an unrelated pair with this embedding model, 1 that of a matching pair. */
  similarity: number;
  /** Share of the question's content words, weighted by rarity, in its best sentence and the title and headings above. */
  coverage: number;
  /** Share of the question's weight on words that the workspace's documents do not use. */
  unknownWords: number;
  /** Number of content words, divided by ten, at most 1. A long question never reaches the similarity and coverage of a short one. */
  questionLength: number;
}

const LONG_QUESTION_WORDS = 10;

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

/** The evidence that the first passage answers the question. With several sub-queries it is that of the likeliest one. */
export function weigh(
  candidates: Candidates,
  passages: FoundPassage[],
  decision: Release["decision"],
): Evidence {
  const { unrelatedCosine, matchingCosine } = embeddingModel(candidates.question.generation.model);
  const cosine = passages[0]?.cosine ?? 0;
  const nearness = clamp((cosine - unrelatedCosine) / (matchingCosine - unrelatedCosine));
  const text = passages[0] && readText(passages[0]);
  const weighed = questionWords(candidates).map((words): Evidence => {
    const coverage = text ? lexicalEvidence(words, text).sentence : 0;
    return {
      // An unknown cosine must not count as a low one: the coverage stands in for it.
      similarity: hasNoCosine(candidates, passages[0]) ? coverage : nearness,
      coverage,
      unknownWords: words.unknownShare,
      questionLength: clamp(words.count / LONG_QUESTION_WORDS),
    };
  });
  return weighed.reduce((best, other) =>
    answerability(other, decision) > answerability(best, decision) ? other : best,
  );
}

/**
 * Whether the passage's cosine is unknown: the vector leg failed, or it returned fewer matches than asked for and this passage is not
 * among them, because the index does not show its vector yet.
 */
function hasNoCosine(
  { failedLegs, matches }: Candidates,
  passage: FoundPassage | undefined,
): boolean {
  if (failedLegs.includes("vectors")) return true;
  return !passage?.vectors && matches.filter(({ vectors }) => vectors).length < VECTOR_DEPTH;
}

function clamp(value: number): number {
  return Math.min(1, Math.max(0, value));
}
