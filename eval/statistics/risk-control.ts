import { fit, predict, type Example } from "../logistic.ts";
import { SEED, shuffle } from "../sample.ts";
import { binomialCdf, upperBound } from "./binomial.ts";
import { operatingPoints, type OperatingPoint, type Outcome } from "./risk-coverage.ts";

export interface RiskPromise {
  /** The share of answers that may be wrong. */
  alpha: number;
  /** The chance, over which questions happen to be in the calibration set, that the promise is broken. */
  delta: number;
}

export interface ControlledThreshold {
  threshold: number;
  /** What was observed on the questions that it was tested on. */
  tested: OperatingPoint & { questions: number };
  /** Upper confidence bound, at 1 − delta, on the true share of wrong answers. At most alpha. */
  bound: number;
}

/** Thresholds in the order of the tests: from answering almost nothing to answering everything. Fixed before any data is seen. */
const GRID = Array.from({ length: 1000 }, (_, index) => (999 - index) / 1000);

/** Share of the questions that only say where to begin. */
const PILOT_SHARE = 0.2;
const PILOT_L2 = 0.1;

/**
 * The lowest threshold at which the share of wrong answers among those given stays under `alpha`, with probability
 * 1 − `delta` over the draw of the calibration questions; null when none can be shown to. Then only silence keeps the
 * promise.
 *
 * Learn then test (Angelopoulos et al. 2021, arXiv 2110.01052, with "split fixed sequence testing"). For one threshold,
 * fixed before the data is seen, the wrong ones among the n questions that it answers are Binomial(n, R), R being the true
 * share: the risk is a ratio, and conditional on n it is an ordinary rate. (Conformal risk control, arXiv 2208.02814,
 * bounds an expectation of a loss that falls with the threshold; a share of a varying number of answers need not fall.)
 * So P(Binomial(n, alpha) ≤ errors) is a p-value of "R > alpha", and it is at most `delta` exactly where Clopper and
 * Pearson's bound is at most `alpha`. Thresholds are tested from a conservative one down, each at `delta`, up to the first
 * that fails: a false one passes only if the first false one does, so the chance of any is `delta`, however many are tested.
 * Where to begin decides how much can be shown, not whether it is true; a seeded quarter of the questions, which takes no
 * part in the tests, says it.
 */
export function controlRisk(
  outcomes: readonly Outcome[],
  promise: RiskPromise,
  seed = SEED,
): ControlledThreshold | null {
  const mixed = shuffle(outcomes, seed);
  const pilot = mixed.slice(0, Math.floor(mixed.length * PILOT_SHARE));
  const tests = mixed.slice(pilot.length);
  const order = GRID.slice(GRID.indexOf(whereToBegin(pilot, tests.length, promise)));
  let chosen: OperatingPoint | undefined;
  for (const point of operatingPoints(tests, order)) {
    if (point.answered === 0 || pValueOf(point, promise) > promise.delta) break;
    chosen = point;
  }
  if (!chosen) return null;
  return {
    threshold: chosen.threshold,
    tested: { ...chosen, questions: tests.length },
    bound: upperBound(chosen.errors, chosen.answered, promise.delta),
  };
}

function pValueOf({ errors, answered }: OperatingPoint, { alpha }: RiskPromise): number {
  return binomialCdf(errors, answered, alpha);
}

/**
 * The threshold that would be easiest to show if the tests turned out as the pilot leads to expect; of equals, the most
 * careful. A regression of "wrong" on the confidence smooths what a few pilot questions can tell.
 */
function whereToBegin(pilot: readonly Outcome[], tests: number, { alpha }: RiskPromise): number {
  const examples = pilot
    .filter((one) => one.canAnswer)
    .map(({ confidence, wrong }): Example => ({ features: [confidence], label: wrong ? 1 : 0 }));
  const [careful = 1] = GRID;
  if (examples.length === 0) return careful;
  const model = fit(examples, [-1], PILOT_L2);
  const sorted = examples
    .map(({ features }) => ({ confidence: features[0] ?? 0, risk: predict(model, features) }))
    .toSorted((a, b) => b.confidence - a.confidence);
  const scale = tests / pilot.length;
  let best = { threshold: careful, p: 1 };
  let answered = 0;
  let errors = 0;
  for (const threshold of GRID) {
    for (
      let next = sorted[answered];
      next && next.confidence >= threshold;
      next = sorted[answered]
    ) {
      answered++;
      errors += next.risk;
    }
    const expected = Math.round(answered * scale);
    const p = expected === 0 ? 1 : binomialCdf(Math.ceil(errors * scale), expected, alpha);
    if (p < best.p) best = { threshold, p };
  }
  return best.threshold;
}
