import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Source } from "../../src/chat/turn.ts";
import { CitationVerifier } from "../../src/chat/verify.ts";

const DELIVERY = "Standard delivery to Germany takes 3 working days and costs 4.90 euros.";
const REFUND =
  "Customers in Germany return unused items within 45 days.\nThe refund takes 7 working days.";
const STEPS = "- Unplug the garden\n- Rinse the pump under lukewarm water";

const sources = [DELIVERY, REFUND, STEPS].map((text, index): Source => {
  const n = index + 1;
  return {
    n,
    externalId: `doc-${n}`,
    title: `Title ${n}`,
    url: null,
    version: 1,
    passages: [{ chunkId: 1, headingPath: [], text }],
  };
});

function verify(pieces: string[]): { text: string; shown: string; cited: Record<number, string> } {
  const verifier = new CitationVerifier(sources);
  const shown = pieces.map((piece) => verifier.push(piece)).join("") + verifier.end();
  const cited = Object.fromEntries(verifier.citations.map(({ n, quote }) => [n, quote]));
  return { text: verifier.text, shown, cited };
}

describe("markers", () => {
  it.each<[what: string, written: string, text: string, cited: number[]]>([
    [
      "that hold stay",
      "Delivery to Germany takes 3 working days [1].",
      "Delivery to Germany takes 3 working days [1].",
      [1],
    ],
    [
      "stay after the full stop",
      "Delivery takes 3 working days.[1]",
      "Delivery takes 3 working days.[1]",
      [1],
    ],
    [
      "may have spaces and zeros",
      "Delivery takes 3 working days [ 01 ]",
      "Delivery takes 3 working days [1]",
      [1],
    ],
    [
      "may name two sources",
      "It takes working days in Germany [1, 2]",
      "It takes working days in Germany [1][2]",
      [1, 2],
    ],
    [
      "may follow each other",
      "It takes working days in Germany [1][2]",
      "It takes working days in Germany [1][2]",
      [1, 2],
    ],
    [
      "may be written as some models do",
      "Delivery takes 3 working days 【1】.",
      "Delivery takes 3 working days [1].",
      [1],
    ],
    [
      "may be written with a place",
      "Delivery takes 3 working days 【1†L1-L3】",
      "Delivery takes 3 working days [1]",
      [1],
    ],
    [
      "are kept one by one",
      "Delivery takes 3 working days [1, 3]",
      "Delivery takes 3 working days [1]",
      [1],
    ],
    [
      "belong to their own sentence",
      "Delivery takes 3 working days [1]. Rinse the pump [3][1].",
      "Delivery takes 3 working days [1]. Rinse the pump [3].",
      [1, 3],
    ],
    [
      "stay behind a numbered step",
      "1. Unplug the garden [3]\n2. Rinse the pump [3]",
      "1. Unplug the garden [3]\n2. Rinse the pump [3]",
      [3],
    ],
    ["of no source go", "Delivery takes 3 working days[9]", "Delivery takes 3 working days", []],
    [
      "of another subject go",
      "Elephants eat grass and leaves[1]",
      "Elephants eat grass and leaves",
      [],
    ],
    [
      "of another number go",
      "Delivery to Germany takes 5 working days[1]",
      "Delivery to Germany takes 5 working days",
      [],
    ],
    [
      "of another price go",
      "Standard delivery to Germany costs 4.95 euros[1]",
      "Standard delivery to Germany costs 4.95 euros",
      [],
    ],
    ["of nothing go", "[1]", "", []],
    [
      "do not arise where one goes",
      "It takes [[9]1] or [1[9]] days",
      "It takes [ 1] or [1 ] days",
      [],
    ],
    [
      "within brackets count too",
      "Delivery takes 3 working days [[1]]",
      "Delivery takes 3 working days [[1]]",
      [1],
    ],
  ])("%s: %s", (_, written, text, cited) => {
    const result = verify([written]);
    expect(result.text).toBe(text);
    expect(Object.keys(result.cited).map(Number)).toEqual(cited);
    for (const [n, quote] of Object.entries(result.cited))
      expect(sources[Number(n) - 1]?.passages[0]?.text).toContain(quote);
  });

  it.each([
    "array[0] and array[i]",
    "[a link](https://example.com/x_[1)",
    "[ ] open, [x] done",
    "in [2024] or [1000]",
    "an open [ bracket, an open [1 too [",
    "【note】 and 【",
    "[] [,] []]",
  ])("are nothing else: %s", (text) => {
    expect(verify([text])).toEqual({ text, shown: text, cited: {} });
  });

  it("quote the sentence that says it, and the whole stretch when all of it is quoted", () => {
    expect(verify(["Refunds need 7 working days [2]"]).cited[2]).toBe(
      "The refund takes 7 working days.",
    );
    expect(verify([`${REFUND} [2]`]).cited[2]).toBe(REFUND);
  });
});

describe("whatever is written", () => {
  const fragment = fc.oneof(
    fc.constantFrom(
      "[",
      "]",
      "[[",
      "【",
      "】",
      "†",
      ",",
      " ",
      "\n",
      ". ",
      "1",
      "2",
      "3",
      "9",
      "0",
      "[1]",
      "[9]",
      "[1, 2]",
    ),
    fc.constantFrom(DELIVERY, REFUND, STEPS, "Delivery takes 3 working days", "😀", "\ud83d"),
    fc.string({ unit: "binary", maxLength: 5 }),
  );
  const written = fc.array(fragment, { maxLength: 12 }).map((fragments) => fragments.join(""));
  const split = (text: string, cuts: number[]): string[] => {
    const at = [...new Set(cuts.map((cut) => Math.floor(cut * text.length)))].toSorted(
      (a, b) => a - b,
    );
    return [0, ...at].map((start, index) => text.slice(start, at[index] ?? text.length));
  };
  const cuts = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 8 });

  it("the pieces that it comes in change nothing, and what was shown is the text", () => {
    fc.assert(
      fc.property(written, cuts, (text, where) => {
        const whole = verify([text]);
        const pieces = verify(split(text, where));
        expect(pieces).toEqual(whole);
        expect(whole.shown).toBe(whole.text);
      }),
      { numRuns: 300 },
    );
  });

  it("every marker in the text is a citation, and every citation has its marker", () => {
    fc.assert(
      fc.property(written, (text) => {
        const result = verify([text]);
        const markers = new Set(result.text.match(/(?<=\[)[1-9]\d?(?=\])/g));
        expect([...markers].toSorted()).toEqual(Object.keys(result.cited).toSorted());
      }),
      { numRuns: 1000 },
    );
  });

  it("text without brackets is shown at once, as it is", () => {
    const plain = fc.array(fc.string({ unit: "binary" }).filter((text) => !/[[【]/.test(text)));
    fc.assert(
      fc.property(plain, (pieces) => {
        const verifier = new CitationVerifier(sources);
        for (const piece of pieces) expect(verifier.push(piece)).toBe(piece);
        expect(verifier.end()).toBe("");
      }),
    );
  });
});
