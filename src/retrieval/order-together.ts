import type { FoundPassage } from "./candidates.ts";

/**
 * The passages of a question and its variants in one order. A passage's score is the weighted mean of its scores; where a variant did not
 * find it, that is 0. (A weighted sum of scores, CombSUM: Fox and Shaw 1994. Measured beside ranks and maxima in docs/decisions/0075.)
 * @param others the passages of each variant, in the order of `variants`
 */
export function orderTogether(
  own: FoundPassage[],
  others: FoundPassage[][],
  variants: { weight: number }[],
): FoundPassage[] {
  if (others.length === 0) return own;
  const total = variants.reduce((sum, { weight }) => sum + weight, 1);
  const scores = new Map<number, number>();
  const found = new Map<number, FoundPassage>();
  for (const [index, passages] of [own, ...others].entries()) {
    const weight = index === 0 ? 1 : (variants[index - 1]?.weight ?? 0);
    for (const passage of passages) {
      const { chunkId, score } = passage;
      scores.set(chunkId, (scores.get(chunkId) ?? 0) + (weight * score) / total);
      // What the question itself tells of a passage counts in the decision.
      if (!found.has(chunkId)) found.set(chunkId, passage);
    }
  }
  return Array.from(found, ([chunkId, passage]) => ({
    ...passage,
    score: scores.get(chunkId) ?? 0,
  })).toSorted((a, b) => b.score - a.score);
}
