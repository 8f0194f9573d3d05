import { expect, it } from "vitest";
import { PromiseFilter } from "../../src/guards/promise-filter.ts";

const SOURCE =
  "Refunds are sent to your card within 5 days. We will call you before we deliver the Wall. Questions? Write to us.";

/** What is shown of an answer that arrives in pieces of some characters. */
function shown(answer: string, size: number, isNoted = false): string {
  const filter = new PromiseFilter(() => [SOURCE], isNoted);
  let text = "";
  for (let at = 0; at < answer.length; at += size) text += filter.push(answer.slice(at, at + size));
  return text + filter.end();
}

it.each([1, 7, 1000])(
  "a promise is removed with its citation, in pieces of %i characters",
  (size) => {
    const cases: [string, string][] = [
      [
        "Open My orders. I've cancelled it for you [1]. Press Edit [2].",
        "Open My orders. Press Edit [2].",
      ],
      ["I have forwarded your request. [1] Open My orders [2].", "Open My orders [2]."],
      [
        "1. Open My orders.\n2. I have sent you a link.\n3. Press Edit.",
        "1. Open My orders.\n\n3. Press Edit.",
      ],
      ["Ihre Bestellung wurde storniert.", ""],
      ["ポンプは3年保証です。[1]担当者に転送しました。", "ポンプは3年保証です。[1]"],
      ["See e.g. help.example.com/a.b for more", "See e.g. help.example.com/a.b for more"],
    ];
    for (const [answer, left] of cases) expect(shown(answer, size)).toBe(left);
  },
);

it("what a source says stays, and what turns its rule into an event does not", () => {
  for (const rule of [
    "Refunds are sent to your card within 5 days [1].",
    "We will call you before we deliver the Wall [1].",
  ])
    expect(shown(rule, 5)).toBe(rule);
  expect(shown("Your refund was sent to your card [1].", 5)).toBe("");
});

it("a recorded wish for a person may be called noted, and nothing else may", () => {
  const noted = "Your wish to talk to a person has been recorded.";
  expect(shown(noted, 9)).toBe("");
  expect(shown(noted, 9, true)).toBe(noted);
  expect(shown("A colleague will call you.", 9, true)).toBe("");
  expect(shown("I have noted this, and a colleague will call you tomorrow.", 9, true)).toBe("");
  expect(shown("Please note that I have cancelled your order.", 9, true)).toBe("");
});

it("a sentence without end is checked, too, and takes linear time", () => {
  const started = performance.now();
  expect(shown(`${"very ".repeat(20_000)}long`, 4)).toHaveLength(100_004);
  shown("[1".repeat(20_000), 3);
  shown("a. ".repeat(20_000), 3);
  expect(performance.now() - started).toBeLessThan(5000);
});
