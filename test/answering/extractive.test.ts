import { shippedRelease } from "../../src/releases/release.ts";
import type { Finding, Decision } from "../../src/retrieval/candidates.ts";
import type { Source } from "../../src/citations/source.ts";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { extractiveAnswer } from "../../src/answering/extractive/extractive.ts";
import { selectSources } from "../../src/answering/sources.ts";
import { plainText } from "../../src/citations/plain-text.ts";
import { contentLines } from "../../src/citations/section-text.ts";
import { withoutHeading } from "../../src/citations/section-heading.ts";
import { SourceText } from "../../src/citations/source-text.ts";
import { CitationVerifier } from "../../src/citations/citation-verifier.ts";
import { NOTHING, type KeywordResult } from "../../src/retrieval/keywords.ts";
import { findingFor, keywordsOf } from "../support/finding.ts";

const composeAnswer = (findings: Finding[], sources: Source[]): string =>
  extractiveAnswer(findings, sources, shippedRelease.sentences).text;

const piece = fc.constantFrom(
  ..."pump lamp vinegar costs garden reservoir rinse daily returns refund".split(" "),
  "4.90 euros",
  ". ",
  "! ",
  "\n",
  "\n\n",
  "\n1. ",
  "\n- ",
  "\nCode: E-07; Meaning: empty",
  "e.g. ",
  "(approx. 3 km)",
  "返品できます。",
  "🌱",
  "a: b; c",
  ": ",
);
const passageText = fc
  .array(piece, { minLength: 1, maxLength: 40 })
  .map((parts) => parts.join(" ").trim())
  .filter((text) => /\p{L}/u.test(text));
