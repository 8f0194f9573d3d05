import fc from "fast-check";
import { expect, it } from "vitest";
import { chooseClarifyFrom, chooseThreshold } from "../../../eval/cross-validation.ts";
import type { Case } from "../../../eval/decision-cases.ts";

function caseOf(answerable: boolean, offered = answerable): Case {
  return {
    id: "q",
    features: [],
    label: answerable ? 1 : 0,
    answerable,
    confidence: 0,
    offered,
    canAnswer: answerable,
    wrong: !answerable,
  };
}

it("the threshold abstains from one unanswerable question more than the wanted share, so that it holds for new ones", () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 1, max: 998 }), { minLength: 20, maxLength: 80 }),
      (thousandths) => {
        const confidences = thousandths.map((value) => value / 1000);
        const cases = confidences.map(() => caseOf(false));
        const threshold = chooseThreshold(cases, confidences);
        const silent = (at: number): number => confidences.filter((one) => one < at).length;
        const wanted = Math.ceil((cases.length + 1) * 0.85);
        expect(silent(threshold)).toBeGreaterThanOrEqual(wanted);
        expect(silent(threshold - 0.001)).toBeLessThan(wanted);
      },
    ),
  );
});

it("the threshold answers nothing when the set has no unanswerable question", () => {
  expect(chooseThreshold([caseOf(true), caseOf(true)], [0.9, 0.8])).toBe(1);
});

it("clarifying begins at the lowest confidence from which at least half of the right articles are offered", () => {
  // By falling confidence from .5: twenty questions whose article is offered, then sixty of which one in six is.
  const confidences = Array.from({ length: 80 }, (_, index) => 0.499 - index / 1000);
  const cases = confidences.map((_, index) => caseOf(true, index < 20 || index % 6 === 0));
  const from = chooseClarifyFrom(cases, confidences, 0.5);
  const asked = cases.filter((_, index) => (confidences[index] ?? 0) >= from);
  expect(asked.filter(({ offered }) => offered).length).toBeGreaterThanOrEqual(asked.length / 2);
  expect(asked.length).toBeGreaterThan(30);
  expect(asked.length).toBeLessThan(cases.length);

  const none = cases.map(() => caseOf(true, false));
  expect(chooseClarifyFrom(none, confidences, 0.5)).toBe(0.5);
});
