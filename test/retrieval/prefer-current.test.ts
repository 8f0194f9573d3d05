import fc from "fast-check";
import { expect, it } from "vitest";
import { EMBEDDING_MODEL } from "../../local/ai/embedding-model.ts";
import { firstGeneration } from "../../src/generations/generation.ts";
import { askedTime } from "../../src/language/times/asked-time.ts";
import { shippedRelease } from "../../src/releases/release.ts";
import type { Candidates, FoundPassage } from "../../src/retrieval/candidates.ts";
import type { DocumentTimes } from "../../src/retrieval/passages.ts";
import { preferCurrent } from "../../src/retrieval/prefer-current.ts";

const RULE = shippedRelease.retrieval.time;
const NOW = Date.parse("2026-11-20T12:00:00Z");

interface Given {
  id: string;
  title: string;
  score?: number;
  text?: string;
  headings?: string[];
  times?: Partial<DocumentTimes>;
}

function passage(
  { id, title, score = 1, text = "The fee is 5 euros.", headings = [], times }: Given,
  index = 0,
): FoundPassage {
  return {
    chunkId: index,
    externalId: id,
    title,
    url: null,
    version: 1,
    readerVersion: 1,
    headingPath: headings,
    text,
    ordinal: 1,
    times: { opening: "", validSince: null, validBefore: null, updatedAt: null, ...times },
    language: "en",
    goesOn: 0,
    neighbours: [],
    score,
    keywordShare: 0.5,
    cosine: 0.5,
    keywords: undefined,
    vectors: undefined,
  };
}

function candidatesFor(text: string): Candidates {
  const words = text.split(" ").map((word) => [word, 1] as const);
  return {
    question: {
      text,
      corrections: new Map(),
      synonyms: new Map(),
      subQueries: [],
      generation: firstGeneration("ws", EMBEDDING_MODEL),
    },
    asked: askedTime([text], NOW),
    legs: ["keywords"],
    vectors: [],
    keywords: { matches: [], chunkCounts: new Map(words), totalChunks: 50, repeats: new Map() },
    failedLegs: [],
  };
}

/** The documents whose passages are left. */
function left(question: string, given: Given[], rule = RULE): string[] {
  const { passages, superseded } = preferCurrent(given.map(passage), candidatesFor(question), rule);
  expect([...passages, ...superseded]).toHaveLength(given.length);
  return passages.map(({ externalId }) => externalId);
}

const OLD = { id: "old", title: "Refund policy (before March 2025)" };

it("an outdated passage is left out for a current one of the same title however much worse that is, and for any that is nearly as good", () => {
  const question = "how high is the fee";
  expect(left(question, [OLD, { id: "new", title: "Refund policy", score: 0.1 }])).toEqual(["new"]);
  expect(left(question, [OLD, { id: "other", title: "Fees", score: 0.85 }])).toEqual(["other"]);
  expect(left(question, [OLD, { id: "other", title: "Fees", score: 0.7 }])).toEqual([
    "old",
    "other",
  ]);
  expect(left(question, [OLD])).toEqual(["old"]);
  const laxer = { ...RULE, currentShare: 0.6 };
  expect(left(question, [OLD, { id: "other", title: "Fees", score: 0.7 }], laxer)).toEqual([
    "other",
  ]);
  const stricter = { ...RULE, nearTitle: 1, currentShare: 1 };
  const near = { id: "new", title: "Refund policy for members", score: 0.9 };
  expect(left(question, [OLD, near], stricter)).toEqual(["old", "new"]);
});

it("what is announced for later is left out until then", () => {
  const given = [
    { id: "next", title: "Prices from 1 January 2027" },
    { id: "now", title: "Prices", score: 0.5 },
  ];
  expect(left("how high is the fee", given)).toEqual(["now"]);
  expect(left("how high is the fee in 2027", given)).toEqual(["next"]);
});

it("sections of a document are compared by their headings, and only by those", () => {
  const section = (heading: string, score = 1): Given => {
    return { id: heading, title: "Refunds", headings: [heading], score };
  };
  const inOne = (...all: Given[]): Given[] => all.map((one) => ({ ...one, id: "refunds" }));
  const texts = (question: string, given: Given[]): string[] =>
    preferCurrent(given.map(passage), candidatesFor(question), RULE).passages.map(
      ({ headingPath }) => headingPath.join(),
    );
  const pair = inOne(section("Before March 2025"), section("From March 2025", 0.2));
  expect(texts("the fee", pair)).toEqual(["From March 2025"]);
  expect(texts("the fee in 2024", pair)).toEqual(["Before March 2025"]);
  // The beginning of the document says nothing of its time, and is about something else.
  const alone = inOne(section("Before March 2025"), { id: "", title: "Refunds", score: 0.2 });
  expect(texts("the fee", alone)).toEqual(["Before March 2025", ""]);
  const other = inOne(section("Before March 2025 – Cost"), section("From March 2025 – Cost", 0.2));
  expect(texts("the fee", other)).toEqual(["From March 2025 – Cost"]);
});

