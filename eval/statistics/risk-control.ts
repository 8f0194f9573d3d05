import { SEED, shuffle } from "../sample.ts";
import { binomialCdf, hypergeometricCdf, upperBound } from "./binomial.ts";
import { operatingPoints, type OperatingPoint, type Outcome } from "./risk-coverage.ts";

export interface RiskGuarantee {
  /** The share of answers that may be wrong. */
  alpha: number;
  /** The probability, over the draw of the calibration set, that the guarantee is violated. */
  delta: number;
  /** Guarantee the share observed among this many next questions instead of the true share. This needs a higher threshold. */
  next?: number;
}

export interface ControlledThreshold {
  threshold: number;
  /** The observations on the tested questions. */
  tested: OperatingPoint & { questions: number };
  /** Upper confidence bound, at 1 − delta, on the true share of wrong answers. At most alpha. */
  bound: number;
}

/** Thresholds in the order of the tests, from answering almost nothing to answering everything. Fixed before any data is seen. */
const GRID = Array.from({ length: 1000 }, (_, index) => (999 - index) / 1000);

/** Share of the questions that serve only to choose where the tests begin (the pilot). */
const PILOT_SHARE = 0.2;

/**
 * The lowest threshold at which the share of wrong answers among those given stays under `alpha`, with probability
 * 1 − `delta` over the draw of the calibration questions; null if this can be shown for none. Then only abstaining from
 * everything keeps the guarantee.
 *
 * Learn then test (Angelopoulos et al. 2021, arXiv 2110.01052, with "split fixed sequence testing"). For one threshold,
 * fixed before the data is seen, the wrong ones among the n questions that it answers are Binomial(n, R), R being the true
 * share: the risk is a ratio, and conditional on n it is an ordinary rate. (Conformal risk control, arXiv 2208.02814,
 * bounds an expectation of a loss that falls with the threshold; a share of a varying number of answers need not fall.)
 * So P(Binomial(n, alpha) ≤ errors) is a p-value of "R > alpha", and it is at most `delta` exactly where Clopper and
 * Pearson's bound is at most `alpha`. Thresholds are tested from a conservative one down, each at `delta`, up to the first
 * that fails: a false one passes only if the first false one does, so the chance of any is `delta`, however many are tested.
 * The first threshold affects how much can be shown, not whether it is valid. It is chosen on a seeded fifth of the questions,
 * which takes no part in the tests.
 */
export function controlRisk(
  outcomes: readonly Outcome[],
  wanted: RiskGuarantee,
  seed = SEED,
): ControlledThreshold | null {
  const mixed = shuffle(outcomes, seed);
  const pilot = mixed.slice(0, Math.floor(mixed.length * PILOT_SHARE));
  const tests = mixed.slice(pilot.length);
  const order = GRID.slice(GRID.indexOf(whereToBegin(pilot, tests.length, wanted)));
  let chosen: OperatingPoint | undefined;
  for (const point of operatingPoints(tests, order)) {
    if (point.answered === 0 || pValueOf(point, tests.length, wanted) > wanted.delta) break;
    chosen = point;
  }
  if (!chosen) return null;
  return {
    threshold: chosen.threshold,
    tested: { ...chosen, questions: tests.length },
    bound: upperBound(chosen.errors, chosen.answered, wanted.delta),
  };
}

/**
 * P-value of "the true share is above alpha", or of "among the next questions the share will be above alpha".
 *
 * The latter: of the n answers tested and the n′ expected among the next questions, all equally likely to be the wrong ones,
 * given how many are wrong in both together. A violation needs more than alpha · n′ of them among the n′; the p-value is the
 * chance of then seeing so few among the n (hypergeometric, for the least number that violates the guarantee; more are less
 * likely still). For one threshold that is exact but for n′; over the sequence it is not proven, and checked by
 * `npm run eval:guarantee`.
 */
function pValueOf(point: OperatingPoint, questions: number, wanted: RiskGuarantee): number {
  const { errors, answered } = point;
  const { alpha, next } = wanted;
  if (next === undefined) return binomialCdf(errors, answered, alpha);
  const expected = Math.max(1, Math.round((answered * next) / questions));
  const breaking = Math.floor(alpha * expected + 1e-9) + 1;
  if (breaking > expected) return 1;
  return hypergeometricCdf(errors, answered + expected, errors + breaking, answered);
}

/** The threshold with the smallest p-value on the pilot questions; among equals, the highest. */
function whereToBegin(pilot: readonly Outcome[], tests: number, { alpha }: RiskGuarantee): number {
  let best = { threshold: GRID[0] ?? 1, p: 1 };
  for (const { threshold, answered, errors } of operatingPoints(pilot, GRID)) {
    const expected = Math.round((answered * tests) / Math.max(1, pilot.length));
    if (expected === 0) continue;
    // Half an error is added, because a few answers without an error prove little.
    const rate = (errors + 0.5) / (answered + 1);
    const p = binomialCdf(Math.ceil(rate * expected), expected, alpha);
    if (p < best.p) best = { threshold, p };
  }
  return best.threshold;
}
