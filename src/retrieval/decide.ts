import { embeddingModel } from "../models/table.ts";
import { answersKindOf } from "./answer-type.ts";
import weightsFile from "./decision-weights.json" with { type: "json" };
import { covered, questionWords, sentenceCoverage, wordsOfPassage } from "./lexical-evidence.ts";
import type { Candidates, FoundPassage } from "./retrieve.ts";

export interface Decision {
  action: "answer" | "abstain";
  /** Calibrated probability that the first source answers the question. */
  confidence: number;
}

/** Evidence that an answer is there, each from 0 to 1. The names are those of `decision-weights.json`. */
export interface Evidence {
  /** How near the first passage is in meaning, between an unrelated and a matching pair of the embedding model. */
  similarity: number;
  /** Share of the question's telling words, weighted by rarity, that the first passage contains. */
  coverage: number;
  /** The same share within one sentence (and the headings above it) that holds a value of the kind asked for. */
  sentenceCoverage: number;
  /** How far the first passage is ahead of the best one of another document. */
  lead: number;
  /** Share of the question's weight on words that the workspace's documents do not use. */
  unknownWords: number;
  /** Telling words, up to ten: a long question is never covered or matched as fully as a short one. */
  questionLength: number;
}

/** Passages among which the sentence with the answer is looked for. */
const TOP = 3;
const LONG_QUESTION_WORDS = 10;

/** Answer or abstain, by a logistic regression over the legs' evidence, trained by `npm run eval:fit`. */
export function decide(
  candidates: Candidates,
  passages: FoundPassage[],
  embeddingModelId: string,
): Decision {
  const confidence = answerability(weigh(candidates, passages, embeddingModelId));
  const answer = passages.length > 0 && confidence >= weightsFile.threshold;
  return { action: answer ? "answer" : "abstain", confidence };
}

/** Probability from 0 to 1 that passages with this evidence answer the question. */
export function answerability(evidence: Evidence): number {
  const weights: Record<keyof Evidence, number> = weightsFile.weights;
  let logit = weightsFile.bias;
  for (const name of Object.keys(evidence) as (keyof Evidence)[]) {
    logit += weights[name] * evidence[name];
  }
  return 1 / (1 + Math.exp(-logit));
}

/** The evidence of both legs for the passages that were found, best first. */
export function weigh(
  candidates: Candidates,
  passages: FoundPassage[],
  embeddingModelId: string,
): Evidence {
  const { unrelatedCosine, matchingCosine } = embeddingModel(embeddingModelId);
  const [first] = passages;
  const other = passages.find((passage) => passage.externalId !== first?.externalId);
  const words = questionWords(candidates);
  const cosine = first?.cosine ?? 0;
  return {
    similarity: clamp((cosine - unrelatedCosine) / (matchingCosine - unrelatedCosine)),
    coverage: first ? covered(words.known, wordsOfPassage(first)) : 0,
    sentenceCoverage: Math.max(
      0,
      ...passages.slice(0, TOP).map((passage) => {
        return sentenceCoverage(words.known, passage, answersKindOf(candidates.question.text));
      }),
    ),
    lead: clamp((first?.score ?? 0) - (other?.score ?? 0)),
    unknownWords: words.unknownShare,
    questionLength: clamp(words.count / LONG_QUESTION_WORDS),
  };
}

function clamp(value: number): number {
  return Math.min(1, Math.max(0, value));
}
