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
import { queryTerms } from "../../src/retrieval/query-terms.ts";
import { firstGeneration } from "../../src/generations/generation.ts";

const { decision: DECISION } = shippedRelease;
const answerability = (given: Evidence): number => probability(given, DECISION);
const weigh = (asked: Candidates, passages: FoundPassage[]): Evidence =>
  decisionEvidence(asked, passages, DECISION);

const share = fc.integer({ min: 0, max: 1000 }).map((value) => value / 1000);
const evidence: fc.Arbitrary<Evidence> = fc.record({
  similarity: share,
  coverage: share,
  questionLength: share,
  unknownWords: share,
  longSimilarity: share,
  meaningLead: share,
  wordsLead: share,
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
  keywords: fc.option(fc.record({ rank: fc.constant(1), score: share }), { nil: undefined }),
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

const [asking] = fc.sample(candidates, { numRuns: 1, seed: 1 }) as [Candidates];
const [PASSAGE] = fc.sample(passage, { numRuns: 1, seed: 1 }) as [FoundPassage];

it("answerability is a probability for any evidence", () => {
  fc.assert(
    fc.property(evidence, (given) => {
      expect(answerability(given)).toBeGreaterThan(0);
      expect(answerability(given)).toBeLessThan(1);
    }),
  );
});

it("answerability never falls with better evidence and never rises with more unknown words", () => {
  const better = ["similarity", "coverage", "longSimilarity", "meaningLead", "wordsLead"] as const;
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
      const ranking = {
        candidates: asked,
        passages,
        variants: [],
        superseded: [],
        reranker: "text",
      };
      const { action, confidence } = decide(ranking, DECISION, {
        mayClarify: true,
        isNamed: false,
      }).decision;
      expect(confidence).toBe(answerability(weighed));
      if (passages.length === 0) expect(action).toBe("abstain");
    }),
  );
});

/** A question of as many content words, each in one of a hundred chunks. */
function askedIn(words: number): Candidates {
  const named = Array.from({ length: words }, (_, n) => `word${n}`);
  return {
    ...asking,
    question: { ...asking.question, text: named.join(" ") },
    keywords: {
      ...asking.keywords,
      chunkCounts: new Map(named.map((word) => [word, 1])),
      totalChunks: 100,
    },
  };
}

/** A passage that keywords found, with as many of the words of {@link askedIn}, and with others of its own. */
function found(externalId: string, cosine: number | null, bm25: number, words = 2): FoundPassage {
  const named = Array.from({ length: words }, (_, n) => `word${n}`);
  const own = Array.from({ length: 30 }, (_, n) => `${externalId}${n}`);
  return {
    ...PASSAGE,
    externalId,
    text: `${named.join(" ")}.\n${own.join(" ")}.`,
    cosine,
    keywords: { rank: 1, score: bm25 },
  };
}

const SHORT = 4;
const LONG = 40;

it("a short question is judged by its first passage alone", () => {
  const [first, ...others] = [found("a", 0.5, 8), found("b", 0.5, 8), found("c", 0.4, 7)];
  const alone = weigh(askedIn(SHORT), [first!]);
  expect(weigh(askedIn(SHORT), [first!, ...others])).toEqual(alone);
  expect(alone).toMatchObject({ longSimilarity: 0, meaningLead: 0, wordsLead: 0 });
});

it("a long message is judged by how far its first document is ahead of the second best other one", () => {
  const asked = askedIn(LONG);
  const half = LONG / 2;
  const ahead = weigh(asked, [
    found("a", 0.7, 10, half),
    found("b", 0.69, 9),
    found("a", 0.2, 1),
    found("c", 0.3, 2),
  ]);
  const among = weigh(asked, [found("a", 0.7, 10, half), found("b", 0.69, 9), found("c", 0.68, 8)]);
  expect(ahead).toMatchObject({ similarity: 0, coverage: 0, questionLength: 0, wordsLead: 0.8 });
  expect(among.wordsLead).toBeCloseTo(0.2);
  expect(ahead.meaningLead).toBeGreaterThan(10 * among.meaningLead);
  expect(answerability(ahead)).toBeGreaterThan(answerability(among) + 0.2);
});

