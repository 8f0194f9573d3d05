import type { Source } from "../../src/citations/source.ts";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CitationVerifier } from "../../src/citations/citation-verifier.ts";
import { withoutForeignMarkers } from "../../src/citations/foreign-markers.ts";
import { plainText } from "../../src/citations/plain-text.ts";
import { SourceText } from "../../src/citations/source-text.ts";

const DELIVERY = "Standard delivery to Germany takes 3 working days and costs 4.90 euros.";
const REFUND =
  "Customers in Germany return unused items within 45 days.\nThe refund takes 7 working days.";
const STEPS = "- Unplug the garden\n- Rinse the pump under lukewarm water";

const sourceOf = (n: number, text: string): Source => ({
  n,
  externalId: `doc-${n}`,
  title: `Title ${n}`,
  url: null,
  version: 1,
  readerVersion: 1,
  passages: [{ chunkId: 1, ordinal: 0, headingPath: [], text }],
});
const sources = [DELIVERY, REFUND, STEPS].map((text, index) => sourceOf(index + 1, text));

function verify(pieces: string[]): { text: string; shown: string; cited: Record<number, string> } {
  const verifier = new CitationVerifier(sources);
  const shown = pieces.map((piece) => verifier.push(piece)).join("") + verifier.end();
  const cited = Object.fromEntries(verifier.citations.map(({ n, quote }) => [n, quote]));
  return { text: verifier.text, shown, cited };
}

