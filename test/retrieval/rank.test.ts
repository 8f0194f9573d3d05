import { presentAt } from "../../src/language/times/asked-time.ts";
import { shippedRelease } from "../../src/releases/release.ts";
import type { RankEvidence, Candidates, FoundPassage } from "../../src/retrieval/candidates.ts";
import { env } from "cloudflare:workers";
import { beforeAll, beforeEach, expect, it } from "vitest";
import { rankEvidence as evidenceBy, rank } from "../../src/retrieval/rank.ts";
import { firstGeneration } from "../../src/generations/generation.ts";
import { questionWords } from "../../src/retrieval/lexical-evidence.ts";
import type { Reranker } from "../../src/models/ports.ts";
import { NOTHING } from "../../src/retrieval/keywords.ts";
import { queryTerms } from "../../src/retrieval/query-terms.ts";
import { ask, call, createWorkspace, HELP_CENTRE, type Workspace } from "../support/workspace.ts";
import type { SearchView } from "../support/pipeline.ts";

const RERANKER_MODEL = "@cf/baai/bge-reranker-base";
const QUESTION = "How many days do I have to return an item?";

let workspace: Workspace;
beforeAll(async () => {
  workspace = await createWorkspace(HELP_CENTRE);
});
beforeEach(() => env.CONTROL.reset());

async function search(overrides = {}): Promise<SearchView & { reranker: string | null }> {
  const response = await call(
    workspace.secret,
    "POST",
    "/v1/search",
    { query: QUESTION, explain: true },
    { overrides },
  );
  expect(response.status).toBe(200);
  return response.json();
}

/** The service's answer: the second context is best, then the first, then the others, listed in that order. */
function secondFirst(contexts: number): object {
  const order = [1, 0, ...Array.from({ length: contexts }, (_, index) => index).slice(2)];
  const response = order.map((id, place) => ({ id, score: 0.99 / (place * 3 + 1) }));
  return { model: RERANKER_MODEL, reply: { response } };
}

it("without a reranker, passages are ordered by their text, and the ranking says so", async () => {
  const found = await search();
  expect(found).toMatchObject({ reranker: "text" });
  expect(found.results[0]?.external_id).toBe("returns");
  expect(await ask(workspace, QUESTION)).toMatchObject({ reranker: "text", outcome: "answered" });
});

it("the reranker's scores change the order, and are matched to passages by their ids", async () => {
  const before = (await search()).results.map(({ text }) => text);
  await env.CONTROL.scriptChat(secondFirst(before.length));
  const found = await search({ RERANKER_MODEL });
  expect(found.reranker).toBe(RERANKER_MODEL);
  expect(found.results[0]?.text).toBe(before[1]);
  expect(found.results.map(({ text }) => text).toSorted()).toEqual(before.toSorted());

  await env.CONTROL.scriptChat(secondFirst(before.length));
  const answered = await ask(workspace, QUESTION, { RERANKER_MODEL });
  expect(answered.reranker).toBe(RERANKER_MODEL);
  expect(answered.binding_calls.sequential).toBeLessThanOrEqual(4);
});

it.each<[string, object]>([
  ["an order without scores for all", { response: [{ id: 0, score: 1 }] }],
  ["scores for other passages", { response: [{ id: 77, score: 1 }] }],
  ["another shape", { result: [[0.3]] }],
])("ranking keeps the order by text when the reranker answers %s", async (_, reply) => {
  await env.CONTROL.scriptChat({ model: RERANKER_MODEL, reply });
  const found = await search({ RERANKER_MODEL });
  expect(found).toMatchObject({ reranker: "text" });
  expect(found.results[0]?.external_id).toBe("returns");
});

it("ranking keeps the order by text when the reranker is out of capacity, unknown or late", async () => {
  await env.CONTROL.failNext({ binding: "ai", kind: "capacity", model: RERANKER_MODEL });
  expect(await search({ RERANKER_MODEL })).toMatchObject({ reranker: "text" });
  expect(await search({ RERANKER_MODEL })).toMatchObject({ reranker: "text" });

  const passages = ["one", "two"].map((text, chunkId) => passage(chunkId, text));
  const reranker: Reranker = { model: "slow", score: () => new Promise(() => {}) };
  expect((await rank({ reranker }, candidates, passages, RULE)).reranker).toBe("text");
});

const candidates: Candidates = {
  question: {
    text: "one",
    corrections: new Map(),
    synonyms: new Map(),
    subQueries: [],
    generation: firstGeneration("ws", "@local/all-minilm-l6-v2"),
  },
  asked: presentAt(0),
  legs: ["keywords", "vectors"],
  vectors: [],
  keywords: NOTHING,
  failedLegs: [],
};

function passage(chunkId: number, text: string): FoundPassage {
  return {
    chunkId,
    text,
    externalId: text,
    title: text,
    url: null,
    version: 1,
    readerVersion: 1,
    headingPath: [],
    ordinal: 0,
    language: "en",
    times: { opening: "", validSince: null, validBefore: null, updatedAt: null },
    goesOn: 0,
    neighbours: [],
    score: 0.5,
    keywordShare: 0.5,
    cosine: 0.5,
    keywords: undefined,
    vectors: undefined,
  };
}

