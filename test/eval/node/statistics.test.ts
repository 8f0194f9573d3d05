import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { auroc } from "../../../eval/metrics.ts";
import { mulberry32 } from "../../../eval/sample.ts";
import {
  binomialCdf,
  hypergeometricCdf,
  incompleteBeta,
  upperBound,
} from "../../../eval/statistics/binomial.ts";
import { aurocOf, bootstrap, holm, meanOf } from "../../../eval/statistics/bootstrap.ts";
import { brier, calibrationError, reliabilityBins } from "../../../eval/statistics/calibration.ts";
import { controlRisk } from "../../../eval/statistics/risk-control.ts";
import {
  areaUnderRisk,
  operatingPoint,
  riskCoverageCurve,
  type Outcome,
} from "../../../eval/statistics/risk-coverage.ts";

describe("binomial", () => {
  it("the binomial distribution function equals the sum of its terms", () => {
    expect(binomialCdf(3, 10, 0.5)).toBeCloseTo(176 / 1024, 12);
    expect(binomialCdf(0, 20, 0.1)).toBeCloseTo(0.9 ** 20, 12);
    expect(binomialCdf(5, 5, 0.9)).toBe(1);
    expect(binomialCdf(-1, 5, 0.9)).toBe(0);
    expect(binomialCdf(0, 5, 1)).toBe(0);
  });

  it("the binomial distribution function equals the sum of its terms for any numbers", () => {
    const numbers = fc.tuple(
      fc.integer({ min: 1, max: 40 }),
      fc.nat(40),
      fc.integer({ min: 1, max: 99 }),
    );
    fc.assert(
      fc.property(numbers, ([n, some, percent]) => {
        const [k, p] = [Math.min(some, n), percent / 100];
        let term = (1 - p) ** n;
        let sum = term;
        for (let i = 1; i <= k; i++) {
          term *= ((n - i + 1) / i) * (p / (1 - p));
          sum += term;
        }
        expect(binomialCdf(k, n, p)).toBeCloseTo(Math.min(1, sum), 9);
      }),
    );
  });

  it("the incomplete beta function is right where it has a simple form", () => {
    expect(incompleteBeta(0.3, 1, 1)).toBeCloseTo(0.3, 12);
    expect(incompleteBeta(0.5, 4, 4)).toBeCloseTo(0.5, 12);
    expect(incompleteBeta(0.2, 1, 5)).toBeCloseTo(1 - 0.8 ** 5, 12);
  });

  // Two-sided 95 % intervals as R's binom.test prints them; each end is a one-sided bound at 2.5 %.
  it.each([
    [0, 10, 0.3085],
    [1, 10, 0.445],
    [5, 100, 0.1128],
    [50, 100, 0.6017],
  ])("the upper bound for %i errors in %i is that of Clopper and Pearson", (errors, n, bound) => {
    expect(upperBound(errors, n, 0.025)).toBeCloseTo(bound, 4);
  });

  it("the upper bound is 1 without observations or with errors only, and has a closed form without errors", () => {
    expect(upperBound(0, 0, 0.1)).toBe(1);
    expect(upperBound(7, 7, 0.1)).toBe(1);
    expect(upperBound(0, 22, 0.1)).toBeCloseTo(1 - 0.1 ** (1 / 22), 9);
  });

  it("the hypergeometric distribution draws without replacement", () => {
    // 5 of 50 marked, 10 drawn: 0.3106 for none and 0.4313 for one.
    expect(hypergeometricCdf(0, 50, 5, 10)).toBeCloseTo(0.3106, 4);
    expect(hypergeometricCdf(1, 50, 5, 10)).toBeCloseTo(0.7419, 4);
    expect(hypergeometricCdf(5, 50, 5, 10)).toBeCloseTo(1, 12);
    expect(hypergeometricCdf(0, 10, 8, 5)).toBe(0);
  });
});

