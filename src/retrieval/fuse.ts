import type { VectorMatch } from "../models/ports.ts";
import { chunkIdOf } from "../generations/generation.ts";
import type { KeywordResult } from "./keywords.ts";

export interface LegRank {
  /** 1 is best. */
  rank: number;
  /** The leg's own score: BM25, or cosine. */
  score: number;
}

export interface FusedMatch {
  chunkId: number;
  /** Weighted mean of `keywordShare` and `cosine`, 0–1. */
  score: number;
  /** BM25 as a share of the highest BM25 that this question can reach, 0–1. */
  keywordShare: number;
  /** 0–1. For a chunk that the vector leg did not return, an upper bound: the cosine of the leg's last match. */
  cosine: number;
  keywords: LegRank | undefined;
  vectors: LegRank | undefined;
}

/** The BM25 of one word approaches idf · (k1 + 1) as it occurs more often. FTS5 fixes k1 at 1.2. */
const BM25_SATURATION = 2.2;

/**
 * Convex combination of the two legs. Each leg's scale is independent of the other matches: BM25 as a share of the highest BM25 that this
 * question can reach, and the cosine as it is. A leg without a good match therefore adds little, unlike with ranks or min–max scaling
 * (theoretical normalisation: Bruch, Gai, Ingber 2023, arXiv 2210.11934).
 * @param keywordWeight weight of the keyword leg, 0–1. It decides which passages are read; rank.ts orders them. Between .3 and .5 only
 *   SciFact's results differ (docs/decisions/0042)
 * @param isLong the message has more words than a passage can hold, so the best match's BM25 is taken for the highest that it can reach
 */
export function fuse(
  keywords: KeywordResult,
  vectors: VectorMatch[],
  keywordWeight: number,
  isLong = false,
): FusedMatch[] {
  const attainable = isLong ? bestScore(keywords) : attainableScore(keywords);
  const fused = new Map<number, FusedMatch>();
  for (const [index, { id, score }] of vectors.entries()) {
    const chunkId = chunkIdOf(id);
    if (chunkId === undefined) continue;
    const vectorLeg = { rank: index + 1, score };
    fused.set(chunkId, {
      chunkId,
      score: 0,
      keywordShare: 0,
      cosine: 0,
      keywords: undefined,
      vectors: vectorLeg,
    });
  }
  for (const [index, { chunkId, score }] of keywords.matches.entries()) {
    const known = fused.get(chunkId);
    fused.set(chunkId, {
      chunkId,
      score: 0,
      keywordShare: Math.min(1, score / attainable),
      cosine: 0,
      keywords: { rank: index + 1, score },
      vectors: known?.vectors,
    });
  }
  const floor = vectors.at(-1)?.score ?? 0;
  for (const match of fused.values()) {
    match.cosine = Math.max(0, match.vectors?.score ?? floor);
    match.score = keywordWeight * match.keywordShare + (1 - keywordWeight) * match.cosine;
  }
  return [...fused.values()].toSorted((a, b) => b.score - a.score || a.chunkId - b.chunkId);
}

/** The limit of BM25 for a chunk that contains every word of the question very often. */
function attainableScore({ chunkCounts, totalChunks, repeats }: KeywordResult): number {
  let sum = 0;
  for (const [word, chunks] of chunkCounts)
    sum += inverseFrequency(chunks, totalChunks) * (repeats.get(word) ?? 1);
  return Math.max(sum * BM25_SATURATION, Number.EPSILON);
}

function bestScore({ matches }: KeywordResult): number {
  return Math.max(matches[0]?.score ?? 0, Number.EPSILON);
}

/** The weight of a word, which rises with its rarity among the chunks: Robertson–Spärck Jones with +1, so never negative. */
export function inverseFrequency(chunks: number, totalChunks: number): number {
  return Math.log(1 + (totalChunks - chunks + 0.5) / (chunks + 0.5));
}