const { retrieval: RULE } = shippedRelease;
const rankEvidence = (asked: Candidates, passages: FoundPassage[]): RankEvidence[] =>
  evidenceBy(asked, passages, RULE);

/** The evidence for passages with these texts, each with a BM25 share of one half. */
function evidence(texts: string[], question = {}): RankEvidence[] {
  const text = "green teapot";
  const keywords = {
    ...NOTHING,
    chunkCounts: new Map(text.split(" ").map((word) => [word, 5])),
    totalChunks: 100,
  };
  return rankEvidence(
    { ...candidates, question: { ...candidates.question, text, ...question }, keywords },
    texts.map((body, index) => passage(index, body)),
  );
}

it("lexical rank evidence is relative to the best share that any passage has", () => {
  const teapot = "A teapot of clay.";
  const [best] = evidence([teapot, "A lamp."]);
  const [second] = evidence([teapot, "The teapot is green, and this green teapot holds tea."]);
  for (const name of ["sentence", "document"] as const) {
    expect(second?.[name]).toBeGreaterThan(0);
    expect(second?.[name]).toBeLessThan((best?.[name] ?? 0) / 2);
  }
  expect(second?.similarity).toBe(best?.similarity);
});

it("lexical rank evidence is divided by 0.1 at least, so a single common word counts little", () => {
  const words = Array.from({ length: 40 }, (_, index) => `word${index}`);
  const keywords = {
    ...NOTHING,
    chunkCounts: new Map(words.map((word) => [word, 5])),
    totalChunks: 100,
  };
  const question = { ...candidates.question, text: words.join(" ") };
  const [stray] = rankEvidence({ ...candidates, question, keywords }, [passage(1, "A word7.")]);
  expect(stray?.document).toBeCloseTo(1 / 40 / 0.1);
  for (const { sentence, pairs, document } of evidence(["A lamp."]))
    expect([sentence, pairs, document]).toEqual([0, 0, 0]);
});

it("rank evidence scales the cosine by the range of the embedding model", () => {
  const of = (model: string): number | undefined =>
    evidence(["A lamp."], { generation: firstGeneration("ws", model) })[0]?.similarity;
  expect(of("@local/all-minilm-l6-v2")).toBeCloseTo(0.5 / 0.6);
  expect(of("@cf/baai/bge-m3")).toBeCloseTo(0.5 / 0.35);
});

it("for a long message, rank evidence adds the BM25 share of the whole message to the similarity", () => {
  const subQueries = ["green teapot", "teapot"].map((text) => ({ text, vector: null }));
  const [long] = evidence(["A lamp."], { subQueries });
  const [short] = evidence(["A lamp."]);
  expect(long?.similarity).toBeCloseTo((short?.similarity ?? 0) + 0.5);
});

it("rank evidence of a passage is that of the sub-query that it serves best", () => {
  const subQueries = ["blue lamp", "green teapot"].map((text) => ({ text, vector: null }));
  const [served] = evidence(["A green teapot."], { subQueries });
  const [alone] = evidence(["A green teapot."], {
    subQueries: [...subQueries.slice(1), ...subQueries.slice(1)],
  });
  expect(served).toEqual(alone);
});

/** A question whose words are all equally rare. */
function askedFor(text: string, more: Partial<Candidates["question"]> = {}): Candidates {
  const chunkCounts = new Map(queryTerms(text).words.map((word) => [word, 5]));
  const keywords = { ...NOTHING, chunkCounts, totalChunks: 100 };
  return { ...candidates, question: { ...candidates.question, text, ...more }, keywords };
}

it("an identifier adds weight of its own where its parts stand together", () => {
  const [row, other] = rankEvidence(askedFor("garden E-03"), [
    passage(0, "Code: E-03"),
    passage(1, "A garden with an e"),
  ]);
  expect(row?.sentence).toBeGreaterThan(3 * (other?.sentence ?? 0));
});

it.each<[string, string]>([
  ["E-12", "Code: E-08; Meaning: colder than 12 degrees"],
  ["X-2.1", "1. Unplug it. 2. Open the X."],
])("scattered parts of %s do not count as the identifier", (identifier, scattered) => {
  const [whole, parts] = rankEvidence(askedFor(`garden ${identifier}`), [
    passage(0, `Code: ${identifier}`),
    passage(1, scattered),
  ]);
  expect(parts?.sentence).toBeLessThan((whole?.sentence ?? 0) / 2);
  expect(parts?.document).toBeLessThan((whole?.document ?? 0) * 0.7);
});

it("a synonym of an identifier counts as the identifier", () => {
  const synonyms = new Map([["e 12", ["frozen water"]]]);
  const [named, other] = rankEvidence(askedFor("garden E-12", { synonyms }), [
    passage(0, "Code: E-12"),
    passage(1, "Frozen water"),
  ]);
  expect(other?.sentence).toBe(named?.sentence);
});

it.each(["24/7", "2024-11-0042", "03/11/2024", "+49-30-123456", "10:00-12:00", "110-240"])(
  "%s has digits only and adds no weight to that of its parts",
  (number) => {
    const asked = askedFor(`garden ${number}`);
    const [weighed] = questionWords(asked);
    expect(weighed?.known.size).toBe(asked.keywords.chunkCounts.size);
  },
);