describe("bootstrap", () => {
  const values = Array.from({ length: 400 }, (_, i) => (i % 10) / 10);

  it("the bootstrap interval of a mean agrees with the normal interval", () => {
    const estimate = bootstrap(400, meanOf(values), 0.05);
    const deviation = Math.sqrt(values.reduce((sum, v) => sum + (v - 0.45) ** 2, 0) / 400 / 400);
    expect(estimate?.value).toBeCloseTo(0.45, 12);
    expect(estimate?.low).toBeCloseTo(0.45 - 1.96 * deviation, 2);
    expect(estimate?.high).toBeCloseTo(0.45 + 1.96 * deviation, 2);
  });

  it("the bootstrap gives the same interval for the same seed, and another for another seed", () => {
    const once = bootstrap(400, meanOf(values), 0.05, 200);
    expect(bootstrap(400, meanOf(values), 0.05, 200)).toEqual(once);
    expect(bootstrap(400, meanOf(values), 0.05, 200, 1)).not.toEqual(once);
  });

  it("the bootstrap finds no difference between equal values, and a certain one when every value differs", () => {
    const none = bootstrap(50, meanOf(Array.from({ length: 50 }, () => 0)), 0.05, 500);
    expect(none).toEqual({ value: 0, low: 0, high: 0, p: 1 });
    const each = bootstrap(50, meanOf(Array.from({ length: 50 }, () => 0.1)), 0.05, 500);
    expect(each?.p).toBeCloseTo(2 / 501, 12);
  });

  it("the bootstrap of an undefined statistic is null", () => {
    expect(bootstrap(0, meanOf([]), 0.05)).toBeNull();
    expect(bootstrap(2, aurocOf([0.1, 0.2], [true, true]), 0.05)).toBeNull();
  });

  it("a resampled AUROC weighs each question by how often it was drawn", () => {
    const question = fc.record({
      score: fc.integer({ min: 0, max: 5 }),
      label: fc.boolean(),
      count: fc.nat(3),
    });
    fc.assert(
      fc.property(fc.array(question, { minLength: 1, maxLength: 25 }), (questions) => {
        const repeated = questions.flatMap((one) => Array.from({ length: one.count }, () => one));
        const scores = (label: boolean): number[] =>
          repeated.filter((one) => one.label === label).map((one) => one.score);
        const weighted = aurocOf(
          questions.map((one) => one.score),
          questions.map((one) => one.label),
        )(Uint32Array.from(questions, (one) => one.count));
        const expected = auroc(scores(true), scores(false));
        if (expected === null) expect(weighted).toBeNull();
        else expect(weighted).toBeCloseTo(expected, 10);
      }),
    );
  });

  it("Holm's procedure rejects step by step", () => {
    expect(holm([0.01, 0.04, 0.03, 0.005], 0.05)).toEqual([true, false, false, true]);
    expect(holm([0.06, 0.9], 0.05)).toEqual([false, false]);
    expect(holm([], 0.05)).toEqual([]);
  });
});

describe("calibration", () => {
  const forecasts = [
    { probability: 0.95, came: true },
    { probability: 0.95, came: false },
    { probability: 0.15, came: false },
    { probability: 1, came: true },
  ];

  it("the Brier score and the calibration error are as computed by hand", () => {
    expect(brier(forecasts)).toBeCloseTo((0.0025 + 0.9025 + 0.0225 + 0) / 4, 12);
    // Bin .9–1 holds three forecasts of mean .9667, of which 2/3 came true; bin .1–.2 holds one of .15 that did not.
    expect(calibrationError(forecasts)).toBeCloseTo((3 / 4) * 0.3 + (1 / 4) * 0.15, 12);
    expect(reliabilityBins(forecasts).map(({ n }) => n)).toEqual([0, 1, 0, 0, 0, 0, 0, 0, 0, 3]);
  });

  it("the Brier score and the calibration error of no forecasts are null", () => {
    expect(brier([])).toBeNull();
    expect(calibrationError([])).toBeNull();
  });
});

