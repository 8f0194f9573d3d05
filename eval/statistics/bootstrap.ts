import { mulberry32, SEED } from "../sample.ts";

export interface Estimate {
  value: number;
  low: number;
  high: number;
  /** The two-sided p-value of the hypothesis that the value is 0. */
  p: number;
}

export const RESAMPLES = 5000;

/**
 * A statistic of n questions with its percentile bootstrap interval at confidence 1 − `alpha` (Efron, Tibshirani 1993,
 * An Introduction to the Bootstrap, ch. 13), and the matching p-value of the hypothesis that it is 0 (ibid., ch. 16: twice the
 * smaller share of resamples on either side of 0, counted so that it is never 0).
 *
 * For a comparison the statistic is a difference between two systems on the same questions: resampling questions keeps
 * each question's two results together, so that the difficulty of a question cancels out (paired bootstrap; for retrieval
 * Sakai 2006, "Evaluating evaluation metrics based on the bootstrap"). Seeded: the same input gives the same interval.
 * @param statistic of the questions with these multiplicities, which sum to n; null when it is not defined for them
 */
export function bootstrap(
  n: number,
  statistic: (counts: Uint32Array) => number | null,
  alpha: number,
  resamples = RESAMPLES,
  seed = SEED,
): Estimate | null {
  const value = n > 0 ? statistic(new Uint32Array(n).fill(1)) : null;
  if (value === null) return null;
  const random = mulberry32(seed);
  const drawn: number[] = [];
  for (let round = 0; round < resamples; round++) {
    const counts = new Uint32Array(n);
    for (let draw = 0; draw < n; draw++) {
      const at = Math.floor(random() * n);
      counts[at] = (counts[at] ?? 0) + 1;
    }
    const one = statistic(counts);
    if (one !== null) drawn.push(one);
  }
  drawn.sort((a, b) => a - b);
  return { value, ...interval(drawn, alpha), p: pValue(drawn) };
}

function interval(sorted: number[], alpha: number): { low: number; high: number } {
  const at = (share: number): number =>
    sorted[Math.min(sorted.length - 1, Math.max(0, Math.round(share * (sorted.length - 1))))] ??
    Number.NaN;
  return { low: at(alpha / 2), high: at(1 - alpha / 2) };
}

function pValue(drawn: number[]): number {
  const notAbove = drawn.filter((value) => value <= 0).length;
  const notBelow = drawn.filter((value) => value >= 0).length;
  return Math.min(1, (2 * (Math.min(notAbove, notBelow) + 1)) / (drawn.length + 1));
}

/** The mean of one value per question. */
export function meanOf(values: readonly number[]): (counts: Uint32Array) => number | null {
  return (counts) => {
    let total = 0;
    let size = 0;
    for (const [i, value] of values.entries()) {
      total += (counts[i] ?? 0) * value;
      size += counts[i] ?? 0;
    }
    return size > 0 ? total / size : null;
  };
}

/** The area under the ROC curve of scores against labels, ties counting half. Sorts once: a resample costs one pass. */
export function aurocOf(
  scores: readonly number[],
  labels: readonly boolean[],
): (counts: Uint32Array) => number | null {
  const order = scores
    .map((score, index) => ({ score, index, positive: labels[index] === true }))
    .toSorted((a, b) => a.score - b.score);
  return (counts) => {
    let positives = 0;
    let negatives = 0;
    let wins = 0;
    for (let start = 0; start < order.length;) {
      const { score } = order[start] as (typeof order)[number];
      let tiedPositives = 0;
      let tiedNegatives = 0;
      for (; order[start]?.score === score; start++) {
        const { index, positive } = order[start] as (typeof order)[number];
        if (positive) tiedPositives += counts[index] ?? 0;
        else tiedNegatives += counts[index] ?? 0;
      }
      wins += tiedPositives * (negatives + tiedNegatives / 2);
      positives += tiedPositives;
      negatives += tiedNegatives;
    }
    return positives > 0 && negatives > 0 ? wins / (positives * negatives) : null;
  };
}

/**
 * Which of several p-values are significant if the chance of even one false alarm among them must stay below `alpha`
 * (Holm 1979, "A simple sequentially rejective multiple test procedure").
 */
export function holm(pValues: readonly number[], alpha: number): boolean[] {
  const order = pValues.map((p, index) => ({ p, index })).toSorted((a, b) => a.p - b.p);
  const significant = pValues.map(() => false);
  for (const [rank, { p, index }] of order.entries()) {
    if (p > alpha / (pValues.length - rank)) break;
    significant[index] = true;
  }
  return significant;
}
