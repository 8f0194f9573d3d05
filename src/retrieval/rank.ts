import type { RankEvidence, Ranking, Candidates, FoundPassage } from "./candidates.ts";
import { redact } from "../privacy/redact.ts";
import {
  covered,
  lexicalEvidence,
  questionWords,
  readText,
  type LexicalEvidence,
  type QuestionWords,
  type ReadText,
} from "./lexical-evidence.ts";
import { inTime } from "../models/deadline.ts";
import { ModelUnavailable, type Reranker } from "../models/ports.ts";
import { embeddingModel } from "../models/table.ts";
import type { Release } from "../releases/release.ts";

/** How much each kind of evidence counts. */
type RankWeights = Release["retrieval"]["ranking"];

/** Number of passages that are ordered by their text. Only these can be sources of an answer. */
export const ANSWER_PASSAGES = 30;

/** Lower limit of the best share that shares are divided by: where a single common word is the best, it is no strong evidence. */
const LEAST_BEST_SHARE = 0.1;

export const BY_TEXT = "text";

/** A reranker's scores are ignored after this time, because the visitor waits. */
const DEADLINE_MS = 1500;

/**
 * Orders passages by the evidence of their text, without calling a binding. If a reranker is configured, the order is then by the mean of
 * this evidence and the reranker's scores. If the reranker fails or is late, the order by text stays.
 */
export async function rank(
  { reranker }: { reranker: Reranker | undefined },
  candidates: Candidates,
  passages: FoundPassage[],
  weights: RankWeights,
): Promise<Ranking> {
  const byText = [
    ...orderByText(candidates, passages.slice(0, ANSWER_PASSAGES), weights),
    ...passages.slice(ANSWER_PASSAGES),
  ];
  if (!reranker || byText.length < 2) return { candidates, passages: byText, reranker: BY_TEXT };
  try {
    const first = byText.slice(0, ANSWER_PASSAGES);
    const scores = await inTime(
      reranker.score(redact(candidates.question.text), first.map(toText)),
      DEADLINE_MS,
      "The reranker",
    );
    const ordered = orderByModel(first, scores);
    return {
      candidates,
      passages: [...ordered, ...byText.slice(ANSWER_PASSAGES)],
      reranker: reranker.model,
    };
  } catch (error) {
    if (!(error instanceof ModelUnavailable)) throw error;
    console.warn("rank: by text only", { model: reranker.model, error: error.message });
    return { candidates, passages: byText, reranker: BY_TEXT };
  }
}

function orderByText(
  candidates: Candidates,
  passages: FoundPassage[],
  weights: RankWeights,
): FoundPassage[] {
  const evidence = rankEvidence(candidates, passages, weights);
  return passages
    .map((passage, index) => {
      const rankEvidence = evidence[index] as RankEvidence;
      return { ...passage, score: scoreOf(rankEvidence, weights), rankEvidence };
    })
    .toSorted((a, b) => b.score - a.score);
}

/** Scales both scores to at most 1, so that neither outweighs the other. Ties keep the order by text. */
function orderByModel(passages: FoundPassage[], scores: number[]): FoundPassage[] {
  const bestScore = Math.max(...scores);
  const worstScore = Math.min(...scores);
  const bestByText = Math.max(...passages.map(({ score }) => score), Number.EPSILON);
  const spread = bestScore - worstScore || 1;
  return passages
    .map((passage, index) => {
      const byModel = ((scores[index] ?? worstScore) - worstScore) / spread;
      return { passage, value: passage.score / bestByText + byModel };
    })
    .toSorted((a, b) => b.value - a.value)
    .map(({ passage }) => passage);
}

function toText({ title, headingPath, text }: FoundPassage): string {
  return `${[title, ...headingPath].join(" > ")}\n${text}`;
}

/** The evidence for each passage, in the passages' order. With several sub-queries it is that of the one with the highest score. */
export function rankEvidence(
  candidates: Candidates,
  passages: FoundPassage[],
  weights: RankWeights,
): RankEvidence[] {
  const texts = passages.map(readText);
  const [first = [], ...others] = questionWords(candidates).map((words) =>
    evidenceOf(words, candidates, passages, texts),
  );
  return first.map((evidence, index) =>
    others.reduce((best, other) => {
      const rival = other[index];
      return rival && scoreOf(rival, weights) > scoreOf(best, weights) ? rival : best;
    }, evidence),
  );
}

function evidenceOf(
  words: QuestionWords,
  { question }: Candidates,
  passages: FoundPassage[],
  texts: ReadText[],
): RankEvidence[] {
  const lexical = texts.map((text) => lexicalEvidence(words, text));
  const stemsOfDocument = new Map<string, Set<string>>();
  for (const [index, { externalId }] of passages.entries()) {
    const known = stemsOfDocument.get(externalId) ?? new Set();
    stemsOfDocument.set(externalId, known.union(lexical[index]?.stems ?? new Set()));
  }
  const isLong = question.subQueries.length > 1;
  const range = cosineRange(question.generation.model);
  const best = Math.max(LEAST_BEST_SHARE, ...lexical.map(({ share }) => share));
  return passages.map(({ cosine, keywordShare, externalId }, index) => {
    const { sentence, pairs } = lexical[index] as LexicalEvidence;
    const document = covered(words.known, stemsOfDocument.get(externalId) ?? new Set());
    return {
      similarity: cosine / range + (isLong ? keywordShare : 0),
      sentence: sentence ** 2 / best,
      pairs: pairs / best,
      document: document / best,
    };
  });
}

function cosineRange(model: string): number {
  const { unrelatedCosine, matchingCosine } = embeddingModel(model);
  return matchingCosine - unrelatedCosine;
}

function scoreOf(evidence: RankEvidence, weights: RankWeights): number {
  const names = Object.keys(evidence) as (keyof RankEvidence)[];
  return names.reduce((sum, name) => sum + weights[name] * evidence[name], 0);
}
