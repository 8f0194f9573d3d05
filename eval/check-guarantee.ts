import { mulberry32, SEED, shuffle } from "./sample.ts";
import { rounded } from "./report-file.ts";
import { binomialCdf } from "./statistics/binomial.ts";
import { controlRisk, type RiskGuarantee } from "./statistics/risk-control.ts";
import { operatingPoint, type Outcome } from "./statistics/risk-coverage.ts";

export interface Checked {
  alpha: number;
  /** Share of the draws in which no threshold could be shown to keep the guarantee. */
  infeasible: number;
  /** Mean share of the test questions that are answered; an infeasible draw answers none. */
  coverage: number;
  /** Mean share of the test half's answers that are wrong, over the halvings that answer any. */
  test_risk: number | null;
  true_risk_exceeds: number;
  test_exceeds: number;
  test_exceeds_beyond_noise: number;
  /** The same two when the guarantee is for the share among the questions of the test half. */
  next_exceeds: number;
  next_coverage: number;
  holds: boolean;
}

/** An excess counts as noise if chance alone produces it with at least this probability. */
const NOISE = 0.05;
/** The chance that a guarantee that holds is reported as broken, because the check has a finite number of draws. */
const FALSE_ALARM = 0.01;

/**
 * Checks the theorem: over the draw of a calibration set from a population, the chosen threshold's risk *in that population*
 * exceeds alpha with a probability of at most delta. The population's risk has to be known at every threshold, so it is the given
 * questions, of which half as many are drawn with replacement.
 *
 * The halvings show something else, too: what a calibration half has too few of, its test half has too many of. So the raw share
 * of halvings whose test half exceeds alpha may be larger than delta although the guarantee holds. It is reported, and beside it
 * the share that chance variation of the test half does not explain. With `next` the guarantee is for the share among the next
 * questions; then the raw share of violations has to stay below delta.
 */
export function checkGuarantee(
  outcomes: readonly Outcome[],
  wanted: RiskGuarantee,
  draws: number,
): Checked {
  const { alpha, delta } = wanted;
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
    const drawn = controlRisk(withReplacement(outcomes, seed), wanted, seed);
    if (drawn && operatingPoint(outcomes, drawn.threshold).risk > alpha) trueRiskExceeds++;

    const mixed = shuffle(outcomes, seed);
    const half = Math.floor(mixed.length / 2);
    const tested = mixed.slice(half);
    const careful = { ...wanted, next: tested.length };
    const forNext = controlRisk(mixed.slice(0, half), careful, seed);
    if (forNext) {
      const { risk, coverage: share } = operatingPoint(tested, forNext.threshold);
      nextCoverage += share;
      if (risk > alpha) nextExceeds++;
    }
    const chosen = controlRisk(mixed.slice(0, half), wanted, seed);
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