it("where no other document is found, a document that shares a word with a long message is not taken for its answer", () => {
  const evidence = weigh(askedIn(LONG), [found("a", 0.15, 2, 1)]);
  expect(answerability(evidence)).toBeLessThan(DECISION.thresholds.clarify);
  const answer = weigh(askedIn(LONG), [found("a", 0.6, 20, LONG / 2)]);
  expect(answerability(answer)).toBeGreaterThan(DECISION.thresholds.answer);
});

it("a longer message is no likelier to be answered for its length", () => {
  const passages = [found("a", 0.5, 8, 1), found("b", 0.5, 8, 1), found("c", 0.5, 8, 1)];
  expect(answerability(weigh(askedIn(120), passages))).toBeLessThanOrEqual(
    answerability(weigh(askedIn(LONG), passages)),
  );
});

it("where a cosine is unknown, the lead by words stands in for the lead in meaning", () => {
  const evidence = weigh(askedIn(LONG), [
    found("a", null, 10, LONG),
    found("b", 0.6, 5),
    found("c", 0.6, 4),
  ]);
  expect(evidence.meaningLead).toBe(evidence.wordsLead);
});

it("what only the vector leg found changes no lead, because hidden chunks decide how much it finds", () => {
  const passages = [found("a", 0.6, 10), found("b", 0.5, 5), found("c", 0.4, 4)];
  const near = { ...found("d", 0.59, 0), keywords: undefined };
  expect(weigh(askedIn(LONG), [...passages, near])).toEqual(weigh(askedIn(LONG), passages));
});

it("with unknown cosines a document that shares a word with a long message is not taken for its answer", () => {
  const evidence = weigh(askedIn(LONG), [found("a", null, 2, 1)]);
  expect(answerability(evidence)).toBeLessThan(DECISION.thresholds.clarify);
});

it("one passage whose cosine is unknown does not change how others are judged", () => {
  const passages = [found("a", 0.45, 8), found("b", 0.44, 7), found("c", 0.44, 7)];
  const pending = found("d", null, 1, 1);
  expect(weigh(askedIn(LONG), [...passages, pending])).toEqual(weigh(askedIn(LONG), passages));
});

it("where keywords found nothing, what else the vector leg found changes nothing", () => {
  const byVectors = (id: string, cosine: number): FoundPassage => ({
    ...found(id, cosine, 0),
    keywords: undefined,
  });
  const [first, ...others] = [byVectors("a", 0.6), byVectors("b", 0.59), byVectors("c", 0.58)];
  expect(weigh(askedIn(LONG), [first!, ...others])).toEqual(weigh(askedIn(LONG), [first!]));
});

it("copies of the right article do not silence a long message", () => {
  const right = found("a", 0.7, 20, LONG / 2);
  const copies = ["b", "c", "d"].map((id): FoundPassage => ({ ...right, externalId: id }));
  const alone = weigh(askedIn(LONG), [right]);
  expect(weigh(askedIn(LONG), [right, ...copies])).toEqual(alone);
  expect(answerability(alone)).toBeGreaterThan(DECISION.thresholds.answer);
});

it.each([
  "パスワードを忘れた場合はどうすればいいですか？",
  "我忘记了登录密码，应该怎么办？",
  "ฉันลืมรหัสผ่านต้องทำอย่างไร",
  "Wie kann ich meine Bestellung stornieren, wenn sie schon verschickt worden ist?",
  "Comment puis-je annuler ma commande si elle a déjà été expédiée ?",
])("a plain question is short in every language: %s", (question) => {
  const asked = {
    ...asking,
    question: { ...asking.question, text: question },
    keywords: {
      ...asking.keywords,
      chunkCounts: new Map(queryTerms(question).words.map((word) => [word, 1])),
      totalChunks: 100,
    },
  };
  expect(weigh(asked, [found("a", 0.6, 5)])).toMatchObject({ longSimilarity: 0, wordsLead: 0 });
});