const sources: fc.Arbitrary<Source[]> = fc
  .array(fc.array(passageText, { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 4 })
  .map((all) =>
    all.map((texts, index) => ({
      version: 1,
      readerVersion: 1,
      n: index + 1,
      externalId: `d${index}`,
      title: "Garden",
      url: null,
      passages: texts.map((text) => ({ chunkId: 1, ordinal: 0, headingPath: [], text })),
    })),
  );
const question = fc.array(piece, { maxLength: 8 }).map((parts) => parts.join(" "));

function answerFrom(
  asked: string,
  given: Source[],
  ...more: [KeywordResult?, Decision["action"]?]
): string {
  return composeAnswer([findingFor(asked, given, ...more)], given);
}

/** The stretches of an answer with the source that each names. */
const stretches = (answer: string): { text: string; n: number }[] =>
  [...answer.matchAll(/([\s\S]*?)(?: |\n\n)\[(\d)\](?:\n\n?|$)/g)].map(([, text = "", n]) => ({
    text,
    n: Number(n),
  }));

/** Text long enough that its passage is not treated as the short rest of a section. */
const NOTHING_ASKED = "It is about nothing that anybody asks. ".repeat(4).trim();

/** One source whose document was cut into these passages. */
function cut(...texts: string[]): Source[] {
  const passages = texts.map((text, index) => ({
    chunkId: index + 1,
    ordinal: index,
    headingPath: ["Care"],
    text,
  }));
  return [
    { n: 1, externalId: "a", title: "Delivery", url: null, version: 1, readerVersion: 1, passages },
  ];
}

describe("an extractive answer", () => {
  it("an extractive answer quotes its sources verbatim, and each quoted stretch has its citation", () => {
    fc.assert(
      fc.property(question, sources, fc.boolean(), (asked, given, searched) => {
        const answer = answerFrom(asked, given, searched ? keywordsOf(asked) : NOTHING);
        const parts = stretches(answer);
        expect(parts.map(({ text, n }) => `${text} [${n}]`).join("\n")).toBe(
          answer
            .replace(/\n\nI couldn't find [^]*$/, "")
            .replaceAll("]\n\n", "]\n")
            .replaceAll("\n\n[", " ["),
        );
        expect(parts.length).toBeGreaterThan(0);
        for (const { text: whole, n } of parts) {
          // Rows of a table are written as a sentence or a table.
          const source = given[n - 1];
          const text = source ? withoutHeading(whole, source) : "";
          expect(text.trim()).not.toBe("");
          const forms = [text, plainText(text) ?? ""].map(contentLines);
          const isQuoted = source?.passages.some((passage) =>
            forms.some((form) => contentLines(passage.text).includes(form)),
          );
          const isRow = source && new SourceText(source).supports(text) !== undefined;
          expect(isQuoted || isRow || text.startsWith("| ")).toBe(true);
        }
        expect(parts[0]?.n).toBe(1);
      }),
      { numRuns: 300 },
    );
  });

  it("an extractive answer passes citation verification without losing a citation", () => {
    fc.assert(
      fc.property(question, sources, (asked, given) => {
        const answer = answerFrom(asked, given);
        const verifier = new CitationVerifier(given);
        const shown = verifier.push(answer) + verifier.end();
        expect(shown).toBe(answer);
        const quoted = new Set(stretches(answer).map(({ n }) => n));
        expect(verifier.citations.map(({ n }) => n)).toEqual([...quoted]);
        expect(shown.match(/\[\d\]/g)).toHaveLength(stretches(answer).length);
      }),
      { numRuns: 300 },
    );
  });

  it("an extractive answer quotes sections that promise nearly as much below their headings, and no others", () => {
    const passages = [
      [
        "Cancel an order",
        "You can cancel an order yourself while its status is Received, in your account.",
      ],
      ["Cancel a Wall", "Cancel it 48 hours before its slot."],
      ["Colours", "The wall comes in oak and in white."],
    ].map(([heading = "", text = ""], index) => ({
      chunkId: index + 1,
      ordinal: index,
      headingPath: ["Orders", heading],
      text,
    }));
    const source = {
      n: 1,
      externalId: "a",
      title: "Orders",
      url: null,
      version: 1,
      readerVersion: 1,
    };
    const answer = answerFrom(
      "cancel order",
      [{ ...source, passages }],
      keywordsOf("is cancel order"),
    );
    expect(answer).toBe(
      "**Cancel an order**\n\nYou can cancel an order yourself while its status is Received, in your account. [1]\n\n" +
        "**Cancel a Wall**\n\nCancel it 48 hours before its slot. [1]",
    );
  });

  it("an extractive answer names the document above a section of another one", () => {
    const of = (n: number, title: string, text: string): Source => ({
      n,
      externalId: title,
      title,
      url: null,
      version: 1,
      readerVersion: 1,
      passages: [{ chunkId: n, ordinal: 0, headingPath: [title, "Costs"], text }],
    });
    const given = [
      of(1, "Parcels", "Return costs of parcels: none."),
      of(2, "Freight", "Return costs of freight: high."),
    ];
    const answer = answerFrom("return costs", given, keywordsOf("is return costs"));
    expect(answer).toMatch(/^\*\*Costs\*\*\n\nReturn costs of parcels/);
    expect(answer).toContain("**Freight › Costs**\n\nReturn costs of freight: high. [2]");
  });

  it("an extractive answer without sources is empty", () => {
    expect(answerFrom("How?", [])).toBe("");
    expect(answerFrom("How?", [], NOTHING, "abstain")).not.toMatch(/\[\d\]/);
  });

  const table = cut(
    "These are the codes.\n\nCode: E-01; Meaning: empty\nCode: E-02; Meaning: blocked",
    "Code: E-03; Meaning: stuck\nCode: E-04; Meaning: open\n\nAsk us about others.",
  );

  it("an extractive answer quotes the table rows that the question names, also from a neighbouring passage", () => {
    const both = answerFrom("E-04 or E-02?", table, keywordsOf("02 04"));
    expect(both).toContain(
      "| Code | Meaning |\n| - | - |\n| E-02 | blocked |\n| E-04 | open |\n\n[1]",
    );
    expect(both).not.toMatch(/E-01|E-03/);
  });

  it("an extractive answer quotes all rows of a table if none says more of the question than another", () => {
    expect(answerFrom("codes?", table, keywordsOf("codes"))).toMatch(
      /E-01[^]*E-02[^]*E-03[^]*E-04/,
    );
  });

  it("an extractive answer says so if the table lacks the row that was asked for, and shows all its rows", () => {
    const plants = cut(
      "Plant: chives; Cats: poisonous\nPlant: basil; Cats: safe\nPlant: lettuce; Cats: safe",
    );
    const withCounts = (asked: string): KeywordResult => {
      const keywords = keywordsOf(asked);
      for (const word of asked.split(" "))
        keywords.chunkCounts.set(word, /mint|basil/.test(word) ? 1 : 3);
      return keywords;
    };
    const answer = answerFrom(
      "is mint poisonous for cats",
      plants,
      withCounts("mint poisonous cats"),
    );
    expect(answer).toMatch(/chives[^]*basil[^]*lettuce[^]*couldn't find[^]*mint/);
    const basil = answerFrom(
      "is basil poisonous for cats",
      plants,
      keywordsOf("basil poisonous cats"),
    );
    expect(basil).toBe("Plant basil – Cats: safe [1]");
  });

  it("an extractive answer writes one row as a sentence where its column names make one", () => {
    const rows = cut(
      "Paid with: iDEAL or SEPA; On your account after: 2–3 business days\nPaid with: Gift card; On your account after: 1 hour",
    );
    expect(answerFrom("SEPA?", rows, keywordsOf("sepa"))).toBe(
      "Paid with iDEAL or SEPA: on your account after 2–3 business days [1]",
    );
  });

  it("an extractive answer quotes the table row whose label a list assigns to the word of the question", () => {
    const zones = cut(
      "Zone: zone 1; Price: 5 euros\nZone: zone 2; Price: 8 euros\nZone: zone 12; Price: 9 euros",
      "Zone: zone 3; Price: 9 euros\n\n- Zone 1: Oslo\n- Zone 2: Bergen",
    );
    const answer = answerFrom("To Bergen?", zones, keywordsOf("bergen"));
    expect(answer).toContain("8 euros");
    expect(answer).toContain("Zone 2: Bergen");
    expect(answer).not.toContain("5 euros");
    expect(answer).not.toContain("9 euros");
  });

  it("an extractive answer joins a list that was cut into two passages, with its introduction", () => {
    const steps = cut(
      "It is easy.\n\nTo rinse:\n\n1. Unplug it.\n2. Open the lid.",
      `3. Rinse the pump.\n4. Close it.\n\n${NOTHING_ASKED}`,
    );
    const answer = answerFrom("rinse pump", steps, keywordsOf("rinse pump"));
    expect(answer).toContain(
      "To rinse:\n\n1. Unplug it.\n2. Open the lid.\n3. Rinse the pump.\n4. Close it.",
    );
    const others = cut(
      "1. Unplug it.\n2. Open it.",
      `1. Rinse the pump.\n2. Close it.\n\n${NOTHING_ASKED.repeat(14)}`,
    );
    expect(answerFrom("rinse pump", others, keywordsOf("rinse pump"))).not.toContain("Unplug");
  });

  it("an extractive answer quotes a short rest of a section with the passage before it, and no sentence twice", () => {
    const section = cut(
      "Turn the valve to the left.\n\nWait for an hour. Then look at it.",
      "Then look at it.\n\nStill wet? Dry the valve.",
    );
    expect(answerFrom("still wet", section, keywordsOf("still wet"))).toBe(
      "Turn the valve to the left.\n\nWait for an hour. Then look at it. [1]\n\nStill wet? Dry the valve. [1]",
    );
  });

  it("an extractive answer quotes the longer of two passages if the title asks the question", () => {
    const given = cut(
      "Then we send another one.",
      `Rinse the sponge.\n\n${NOTHING_ASKED}\n\n${NOTHING_ASKED}`,
    );
    const [source] = given as [Source];
    source.passages = source.passages.map((one, index) => ({ ...one, headingPath: [`${index}`] }));
    expect(answerFrom("Delivery?", given, keywordsOf("delivery"))).toContain("Rinse");
  });

  it("an extractive answer quotes one question and its answer out of an FAQ", () => {
    const questions = cut(
      "Is it loud?\nNo.\n\nIs the pump sold alone?\nYes, in the shop.\n\nAnd the lamp?\nNo.",
    );
    expect(answerFrom("pump alone", questions, keywordsOf("pump alone"))).toBe(
      "Is the pump sold alone?\nYes, in the shop. [1]",
    );
  });

  it("an extractive answer is cut at the maximum excerpt length", () => {
    const long = Array.from({ length: 90 }, (_, index) => `Block ${index} is about nothing.`);
    long[20] = "The pump is in the middle.";
    const answer = answerFrom("pump", cut(long.join("\n\n")), keywordsOf("pump"));
    expect(answer).toContain("The pump is in the middle.");
    expect(answer.length).toBeLessThan(1300);
  });

  it("an extractive answer quotes a section whole that is not long", () => {
    const section = cut(
      "The pump may be returned.",
      "It has to be dry and in its box.",
      "Pumps from a sale are excepted.",
    );
    expect(answerFrom("return pump", section, keywordsOf("return pump"))).toMatch(
      /may be returned\.[^]*in its box\.[^]*excepted\. \[1\]$/,
    );
  });

  it("an extractive answer quotes a long procedure from its first step to its last, with what stands before and between", () => {
    const steps = Array.from({ length: 12 }, (_, n) => `${n + 1}. Turn valve ${n + 1} by hand.`);
    const filler = NOTHING_ASKED.repeat(3);
    const section = cut(
      `${filler}\n\n${filler}`,
      `Warning: close the tap first.\n\nTo drain it:\n\n${steps.slice(0, 4).join("\n")}`,
      steps.slice(4, 6).join("\n"),
      `Danger: the water is hot.\n\n${steps.slice(6, 10).join("\n")}`,
      `${steps.slice(10).join("\n")}\n\n${filler}`,
      filler,
    );
    const answer = answerFrom("turn valve 7", section, keywordsOf("turn valve 7"));
    const shown = answer.replace(/ \[1\]/g, "");
    expect(shown).toMatch(/Warning: close the tap first\.\n\nTo drain it:\n\n1\. Turn/);
    expect(shown.match(/^\d+\. /gm)).toEqual(steps.map((_, n) => `${n + 1}. `));
    expect(shown).toContain("Danger: the water is hot.");
    expect(shown).toMatch(/12\. Turn valve 12 by hand\.$/);
  });

  it("an extractive answer says where a very long procedure goes on", () => {
    const steps = Array.from(
      { length: 60 },
      (_, n) => `${n + 1}. Turn valve ${n + 1} by hand, ${NOTHING_ASKED}`,
    );
    const pieces = Array.from({ length: 20 }, (_, n) => steps.slice(n * 3, n * 3 + 3).join("\n"));
    const given = cut(...pieces);
    const answer = answerFrom("turn valve 2", given, keywordsOf("turn valve 2"));
    expect(answer).toMatch(/^1\. Turn/);
    const next = Number(answer.match(/^\d+(?=\. )/gm)?.at(-1)) + 1;
    expect(answer).toContain(`The steps go on with step ${next} in “Delivery”.`);
    expect(answer.length).toBeLessThan(4500);
    const placed = given.map((source) => ({ ...source, url: "https://help.example.com/a" }));
    const finding = findingFor("turn valve 2", placed, keywordsOf("turn valve 2"));
    const linked = extractiveAnswer([finding], placed, shippedRelease.sentences, () => true);
    expect(linked.text).toContain(
      `with step ${next} in [Delivery](https://help.example.com/a#care).`,
    );
  });

  it("an extractive answer names a row by most of its label, and shows all rows otherwise", () => {
    const fees = cut(
      "Case: Return up to 7 days late; Fee: €4\nCase: Lost charger; Fee: €29\nCase: Lost battery; Fee: €300",
    );
    const asked = "fees when I return the bike";
    expect(answerFrom(asked, fees, keywordsOf(asked))).toMatch(/late[^]*charger[^]*battery/);
    expect(answerFrom("lost charger", fees, keywordsOf("lost charger"))).not.toContain("battery");
  });

  it("an extractive answer leaves out long white space between two lines", () => {
    const space = " ".repeat(5000);
    const answer = answerFrom(
      "pump",
      cut(`Open the pump.\n${space}\nClose the pump.`),
      keywordsOf("pump"),
    );
    expect(answer).toBe("Open the pump.\n\nClose the pump. [1]");
  });

  it("an extractive answer to two questions quotes no text of a shared passage twice", () => {
    const given = cut(
      "We deliver on weekdays.\n\nCountry: Norway; Cost: €19\nCountry: Sweden; Cost: €15\nCountry: Finland; Cost: €12",
    );
    const [norway, sweden] = ["norway", "sweden"].map((country) => {
      const keywords = keywordsOf(country);
      keywords.chunkCounts.set(country, 1);
      return findingFor(`To ${country}?`, given, keywords);
    });
    const answer = composeAnswer([norway, sweden] as Finding[], given);
    expect(answer).toBe(
      "We deliver on weekdays. [1]\n\nCountry Norway – Cost: €19 [1]\n\nCountry Sweden – Cost: €15 [1]",
    );
  });

  it("an extractive answer to two questions may quote the same words from two places of a passage", () => {
    const given = cut("Is it loud?\nNo.\n\nIs the pump blue?\nNo.");
    const asked = ["loud", "pump blue"].map((words) => findingFor(words, given, keywordsOf(words)));
    expect(composeAnswer(asked, given)).toBe("Is it loud?\nNo. [1]\n\nIs the pump blue?\nNo. [1]");
  });

  it("an extractive answer uses the next source if the first has passages for another question only", () => {
    const sourceOf = (externalId: string, chunkId: number, text: string): Source => {
      const passages = [{ chunkId, ordinal: 0, headingPath: [], text }];
      return { n: 1, externalId, title: "A", url: null, version: 1, readerVersion: 1, passages };
    };
    const lamp = findingFor("lamp", [sourceOf("garden", 1, "The lamp is bright.")]);
    const pump = findingFor("pump", [sourceOf("shop", 2, "The pump costs €20.")]);
    // A reranker can put a passage first whose score by text is too low for its document to become a source.
    const [unread] = lamp.passages.map((one) => ({ ...one, chunkId: 99, score: 0.1 }));
    pump.passages.unshift(...(unread ? [unread] : []));
    const sources = selectSources([lamp, pump], "answer");
    expect(composeAnswer([lamp, pump], sources)).toBe(
      "The lamp is bright. [1]\n\nThe pump costs €20. [2]",
    );
  });
});
