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
  /** 0–1: how much of the evidence that the question allows for was found. */
  score: number;
  /** BM25 as a share of what the question could reach at best, 0–1. */
  keywordShare: number;
  /** 0–1; for a chunk that the vector leg did not return, the most that it can be. */
  cosine: number;
  keywords: LegRank | undefined;
  vectors: LegRank | undefined;
}

/** A word that occurs often saturates BM25 at idf · (k1 + 1); FTS5 fixes k1 at 1.2. */
const BM25_SATURATION = 2.2;

/**
 * Convex combination of the legs on scales that do not depend on what else was found: BM25 as a share of what this
 * question could reach at best, and the cosine itself. Unlike ranks or min–max scaling, a leg that found nothing good
 * then adds little, whatever its best match is (theoretical normalisation: Bruch, Gai, Ingber 2023, arXiv 2210.11934).
 * A chunk that the vector leg did not return is taken to be as near as the last one that it did: it is at most that.
 * @param keywordWeight share of the keyword leg in what is read at all; the order comes from rank.ts. Between .3 and .5 only SciFact
 *   tells a difference (docs/decisions/0042)
 * @param isLong the message has more words than any passage could hold: the best match is what can be reached
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

/** BM25 of a chunk that is full of every word of the question. */
function attainableScore({ chunkCounts, totalChunks, repeats }: KeywordResult): number {
  let sum = 0;
  for (const [word, chunks] of chunkCounts)
    sum += inverseFrequency(chunks, totalChunks) * (repeats.get(word) ?? 1);
  return Math.max(sum * BM25_SATURATION, Number.EPSILON);
}

function bestScore({ matches }: KeywordResult): number {
  return Math.max(matches[0]?.score ?? 0, Number.EPSILON);
}

/** The weight of a word: the rarer it is in the workspace, the larger. Robertson–Spärck Jones with +1, so never negative. */
export function inverseFrequency(chunks: number, totalChunks: number): number {
  return Math.log(1 + (totalChunks - chunks + 0.5) / (chunks + 0.5));
}