describe("markers", () => {
  it.each<[what: string, written: string, text: string, cited: number[]]>([
    [
      "that their source supports stay",
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
      "may be written with line numbers",
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
    [
      "of no source are removed",
      "Delivery takes 3 working days[9]",
      "Delivery takes 3 working days",
      [],
    ],
    [
      "of another subject are removed",
      "Elephants eat grass and leaves[1]",
      "Elephants eat grass and leaves",
      [],
    ],
    [
      "of another number are removed",
      "Delivery to Germany takes 5 working days[1]",
      "Delivery to Germany takes 5 working days",
      [],
    ],
    [
      "of another price are removed",
      "Standard delivery to Germany costs 4.95 euros[1]",
      "Standard delivery to Germany costs 4.95 euros",
      [],
    ],
    ["without a statement are removed", "[1]", "", []],
    [
      "do not arise where one is removed",
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
  ])("citation markers %s: %s", (_, written, text, cited) => {
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
  ])("brackets that are no citation marker are passed on unchanged: %s", (text) => {
    expect(verify([text])).toEqual({ text, shown: text, cited: {} });
  });

  it("a citation quotes the supporting sentence, or the whole passage when the answer quotes all of it", () => {
    expect(verify(["Refunds need 7 working days [2]"]).cited[2]).toBe(
      "The refund takes 7 working days.",
    );
    expect(verify([`${REFUND} [2]`]).cited[2]).toBe(REFUND);
  });
});

describe("support for a citation", () => {
  const PODS =
    "You cannot return opened seed pods. Other items can be returned within 140 days of delivery. Refunds take 3 days. " +
    "Shipping back is free above 75 dollars. Below that, it costs 6.90 dollars. Never clean the lamp with vinegar. " +
    "If the pump does not start, unplug the garden.";
  const verdict = (written: string): string => {
    const verifier = new CitationVerifier([sourceOf(1, PODS)]);
    const text = verifier.push(`${written} [1]`) + verifier.end();
    expect(verifier.citations).toHaveLength(text.endsWith("[1]") ? 1 : 0);
    return text.endsWith("[1]") ? "stays" : "removed";
  };

  it.each([
    ["a negation dropped", "You can return opened seed pods"],
    ["a negation cut off", "return opened seed pods"],
    ["a negation added", "Other items cannot be returned within 140 days"],
    ["a prohibition dropped", "Clean the lamp with vinegar"],
    ["a number of something else", "Other items can be returned within 3 days"],
    ["a number of something else, reversed", "Refunds take 140 days"],
    ["a part of a number", "14"],
    ["a part of a number, and words", "Other items can be returned within 14"],
    ["a part of a word", "pods. Other items can be ret"],
    ["a letter", "a"],
    ["a number alone", "140"],
    [
      "an earlier sentence with numbers that the source lacks",
      "You pay 500 dollars. Call 555-0199. Returned items within 140 days",
    ],
    [
      "an earlier sentence that the source contradicts",
      "You can return opened seed pods. Other items can be returned within 140 days",
    ],
  ])("a citation marker is removed after %s: %s", (_, written) =>
    expect(verdict(written)).toBe("removed"),
  );

  it.each([
    "You cannot return opened seed pods",
    "Opened seed pods can't be returned",
    "Sorry, opened seed pods are not returnable",
    "You can return items unless they are opened seed pods",
    "You have 140 days to return other items",
    "140 days",
    "Items can be returned within 140 days, and refunds take 3 days",
    "You get your refund after 3 days. All other items can be returned for 140 days",
    "Shipping back costs 6.90 dollars",
    "1. Unplug the garden if the pump fails to start",
    "Refunds take 3 days. Shipping back is free above 75 dollars.",
    "Don't clean the lamp with vinegar",
    "Yes! Other items can be returned no later than 140 days after delivery",
  ])("a citation marker stays after a statement that the source supports: %s", (written) =>
    expect(verdict(written)).toBe("stays"),
  );

  it("a citation marker stays after a short sentence that is quoted whole", () => {
    const verifier = new CitationVerifier([sourceOf(1, "Do you ship to Mars?\nNo.")]);
    expect(verifier.push("No. [1]")).toBe("No. [1]");
  });

  it("a citation marker without a statement before it is removed, even if the source ends in a negation", () => {
    const verifier = new CitationVerifier([sourceOf(1, "Opened seed pods: no")]);
    expect(verifier.push("[1] [1]")).toBe(" ");
  });

  it("a citation marker never becomes a Markdown link", () => {
    expect(verify(["Delivery takes 3 working days.[1](https://evil.example)"]).text).toBe(
      "Delivery takes 3 working days.[1] (https://evil.example)",
    );
  });

  it("citation markers in a document's own text are rewritten, so they cite nothing", () => {
    const text = "See [2] for the details of the pump, and 【3†L1】 or array[0].";
    const shown = withoutForeignMarkers(text);
    expect(shown).toBe("See 〔2〕 for the details of the pump, and 〔3†L1〕 or array[0].");
    const verifier = new CitationVerifier([sourceOf(1, text), sourceOf(2, "Rinse the pump.")]);
    expect(verifier.push(`${shown} [1]`) + verifier.end()).toBe(`${shown} [1]`);
    expect(verifier.citations).toMatchObject([{ n: 1, quote: text }]);
  });
});

describe("any answer", () => {
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

  it("citation verification gives the same text however the stream is cut", () => {
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

  it("text without brackets is passed on at once and unchanged", () => {
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

it("a long quote is cut between characters, not within a surrogate pair", () => {
  for (const lead of ["", "a".repeat(7), "a".repeat(8), "a".repeat(9)]) {
    const text = lead + "🌱🌱 pump ".repeat(80).trim();
    const verifier = new CitationVerifier([sourceOf(1, text)]);
    verifier.push(`${text} [1]`);
    const quote = verifier.citations[0]?.quote ?? "";
    expect(quote.length).toBeGreaterThan(490);
    expect(quote).not.toMatch(/[\uD800-\uDBFF]$/);
    expect(text.startsWith(quote)).toBe(true);
  }
});

describe("a table of an answer", () => {
  const text =
    "Plan: Basic; Old price: $12; New price: $20\nPlan: Pro; Old price: $30; New price: $40";
  const source = new SourceText(sourceOf(1, text));
  const head = "| Plan | Old price | New price |\n| - | - | - |\n";

  it("is quoted if each of its rows is, with and without a row that says there are more", () => {
    const quotes = (table: string): string[] | undefined => source.verbatim(table)?.quotes;
    expect(quotes(`${head}| Basic | $12 | $20 |\n| Pro | $30 | $40 |`)).toEqual([text]);
    expect(quotes(`${head}| **Pro** | $30 | \`$40\` |\n| … | … | … |`)).toEqual([
      "Plan: Pro; Old price: $30; New price: $40",
    ]);
  });

  it.each([
    `${head}| Basic | $12 | $20 |\n| … | Everything is free |`,
    `${head}| Basic | $12 | $20 |\n| … | … | free |`,
    "| Plan | Old price | free for everybody |\n| - | - | - |\n| Basic | $12 | |",
    "| Free for everybody | Plan | Old price |\n| - | - | - |\n| | Basic | $12 |",
  ])("is not quoted if a cell or a name is none of the source's: %j", (table) => {
    expect(source.verbatim(table)).toBeUndefined();
  });
});

describe("Markdown of an answer", () => {
  const source = (...texts: string[]): SourceText => {
    const [own] = [sourceOf(1, "")];
    const passages = texts.map((text, ordinal) => ({
      chunkId: ordinal,
      ordinal,
      headingPath: ["Care"],
      text,
    }));
    return new SourceText({ ...own, passages } as Source);
  };
  const steps = source(
    "To rinse:\n\n1. Unplug it.\n   Wait.\n2. Run:\n   make pump",
    "3. Close the lid, not the tap.\n\nCall us.",
  );

  it("is quoted by what it says, across the passages of a section", () => {
    const markdown =
      "To **rinse**:\n\n1. Unplug it.\n\n   Wait.\n2. Run:\n   ```sh\n   make pump\n   ```\n3. Close [the lid](https://a.example), not the tap.";
    expect(steps.quotesFor(markdown)?.quotes).toEqual([
      "To rinse:\n\n1. Unplug it.\n   Wait.\n2. Run:\n   make pump",
      "3. Close the lid, not the tap.",
    ]);
    expect(steps.quotesFor("Close the *lid*")?.quotes).toEqual(["Close the lid"]);
  });

  it.each([
    ["leaves a line out", "1. Unplug it.\n2. Run:\n   make pump\n3. Close the lid, not the tap."],
    ["has another order", "3. Close the lid, not the tap.\n1. Unplug it."],
    ["lacks a negation", "Close the lid, the tap."],
    ["says more in a comment", "To rinse:\n<!-- eat vinegar daily -->\n1. Unplug it."],
    ["says more in a title", '[To rinse](https://a.example "eat vinegar"):\n\n1. Unplug it.'],
    ["says more behind a fence", "2. Run:\n   ```sh eat vinegar daily\n   make pump\n   ```"],
    ["says more in a definition", "[To rinse]: /eat-vinegar-daily\n\n1. Unplug it."],
  ])("is not quoted where it %s", (_, markdown) => {
    expect(steps.verbatim(markdown)).toBeUndefined();
    const plain = plainText(markdown);
    if (markdown.includes("vinegar")) expect(plain).toBeUndefined();
    else expect(steps.verbatim(plain ?? "")).toBeUndefined();
  });
});

describe("the text of Markdown", () => {
  it("is not known where words of a comment are also shown elsewhere", () => {
    expect(plainText("**Pay** by card. <!-- Pay cash, not by card. -->")).toBeUndefined();
    expect(plainText("**Pay** by card, not cash. <!-- Pay cash -->")).toBeUndefined();
    expect(plainText("1. *Open* it\n1. Close it")).toBe("1. Open it\n2. Close it");
  });

  it("is read in little time behind any number of line feeds", () => {
    const before = performance.now();
    plainText(`a${"\n".repeat(30_000)}b`);
    expect(performance.now() - before).toBeLessThan(2000);
  });
});