describe("risk and coverage", () => {
  const outcome = (confidence: number, wrong: boolean, canAnswer = true): Outcome => ({
    confidence,
    wrong,
    canAnswer,
  });
  const outcomes = [
    outcome(0.9, false),
    outcome(0.8, true),
    outcome(0.8, false),
    outcome(0.5, true),
    outcome(0.99, true, false),
  ];

  it("operating point, risk-coverage curve and area are as computed by hand", () => {
    expect(operatingPoint(outcomes, 0.8)).toEqual({
      threshold: 0.8,
      answered: 3,
      errors: 1,
      coverage: 3 / 5,
      risk: 1 / 3,
    });
    expect(operatingPoint(outcomes, 0.95)).toMatchObject({ answered: 0, risk: 0 });
    const curve = riskCoverageCurve(outcomes);
    expect(curve.map(({ coverage, risk }) => [coverage, risk])).toEqual([
      [1 / 5, 0],
      [3 / 5, 1 / 3],
      [4 / 5, 1 / 2],
    ]);
    expect(areaUnderRisk(curve)).toBeCloseTo(((2 / 5) * (1 / 3) + (1 / 5) * (1 / 2)) / (4 / 5), 12);
    expect(areaUnderRisk([])).toBeNull();
  });
});

describe("risk control", () => {
  /** Confidences are uniform; an answer is wrong with probability (1 − confidence) · steepness. */
  const draw = (n: number, steepness: number, seed: number): Outcome[] => {
    const random = mulberry32(seed);
    return Array.from({ length: n }, () => {
      const confidence = random();
      return { confidence, canAnswer: true, wrong: random() < (1 - confidence) * steepness };
    });
  };
  const trueRisk = (threshold: number, steepness: number): number =>
    (steepness * (1 - threshold)) / 2;

  it("risk control answers everything when no answer is wrong", () => {
    const chosen = controlRisk(draw(400, 0, 1), { alpha: 0.05, delta: 0.1 });
    expect(chosen?.threshold).toBe(0);
    expect(chosen?.bound).toBeLessThan(0.05);
  });

  it.each([
    ["nothing was asked", []],
    ["too few were asked to show anything", draw(20, 0, 1)],
    ["everything is wrong", draw(400, 0, 1).map((one) => ({ ...one, wrong: true }))],
    [
      "there is nothing to answer with",
      draw(400, 0, 1).map((one) => ({ ...one, canAnswer: false })),
    ],
  ])("risk control chooses no threshold when %s", (_, outcomes) => {
    expect(controlRisk(outcomes, { alpha: 0.1, delta: 0.1 })).toBeNull();
  });

  it("risk control's bound is at most alpha, and is computed without the pilot questions", () => {
    const promise = { alpha: 0.2, delta: 0.05 };
    const chosen = controlRisk(draw(1000, 0.6, 3), promise);
    expect(chosen?.bound).toBeLessThanOrEqual(promise.alpha);
    expect(chosen?.tested.questions).toBe(800);
    expect(chosen?.bound).toBe(
      upperBound(chosen?.tested.errors ?? 0, chosen?.tested.answered ?? 0, promise.delta),
    );
  });

  it("where the true risk is known, risk control exceeds alpha no more often than delta", () => {
    const promise = { alpha: 0.2, delta: 0.1 };
    let broken = 0;
    let answering = 0;
    for (let seed = 0; seed < 200; seed++) {
      const chosen = controlRisk(draw(600, 0.6, seed), promise, seed);
      if (!chosen) continue;
      answering++;
      if (trueRisk(chosen.threshold, 0.6) > promise.alpha) broken++;
    }
    // A method that keeps to delta stays below this number in 99 % of all runs.
    expect(binomialCdf(broken - 1, 200, promise.delta)).toBeLessThan(0.99);
    // A method that never answers would keep every promise, so the test requires answers.
    expect(answering).toBeGreaterThan(150);
  });

  it("risk control chooses a higher threshold when the share among the next questions is promised", () => {
    const outcomes = draw(1000, 0.6, 5);
    const rate = controlRisk(outcomes, { alpha: 0.2, delta: 0.1 });
    const next = controlRisk(outcomes, { alpha: 0.2, delta: 0.1, next: 500 });
    expect(next?.threshold).toBeGreaterThan(rate?.threshold ?? 1);
  });
});
