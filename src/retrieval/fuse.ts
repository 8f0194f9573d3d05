import type { VectorMatch } from "../models/ports.ts";
import { chunkIdOf } from "../generations/generation.ts";
import { embeddingModel } from "../models/table.ts";
import type { Release } from "../releases/release.ts";
import { K1, type KeywordResult } from "./keywords.ts";

export interface LegRank {
  /** 1 is best. */
  rank: number;
  /** The leg's own score: BM25, or cosine. */
  score: number;
}

export interface FusedMatch {
  chunkId: number;
  /** Weighted mean of `keywordShare` and `cosine`, or the cosine to be expected where it is unknown, 0–1. */
  score: number;
  /** BM25 as a share of the highest BM25 that this question can reach, 0–1. */
  keywordShare: number;
  /** 0–1. Null if it is unknown, because the index does not show the chunk's vector yet, or the leg failed or was not asked. */
  cosine: number | null;
  keywords: LegRank | undefined;
  vectors: LegRank | undefined;
}

/** As a word occurs more often in a chunk, its BM25 approaches idf · (k1 + 1). */
const BM25_LIMIT = K1 + 1;

/**
 * Convex combination of the two legs. Each leg's scale is independent of the other matches: BM25 as a share of the highest BM25 that this
 * question can reach, and the cosine as it is. A leg without a good match therefore adds little, unlike with ranks or min–max scaling
 * (theoretical normalisation: Bruch, Gai, Ingber 2023, arXiv 2210.11934).
 * @param keywords its matches are visible to the reader, as are those of `vectors`: ranks count nothing else
 * @param vectors undefined if the leg failed or was not asked
 * @param cosines of the keyword leg's chunks, by chunk
 * @param fusion `keywords` is the weight of the keyword leg, 0–1. It decides which passages are read; rank.ts orders them. Between .3 and .5
 *   only SciFact's results differ (docs/decisions/0042)
 * @param model the embedding model
 * @param isLong the message has more words than a passage can hold, so the best match's BM25 is taken for the highest that it can reach
 */
export function fuse(
  keywords: KeywordResult,
  vectors: VectorMatch[] | undefined,
  cosines: ReadonlyMap<number, number>,
  fusion: Release["retrieval"]["fusion"],
  model: string,
  isLong = false,
): FusedMatch[] {
  const attainable = isLong ? (keywords.matches[0]?.score ?? 0) : attainableScore(keywords);
  const legs = new Map<number, Pick<FusedMatch, "cosine" | "keywords" | "vectors">>();
  for (const [index, { id, score }] of (vectors ?? []).entries()) {
    const chunkId = chunkIdOf(id);
    if (chunkId === undefined) continue;
    const found = { rank: index + 1, score };
    legs.set(chunkId, { cosine: Math.max(0, score), keywords: undefined, vectors: found });
  }
  for (const [index, { chunkId, score }] of keywords.matches.entries()) {
    const byVectors = legs.get(chunkId);
    const cosine = cosines.get(chunkId);
    legs.set(chunkId, {
      cosine: cosine === undefined ? (byVectors?.cosine ?? null) : Math.max(0, cosine),
      keywords: { rank: index + 1, score },
      vectors: byVectors?.vectors,
    });
  }
  const fused = Array.from(legs, ([chunkId, found]): FusedMatch => {
    const bm25 = found.keywords?.score ?? 0;
    const keywordShare = Math.min(1, bm25 / Math.max(attainable, Number.EPSILON));
    const cosine = found.cosine ?? expectedCosine(keywordShare, fusion, model);
    const score = fusion.keywords * keywordShare + (1 - fusion.keywords) * cosine;
    return { chunkId, score, keywordShare, ...found };
  });
  return fused.toSorted((a, b) => b.score - a.score || a.chunkId - b.chunkId);
}

/**
 * The cosine to be expected of a passage whose cosine is unknown, 0–1. A missing vector says nothing about the passage: counted as far in
 * meaning, a new document would lose to any older one (docs/decisions/0054).
 * @param share the passage's share of the question's words, 0–1
 */
export function expectedCosine(
  share: number,
  { expected }: Release["retrieval"]["fusion"],
  model: string,
): number {
  const { unrelatedCosine, matchingCosine } = embeddingModel(model);
  const nearness = expected.nearness + expected.perShare * share;
  return Math.min(1, unrelatedCosine + (matchingCosine - unrelatedCosine) * nearness);
}

/** The limit of BM25 for a chunk that contains every word of the question very often. */
function attainableScore({ chunkCounts, totalChunks, repeats }: KeywordResult): number {
  let sum = 0;
  for (const [word, chunks] of chunkCounts)
    sum += inverseFrequency(chunks, totalChunks) * (repeats.get(word) ?? 1);
  return sum * BM25_LIMIT;
}

/** The weight of a word, which rises with its rarity among the chunks: Robertson–Spärck Jones with +1, so never negative. */
export function inverseFrequency(chunks: number, totalChunks: number): number {
  return Math.log(1 + (totalChunks - chunks + 0.5) / (chunks + 0.5));
}
