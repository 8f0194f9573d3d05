import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  auroc,
  citesRelevant,
  containsAnswer,
  hitAt,
  judge,
  logLoss,
  mean,
  ndcgAt,
  percentile,
  rankDocuments,
  recallAt,
  reciprocalRankAt,
  share,
} from "../../eval/metrics.ts";

const LETTERS = Array.from("abcdefghijklmnop");

const gains = (given: Record<string, number>) => new Map(Object.entries(given));

describe("rankings", () => {
  it("a document ranks where its best passage ranks", () => {
    const passages = ["b", "a", "b", "c", "a"].map((external_id) => ({ external_id }));
    expect(rankDocuments(passages)).toEqual(["b", "a", "c"]);
  });

  it("hits, recall and reciprocal rank are as computed by hand", () => {
    const ranking = ["x", "a", "y", "b", "z"];
    const relevant = gains({ a: 1, b: 1, missing: 1, judged_irrelevant: 0 });
    expect(hitAt(ranking, relevant, 1)).toBe(0);
    expect(hitAt(ranking, relevant, 2)).toBe(1);
    expect(recallAt(ranking, relevant, 3)).toBeCloseTo(1 / 3);
    expect(recallAt(ranking, relevant, 5)).toBeCloseTo(2 / 3);
    expect(reciprocalRankAt(ranking, relevant, 10)).toBe(0.5);
    expect(reciprocalRankAt(ranking, relevant, 1)).toBe(0);
    expect(hitAt([], relevant, 3)).toBe(0);
  });

  it("nDCG discounts linear gains: 1·1 + 3/log2(3) + 2/2 against 3·1 + 2/log2(3) + 1/2", () => {
    const relevant = gains({ a: 1, b: 3, c: 2 });
    const found = 1 + 3 / Math.log2(3) + 1;
    const ideal = 3 + 2 / Math.log2(3) + 0.5;
    expect(ndcgAt(["a", "b", "c"], relevant, 10)).toBeCloseTo(found / ideal, 12);
  });

  it("nDCG cuts gain and ideal gain at the same depth", () => {
    const relevant = gains({ a: 1, b: 1, c: 1 });
    expect(ndcgAt(["a", "b", "x", "c"], relevant, 2)).toBe(1);
    expect(ndcgAt(["x", "y", "a"], relevant, 2)).toBe(0);
  });

  it("a ranking sorted by gain has an nDCG of 1, and no ranking has more", () => {
    const judged = fc.dictionary(fc.constantFrom(...LETTERS), fc.integer({ min: 1, max: 5 }), {
      minKeys: 1,
    });
    fc.assert(
      fc.property(judged, fc.shuffledSubarray(LETTERS), (given, ranking) => {
        const relevant = gains(given);
        const best = [...relevant].toSorted((a, b) => b[1] - a[1]).map(([id]) => id);
        expect(ndcgAt(best, relevant, 10)).toBeCloseTo(1, 12);
        expect(ndcgAt(ranking, relevant, 10)).toBeLessThanOrEqual(1 + 1e-12);
      }),
    );
  });
});

describe("AUROC", () => {
  it("AUROC is the share of pairs in the right order, with ties counting half", () => {
    expect(auroc([0.9, 0.8], [0.1, 0.2])).toBe(1);
    expect(auroc([0.1], [0.9])).toBe(0);
    expect(auroc([0.5, 0.5], [0.5])).toBe(0.5);
    // Pairs: .9>.4, .9>.8, .4=.4 (half), .4<.8.
    expect(auroc([0.9, 0.4], [0.4, 0.8])).toBe(2.5 / 4);
  });

  it("AUROC is null unless both classes occur", () => {
    expect(auroc([], [0.5])).toBeNull();
    expect(auroc([0.5], [])).toBeNull();
  });

  it("AUROC equals a count over every pair", () => {
    const scores = fc.array(fc.integer({ min: 0, max: 6 }), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(scores, scores, (positives, negatives) => {
        const pairs = positives.flatMap((p) =>
          negatives.map((n) => (p > n ? 1 : p === n ? 0.5 : 0)),
        );
        expect(auroc(positives, negatives)).toBeCloseTo(mean(pairs) ?? Number.NaN, 10);
      }),
    );
  });
});

it("means, shares, percentiles and log loss are as computed by hand", () => {
  expect(mean([1, 2, 6])).toBe(3);
  expect(mean([])).toBeNull();
  expect(share(1, 4)).toBe(0.25);
  expect(share(0, 0)).toBeNull();
  const values = [15, 20, 35, 40, 50];
  expect([5, 30, 40, 50, 100].map((p) => percentile(values, p))).toEqual([15, 20, 20, 35, 50]);
  expect(percentile([], 50)).toBeNull();
  expect(logLoss([0.5, 0.5], [1, 0])).toBeCloseTo(Math.LN2, 12);
  expect(logLoss([0.9, 0.2], [1, 0])).toBeCloseTo(-(Math.log(0.9) + Math.log(0.8)) / 2, 12);
  expect(logLoss([0], [1])).toBeLessThan(30);
});

describe("the expected answer", () => {
  it.each([
    ["It is 40 × 18 × 36 cm [1].", ["40 x 18 x 36 cm", "40 × 18 × 36 cm"], "any", true],
    ["Up to **5 members**,\n in addition", ["up to 5 members"], "any", true],
    ["It costs CA$329.", ["CA$329"], "any", true],
    ["It costs €329.", ["$329"], "any", false],
    ["A 140 cm shelf", ["40 cm"], "any", false],
    ["6.5 litres", ["65 litres"], "any", false],
    ["You don’t need to", ["don't need"], "any", true],
    ["Save 5 % today", ["5%"], "any", true],
    ["The cable [2] is 1.8 m", ["cable is 1.8 m"], "any", true],
    ["only the first", ["the first", "the second"], "any", true],
    ["only the first", ["the first", "the second"], "all", false],
    ["the second, the first", ["the first", "the second"], "all", true],
  ] as const)(
    "the text %j contains the expected parts %j (%s): %s",
    (text, parts, need, expected) => {
      expect(containsAnswer(text, parts, need)).toBe(expected);
    },
  );
});

describe("the judgement of a turn", () => {
  const cites = (...ids: string[]) => ids.map((external_id) => ({ external_id }));
  const relevant = gains({ a: 1 });

  it.each([
    ["answered", cites("a", "b"), true, "right"],
    ["answered", cites("b", "a"), true, "wrong"],
    ["answered", [], true, "wrong"],
    ["answered", cites("a"), false, "wrong"],
    ["abstained", [], true, "abstained"],
    ["handed_over", [], false, "abstained"],
    ["clarified", [], true, "abstained"],
    ["small_talk", [], true, "other"],
  ] as const)(
    "a turn with outcome %s and citations %j, answerable %s, is judged %s",
    (outcome, citations, answerable, verdict) => {
      expect(judge({ outcome, citations }, relevant, answerable)).toBe(verdict);
    },
  );

  it("a relevant document counts as cited when any citation of an answer names it", () => {
    expect(citesRelevant({ outcome: "answered", citations: cites("b", "a") }, relevant)).toBe(true);
    expect(citesRelevant({ outcome: "abstained", citations: cites("a") }, relevant)).toBe(false);
  });
});