it("the inner heading counts: a section on older orders in the current policy, and the other way round", () => {
  const given = [
    { id: "a", title: "Refund policy (from March 2025)", headings: ["Orders before March 2025"] },
    { id: "b", title: "Refund policy (before March 2025)", score: 0.9 },
    { id: "c", title: "Fees", score: 0.9 },
  ];
  expect(left("the fee", given)).toEqual(["c"]);
  expect(left("the fee in 2024", given)).toEqual(["a", "b", "c"]);
});

it("of documents with the same title the newer one stays: by valid_from, then by the date of the title, then by the source's last change", () => {
  const at = (time: string): number => Date.parse(time);
  const two = (before: Partial<Given>, after: Partial<Given>): string[] =>
    left("the fee", [
      { id: "before", title: "Refund policy", score: 1, ...before },
      { id: "after", title: "Refund policy", score: 0.9, ...after },
    ]);
  expect(
    two({ times: { validSince: at("2020-01-01") } }, { times: { validSince: at("2024-01-01") } }),
  ).toEqual(["after"]);
  expect(two({ title: "Refund policy 2023" }, { title: "Refund policy 2024" })).toEqual(["after"]);
  expect(
    two({ times: { updatedAt: at("2023-01-01") } }, { times: { updatedAt: at("2024-01-01") } }),
  ).toEqual(["after"]);
  // What was changed last is not newer than what says that it holds from later on.
  const changed = { updatedAt: at("2026-01-01") };
  expect(
    two(
      { times: { validSince: at("2020-01-01"), ...changed } },
      { times: { validSince: at("2024-01-01"), updatedAt: at("2024-01-01") } },
    ),
  ).toEqual(["after"]);
  expect(two({ title: "Refund policy 2023", times: changed }, {})).toEqual(["after"]);
  expect(two({}, {})).toEqual(["before", "after"]);
  expect(two({ title: "Other" }, { times: changed })).toEqual(["before", "after"]);
});

it("a newer document stands in for an older one only if it says as much of what is asked", () => {
  const given = (text: string): Given[] => [
    { id: "before", title: "Care", text: "Wipe the keys of the piano.", times: { updatedAt: 1 } },
    { id: "after", title: "Care", text, times: { updatedAt: 2 } },
  ];
  expect(left("wipe piano keys", given("Wipe the keys of the piano with care."))).toEqual([
    "after",
  ]);
  expect(left("wipe piano keys", given("Brush the buttons of the organ."))).toEqual([
    "before",
    "after",
  ]);
});

it("of two that a past question allows, none is left out for being older", () => {
  const given = [
    { id: "2022", title: "Price list 2022" },
    { id: "2024", title: "Price list 2024" },
    { id: "now", title: "Price list" },
  ];
  expect(left("the fee", given)).toEqual(["now"]);
  expect(left("the fee in 2022", given)).toEqual(["2022"]);
  expect(left("the fee between 2022 and 2024", given)).toEqual(["2022", "2024"]);
});

it("documents that are each newer than another in some way do not all leave each other out", () => {
  const dated = (id: string, title: string, year: number): Given => {
    return { id, title, times: { validSince: Date.UTC(year) } };
  };
  const given = [dated("a", "API v1", 2025), dated("b", "API v2", 2020), dated("c", "API", 2022)];
  expect(left("the fee", given)).toHaveLength(1);
});

it("some passage is always left, in the given order, whatever documents say of their time", () => {
  const label = fc.constantFrom(
    "Refund policy",
    "Refund policy 2023",
    "Refund policy (before March 2025)",
    "Refund policy (from March 2025)",
    "Refund policy (from 2030)",
    "Old refund policy",
    "Refund policy v1",
    "Refund policy v2",
    "2024",
    "",
  );
  const time = fc.option(fc.integer({ min: 0, max: 3 * NOW }));
  const given = fc.record({
    id: fc.constantFrom("a", "b", "c"),
    title: label,
    headings: fc.array(label, { maxLength: 2 }),
    score: fc.integer({ min: 0, max: 10 }).map((tenths) => tenths / 10),
    text: fc.constantFrom("The fee is 5.", "Until 2020: 5 euros", "From 2024: 7 euros"),
    times: fc.record({ validSince: time, validBefore: time, updatedAt: time }),
  });
  const question = fc.constantFrom(
    "the fee",
    "the fee in 2024",
    "the old fee",
    "API v1",
    "in 2031",
  );
  fc.assert(
    fc.property(question, fc.array(given, { minLength: 1, maxLength: 6 }), (asked, all) => {
      const passages = all.map(passage);
      const { passages: kept, superseded } = preferCurrent(passages, candidatesFor(asked), RULE);
      expect(kept.length).toBeGreaterThan(0);
      expect(kept).toEqual(passages.filter((one) => kept.includes(one)));
      expect(new Set([...kept, ...superseded])).toEqual(new Set(passages));
    }),
    { numRuns: 500 },
  );
});
