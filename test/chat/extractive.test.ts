import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { extractiveAnswer } from "../../src/chat/extractive.ts";
import type { Finding } from "../../src/chat/find.ts";
import type { Source } from "../../src/chat/turn.ts";
import { CitationVerifier } from "../../src/chat/verify.ts";
import { firstGeneration } from "../../src/generations/generation.ts";
import { EMBEDDING_MODEL } from "../../local/ai/embedding-model.ts";
import type { Decision } from "../../src/retrieval/decide.ts";
import { NOTHING, type KeywordResult } from "../../src/retrieval/keywords.ts";
import { queryTerms } from "../../src/retrieval/query-terms.ts";

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
      n: index + 1,
      externalId: `d${index}`,
      title: "Garden",
      url: null,
      passages: texts.map((text) => ({ chunkId: 1, ordinal: 0, headingPath: [], text })),
    })),
  );
const question = fc.array(piece, { maxLength: 8 }).map((parts) => parts.join(" "));

function keywordsOf(asked: string): KeywordResult {
  const { words } = queryTerms(asked);
  const chunkCounts = new Map(words.map((word, index) => [word, index % 4]));
  return { matches: [], chunkCounts, totalChunks: 20, repeats: new Map() };
}

/** The answer to one question that all of the sources were found for. */
function answerFrom(
  asked: string,
  given: Source[],
  keywords = keywordsOf(asked),
  action: Decision["action"] = "answer",
): string {
  const finding: Finding = {
    question: {
      text: asked,
      corrections: new Map(),
      synonyms: new Map(),
      vector: null,
      segments: [],
      generation: firstGeneration("ws", EMBEDDING_MODEL),
    },
    candidates: {} as Finding["candidates"],
    passages: given.flatMap(({ passages, ...document }) =>
      passages.map((passage) => ({
        ...document,
        ...passage,
        score: 1,
        keywordShare: 1,
        cosine: 1,
        neighbours: [],
        keywords: undefined,
        vectors: undefined,
      })),
    ),
    reranker: "text",
    decision: { action, confidence: 1 },
  };
  finding.candidates = {
    question: finding.question,
    legs: ["keywords"],
    matches: [],
    keywords,
    failedLegs: [],
  };
  return extractiveAnswer([finding], given);
}

/** The stretches of an answer with the source that each names. */
const stretches = (answer: string): { text: string; n: number }[] =>
  [...answer.matchAll(/([\s\S]*?) \[(\d)\](?:\n\n|$)/g)].map(([, text = "", n]) => ({
    text,
    n: Number(n),
  }));

describe("an extractive answer", () => {
  it("is what its sources say, word for word, each stretch with its citation", () => {
    fc.assert(
      fc.property(question, sources, fc.boolean(), (asked, given, searched) => {
        const answer = answerFrom(asked, given, searched ? keywordsOf(asked) : NOTHING);
        const parts = stretches(answer);
        expect(parts.map(({ text, n }) => `${text} [${n}]`).join("\n\n")).toBe(answer);
        expect(parts.length).toBeGreaterThan(0);
        expect(parts.length).toBeLessThanOrEqual(2);
        for (const { text, n } of parts) {
          expect(text.trim()).not.toBe("");
          expect(given[n - 1]?.passages.some((passage) => passage.text.includes(text))).toBe(true);
        }
        expect(parts[0]?.n).toBe(1);
      }),
      { numRuns: 300 },
    );
  });

  it("passes the verification that every answer passes, without the loss of a citation", () => {
    fc.assert(
      fc.property(question, sources, (asked, given) => {
        const answer = answerFrom(asked, given);
        const verifier = new CitationVerifier(given);
        const shown = verifier.push(answer) + verifier.end();
        expect(shown).toBe(answer);
        expect(verifier.citations.map(({ n }) => n)).toEqual(stretches(answer).map(({ n }) => n));
      }),
      { numRuns: 300 },
    );
  });

  it("is nothing where there is no source", () => {
    expect(answerFrom("How?", [])).toBe("");
    expect(answerFrom("How?", [], NOTHING, "abstain")).not.toMatch(/\[\d\]/);
  });

  it("prefers the stretch that says what was asked for, and a value where one was", () => {
    const source = (text: string): Source[] => [
      {
        n: 1,
        externalId: "a",
        title: "Delivery",
        url: null,
        version: 1,
        passages: [{ chunkId: 1, ordinal: 0, headingPath: [], text }],
      },
    ];
    const given = source(
      "Our lamps are made of oak. Delivery to Norway is possible. Delivery to Norway costs 19 euros. Ask us for anything else that you would like to know about our lamps.",
    );
    const answer = answerFrom(
      "How much is delivery to Norway?",
      given,
      keywordsOf("delivery norway"),
    );
    expect(answer).toContain("19 euros");
    expect(answer).not.toContain("anything else");
  });
});
