import type { Candidates, FoundPassage } from "./candidates.ts";
import { embeddingModel } from "../models/table.ts";
import type { Release } from "../releases/release.ts";
import { lexicalEvidence, questionWords, readText } from "./lexical-evidence.ts";

/** Evidence that an answer is there, each from 0 to 1. The names are those of the release's decision weights. */
export interface Evidence {
  /**
   * Cosine of the first passage, scaled: 0 is that of an unrelated pair with this embedding model, 1 that of a matching pair. If it is
   * unknown, the coverage stands in for it: weights trained without it were no better (docs/decisions/0054).
   */
  similarity: number;
  /** Share of the question's content words, weighted by rarity, in its best sentence and the title and headings above. */
  coverage: number;
  /** Share of the question's weight on words that the documents that the reader may see do not use. */
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
export function decisionEvidence(
  candidates: Candidates,
  passages: FoundPassage[],
  decision: Release["decision"],
): Evidence {
  const { unrelatedCosine, matchingCosine } = embeddingModel(candidates.question.generation.model);
  const [first] = passages;
  const nearnessOf = (cosine: number): number =>
    clamp((cosine - unrelatedCosine) / (matchingCosine - unrelatedCosine));
  const text = first && readText(first);
  const weighed = questionWords(candidates).map((words): Evidence => {
    const coverage = text ? lexicalEvidence(words, text).sentence : 0;
    return {
      similarity: first?.cosine === null ? coverage : nearnessOf(first?.cosine ?? 0),
      coverage,
      unknownWords: words.unknownShare,
      questionLength: clamp(words.count / LONG_QUESTION_WORDS),
    };
  });
  return weighed.reduce((best, other) =>
    answerability(other, decision) > answerability(best, decision) ? other : best,
  );
}

function clamp(value: number): number {
  return Math.min(1, Math.max(0, value));
}
