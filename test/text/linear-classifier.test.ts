import { describe, expect, it } from "vitest";
import { probabilities } from "../../src/text/linear-classifier.ts";
import { ngramFeatures } from "../../src/text/ngram-features.ts";

const RULE = { bits: 16, hasGrammar: true };

function shared(one: string, other: string): number {
  const [left, right] = [one, other].map((text) => new Set(ngramFeatures(text, RULE)));
  return (left?.intersection(right ?? new Set()).size ?? 0) / Math.max(1, left?.size ?? 0);
}

describe("the features of a text", () => {
  it.each([
    ["case", "Talk to a HUMAN", "talk to a human"],
    ["accents", "reembólsame ya", "reembolsame ya"],
    ["full-width letters", "ｈｕｍａｎ", "human"],
    ["numbers", "order 12345", "order 7"],
    ["marks that say nothing", "talk to a human.", "talk to a human"],
  ])("are the same whatever the %s", (_, one, other) => {
    expect(shared(one, other)).toBe(1);
  });

  it("are near for an inflected or misspelt word, and far for another one", () => {
    expect(shared("weiterleiten", "weitergeleitet")).toBeGreaterThan(0.3);
    expect(shared("representative", "represenative")).toBeGreaterThan(0.3);
    expect(shared("representative", "subscription")).toBeLessThan(0.1);
  });

  it("are pieces of a sentence without spaces", () => {
    expect(shared("担当者と話したい", "担当者と話したいです")).toBeGreaterThan(0.5);
  });

  it("of a long text, or of a long word, are those of its beginning", () => {
    const started = performance.now();
    for (const text of [
      "word ".repeat(50_000),
      "a".repeat(100_000),
      "漢".repeat(100_000),
      "!".repeat(100_000),
    ])
      expect(ngramFeatures(text, RULE).length).toBeLessThan(2000);
    expect(performance.now() - started).toBeLessThan(2000);
    expect(ngramFeatures("", RULE).length).toBeGreaterThan(0);
  });
});

it("the probabilities of the labels follow the weights of the text's buckets", () => {
  const features = { bits: 4, hasGrammar: false };
  const on = new Set(ngramFeatures("refund", features));
  const weights = Array.from({ length: 16 }, (_, bucket) => (on.has(bucket) ? "o" : "h")).join("");
  const data = { features, step: 1, labels: { money: { bias: 0, weights } } };
  expect(probabilities<"money">(data, "refund").money).toBeGreaterThan(0.99);
  const none = { ...data, labels: { money: { bias: -2, weights: "h".repeat(16) } } };
  expect(probabilities<"money">(none, "refund").money).toBeCloseTo(1 / (1 + Math.exp(2)));
});
