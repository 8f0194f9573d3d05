import { embeddingModel } from "../models/table.ts";
import weightsFile from "./decision-weights.json" with { type: "json" };
import { inverseFrequency } from "./fuse.ts";
import type { KeywordResult } from "./keywords.ts";
import { ANSWER_PASSAGES, type Candidates, type FoundPassage } from "./retrieve.ts";
import { stemOf, stemsOf } from "./stems.ts";

export interface Decision {
  action: "answer" | "abstain";
  /** Calibrated probability that the best passages answer the question. */
  confidence: number;
}

/** Evidence that an answer is there, each from 0 to 1. The names are those of `decision-weights.json`. */
export interface Evidence {
  /** How near the best passage is in meaning, between an unrelated and a matching pair of the embedding model. */
  similarity: number;
  /** BM25 of the best passage as a share of what the question could reach. */
  keywordShare: number;
  /** Share of the question's telling words, weighted by rarity, that the best passage contains. */
  coverage: number;
  /** The same over the three best passages. */
  coverageOfTop: number;
  /** Share of the question's weight on words that the workspace has never used. */
  unknownWords: number;
  /** 1 when both legs put the same document first. */
  agreement: number;
}

/** Passages whose words count for `coverageOfTop`. */
const TOP = 3;

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

/** The evidence of both legs for the passages that were found. */
export function weigh(
  { matches, keywords }: Candidates,
  found: FoundPassage[],
  embeddingModelId: string,
): Evidence {
  const passages = found.slice(0, ANSWER_PASSAGES);
  const { unrelatedCosine, matchingCosine } = embeddingModel(embeddingModelId);
  const cosine = Math.max(0, ...passages.map((passage) => passage.vectors?.score ?? 0));
  const rarity = wordRarity(keywords);
  const total = sum([...rarity.values()]);
  const texts = passages.slice(0, TOP).map(wordsOfPassage);
  const share = (stems: Set<string>): number => {
    return total > 0
      ? sum([...rarity].map(([stem, weight]) => (stems.has(stem) ? weight : 0))) / total
      : 0;
  };
  return {
    similarity: clamp((cosine - unrelatedCosine) / (matchingCosine - unrelatedCosine)),
    keywordShare: clamp(Math.max(0, ...passages.map((passage) => passage.keywordShare))),
    coverage: Math.max(0, ...texts.map(share)),
    coverageOfTop: share(new Set(texts.flatMap((stems) => [...stems]))),
    unknownWords: total > 0 ? sum(unknownWeights(keywords)) / total : 0,
    agreement: agree(matches, passages) ? 1 : 0,
  };
}

function wordRarity({ chunkCounts, totalChunks }: KeywordResult): Map<string, number> {
  const rarity = new Map<string, number>();
  for (const [word, chunks] of chunkCounts)
    rarity.set(stemOf(word), inverseFrequency(chunks, totalChunks));
  return rarity;
}

function unknownWeights({ chunkCounts, totalChunks }: KeywordResult): number[] {
  return [...chunkCounts.values()]
    .filter((chunks) => chunks === 0)
    .map((chunks) => inverseFrequency(chunks, totalChunks));
}

function wordsOfPassage(passage: FoundPassage): Set<string> {
  return new Set(stemsOf([passage.title, ...passage.headingPath, passage.text].join(" ")));
}

function agree(matches: Candidates["matches"], passages: FoundPassage[]): boolean {
  const documentOf = (chunkId: number | undefined): string | undefined =>
    passages.find((passage) => passage.chunkId === chunkId)?.externalId;
  const first = (leg: "keywords" | "vectors"): number | undefined =>
    matches.find((match) => match[leg]?.rank === 1)?.chunkId;
  const byKeywords = documentOf(first("keywords"));
  return byKeywords !== undefined && byKeywords === documentOf(first("vectors"));
}

function sum(values: number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function clamp(value: number): number {
  return Math.min(1, Math.max(0, value));
}
