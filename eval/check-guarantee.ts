import { mulberry32, SEED, shuffle } from "./sample.ts";
import { rounded } from "./report-file.ts";
import { binomialCdf } from "./statistics/binomial.ts";
import { controlRisk, type RiskPromise } from "./statistics/risk-control.ts";
import { operatingPoint, type Outcome } from "./statistics/risk-coverage.ts";

export interface Checked {
  alpha: number;
  /** Share of the draws in which no threshold could be shown to keep the promise. */
  infeasible: number;
  /** Mean share of the test questions that are answered; an infeasible draw answers none. */
  coverage: number;
  /** Mean share of the test half's answers that are wrong, over the halvings that answer any. */
  test_risk: number | null;
  true_risk_exceeds: number;
  test_exceeds: number;
  test_exceeds_beyond_noise: number;
  /** The same two when what is promised is the share among the questions of the test half. */
  next_exceeds: number;
  next_coverage: number;
  holds: boolean;
}

/** Chance of an excess from noise alone beyond which it is not taken for noise. */
const NOISE = 0.05;
/** Chance that a guarantee that holds is reported as broken, since its check is a finite number of draws. */
const FALSE_ALARM = 0.01;

/**
 * What the theorem promises: over the draw of a calibration set from a population, the chosen threshold's risk *in that
 * population* exceeds alpha with probability delta at most. It is checked on a population whose risk is known at every
 * threshold: the questions at hand, drawn from with replacement, as many as half of them. What a test half shows besides is its own
 * luck, and opposite luck at that: what a calibration half has too few of, the test half has too many of. So the raw
 * share of halvings whose test half exceeds alpha may be larger than delta though the promise is kept; it is reported,
 * and beside it the share that the test half's own chance does not explain. Where the share among the next questions itself is
to be promised, `next` asks for more care, and the raw share of broken promises has to stay under delta.
 */
export function checkGuarantee(
  outcomes: readonly Outcome[],
  promise: RiskPromise,
  draws: number,
): Checked {
  const { alpha, delta } = promise;
  let infeasible = 0;
  let coverage = 0;
  let trueRiskExceeds = 0;
  let testExceeds = 0;
  let beyondNoise = 0;
  let nextExceeds = 0;
  let nextCoverage = 0;
  const testRisks: number[] = [];
  for (let draw = 0; draw < draws; draw++) {
    const seed = SEED + draw;
    const drawn = controlRisk(withReplacement(outcomes, seed), promise, seed);
    if (drawn && operatingPoint(outcomes, drawn.threshold).risk > alpha) trueRiskExceeds++;

    const mixed = shuffle(outcomes, seed);
    const half = Math.floor(mixed.length / 2);
    const tested = mixed.slice(half);
    const careful = { ...promise, next: tested.length };
    const forNext = controlRisk(mixed.slice(0, half), careful, seed);
    if (forNext) {
      const { risk, coverage: share } = operatingPoint(tested, forNext.threshold);
      nextCoverage += share;
      if (risk > alpha) nextExceeds++;
    }
    const chosen = controlRisk(mixed.slice(0, half), promise, seed);
    if (!chosen) {
      infeasible++;
      continue;
    }
    const test = operatingPoint(tested, chosen.threshold);
    coverage += test.coverage;
    if (test.answered > 0) testRisks.push(test.risk);
    if (test.risk > alpha) testExceeds++;
    const chance = 1 - binomialCdf(test.errors - 1, test.answered, alpha);
    if (test.risk > alpha && chance < NOISE) beyondNoise++;
  }
  const chanceOfSoMany = (count: number): number => 1 - binomialCdf(count - 1, draws, delta);
  return {
    alpha,
    infeasible: rounded(infeasible / draws),
    coverage: rounded(coverage / draws),
    test_risk:
      testRisks.length > 0
        ? rounded(testRisks.reduce((sum, risk) => sum + risk, 0) / testRisks.length)
        : null,
    true_risk_exceeds: rounded(trueRiskExceeds / draws),
    test_exceeds: rounded(testExceeds / draws),
    test_exceeds_beyond_noise: rounded(beyondNoise / draws),
    next_exceeds: rounded(nextExceeds / draws),
    next_coverage: rounded(nextCoverage / draws),
    holds: [trueRiskExceeds, nextExceeds].every((n) => chanceOfSoMany(n) >= FALSE_ALARM),
  };
}

function withReplacement(outcomes: readonly Outcome[], seed: number): Outcome[] {
  const random = mulberry32(seed);
  return Array.from(
    { length: Math.floor(outcomes.length / 2) },
    () => outcomes[Math.floor(random() * outcomes.length)] as Outcome,
  );
}
