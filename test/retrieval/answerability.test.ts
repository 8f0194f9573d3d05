import { presentAt } from "../../src/language/times/asked-time.ts";
import type { Candidates, FoundPassage } from "../../src/retrieval/candidates.ts";
import fc from "fast-check";
import { expect, it } from "vitest";
import { EMBEDDING_MODEL } from "../../local/ai/embedding-model.ts";
import { decide } from "../../src/answering/decide.ts";
import { shippedRelease } from "../../src/releases/release.ts";
import {
  answerability as probability,
  decisionEvidence,
  type Evidence,
} from "../../src/retrieval/answerability.ts";
import { firstGeneration } from "../../src/generations/generation.ts";

const { decision: DECISION } = shippedRelease;
const answerability = (given: Evidence): number => probability(given, DECISION);
const weigh = (asked: Candidates, passages: FoundPassage[]): Evidence =>
  decisionEvidence(asked, passages, DECISION);

const share = fc.integer({ min: 0, max: 1000 }).map((value) => value / 1000);
const evidence: fc.Arbitrary<Evidence> = fc.record({
  similarity: share,
  coverage: share,
  unknownWords: share,
  questionLength: share,
});

const words = "pump lamp vinegar cost 5 euros days garden how much é 返品 🌱 [1] :".split(" ");
const text = fc.oneof(
  fc.array(fc.constantFrom(...words), { maxLength: 20 }).map((parts) => parts.join(" ")),
  fc.string({ unit: "grapheme", maxLength: 60 }),
);
const passage: fc.Arbitrary<FoundPassage> = fc.record({
  chunkId: fc.nat(),
  externalId: fc.constantFrom("a", "b", "c"),
  title: text,
  url: fc.constant(null),
  version: fc.constant(1),
  readerVersion: fc.constant(1),
  ordinal: fc.nat(),
  language: fc.constant("en"),
  times: fc.constant({ opening: "", validSince: null, validBefore: null, updatedAt: null }),
  goesOn: fc.constant<0>(0),
  neighbours: fc.constant([]),
  headingPath: fc.array(text, { maxLength: 3 }),
  text,
  score: share,
  keywordShare: share,
  cosine: fc.option(share),
  keywords: fc.constant(undefined),
  vectors: fc.constant(undefined),
});
const candidates: fc.Arbitrary<Candidates> = fc
  .tuple(
    text,
    fc.dictionary(fc.constantFrom(...words), fc.nat({ max: 9 })),
    fc.array(fc.constantFrom(...words)),
  )
  .map(([question, counts, corrected]) => ({
    question: {
      text: question,
      corrections: new Map(corrected.map((word) => [word, "pump"])),
      synonyms: new Map(),
      subQueries: [],
      generation: firstGeneration("ws_1", EMBEDDING_MODEL),
    },
    asked: presentAt(0),
    legs: ["keywords", "vectors"],
    vectors: [],
    keywords: {
      matches: [],
      chunkCounts: new Map(Object.entries(counts)),
      totalChunks: 9,
      repeats: new Map(),
    },
    failedLegs: [],
  }));

it("answerability is a probability for any evidence", () => {
  fc.assert(
    fc.property(evidence, (given) => {
      expect(answerability(given)).toBeGreaterThan(0);
      expect(answerability(given)).toBeLessThan(1);
    }),
  );
});

it("answerability never falls with better evidence and never rises with more unknown words", () => {
  const better = ["similarity", "coverage"] as const;
  fc.assert(
    fc.property(evidence, share, fc.constantFrom(...better), (given, value, name) => {
      const more = { ...given, [name]: Math.max(given[name], value) };
      expect(answerability(more)).toBeGreaterThanOrEqual(answerability(given));
      const unknown = { ...given, unknownWords: Math.max(given.unknownWords, value) };
      expect(answerability(unknown)).toBeLessThanOrEqual(answerability(given));
    }),
  );
});

it("every kind of decision evidence is between 0 and 1, for any question and any passages", () => {
  fc.assert(
    fc.property(candidates, fc.array(passage, { maxLength: 6 }), (asked, passages) => {
      const weighed = weigh(asked, passages);
      for (const [name, value] of Object.entries(weighed)) {
        expect(value, name).toBeGreaterThanOrEqual(0);
        expect(value, name).toBeLessThanOrEqual(1);
      }
      const ranking = { candidates: asked, passages, superseded: [], reranker: "text" };
      const { action, confidence } = decide(ranking, DECISION, {
        mayClarify: true,
        isNamed: false,
      }).decision;
      expect(confidence).toBe(answerability(weighed));
      if (passages.length === 0) expect(action).toBe("abstain");
    }),
  );
});

it("decision evidence depends on the first passage only", () => {
  fc.assert(
    fc.property(candidates, fc.array(passage, { minLength: 5, maxLength: 8 }), (asked, found) => {
      const passages = found.map((one, index) => ({
        ...one,
        externalId: `d${index}`,
        score: 1 - index / 10,
      }));
      expect(weigh(asked, passages)).toEqual(weigh(asked, passages.slice(0, 1)));
    }),
  );
});
