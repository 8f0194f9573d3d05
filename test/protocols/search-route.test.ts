import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import { shippedRelease } from "../../src/releases/release.ts";
import { call, createWorkspace, HELP_CENTRE, type Workspace } from "../support/workspace.ts";
import { countRows, expectProblem } from "../support/expect-problem.ts";
import type { SearchView } from "../support/pipeline.ts";

interface Explained extends SearchView {
  evidence?: Record<string, number>;
}

let workspace: Workspace;

beforeAll(async () => {
  workspace = await createWorkspace(HELP_CENTRE);
});

const post = (body: unknown, headers: Record<string, string> = {}): Promise<Response> =>
  call(workspace.secret, "POST", "/v1/search", body, { headers });

async function found(body: object): Promise<Explained> {
  const response = await post(body);
  expect(response.status).toBe(200);
  return response.json<Explained>();
}

const said = (messages: number, text: string): object[] =>
  Array.from({ length: messages }, () => ({ role: "user", text }));

describe("POST /v1/search", () => {
  const REFUSED: [what: string, body: unknown, status: number, code: string][] = [
    ["nothing", "", 400, "malformed_json"],
    ["half an object", '{"query":', 400, "malformed_json"],
    ["bytes that are not UTF-8", new Uint8Array([0x7b, 0xff, 0x7d]), 400, "invalid_utf8"],
    ["null", null, 422, "validation_failed"],
    ["a list", [], 422, "validation_failed"],
    ["no query", {}, 422, "validation_failed"],
    ["an empty query", { query: "" }, 422, "validation_failed"],
    ["white space", { query: " \n\u3000" }, 422, "validation_failed"],
    ["8,001 characters", { query: "x".repeat(8001) }, 422, "validation_failed"],
    ["a number", { query: 5 }, 422, "validation_failed"],
    ["a limit of 0", { query: "pump", limit: 0 }, 422, "validation_failed"],
    ["a limit of 51", { query: "pump", limit: 51 }, 422, "validation_failed"],
    ["half a limit", { query: "pump", limit: 1.5 }, 422, "validation_failed"],
    ["a limit as text", { query: "pump", limit: "5" }, 422, "validation_failed"],
    ["explain as text", { query: "pump", explain: "yes" }, 422, "validation_failed"],
    ["no legs", { query: "pump", legs: [] }, 422, "validation_failed"],
    ["a leg that is none", { query: "pump", legs: ["reranker"] }, 422, "validation_failed"],
    [
      "three legs",
      { query: "pump", legs: ["keywords", "vectors", "keywords"] },
      422,
      "validation_failed",
    ],
    ["a history that is no list", { query: "pump", history: "hi" }, 422, "validation_failed"],
    [
      "a role that is none",
      { query: "pump", history: [{ role: "system", text: "hi" }] },
      422,
      "validation_failed",
    ],
    [
      "a message without text",
      { query: "pump", history: [{ role: "user" }] },
      422,
      "validation_failed",
    ],
    ["101 messages", { query: "pump", history: said(101, "hi") }, 422, "validation_failed"],
    [
      "a history of more than 100,000 characters",
      { query: "pump", history: said(2, "x".repeat(50_001)) },
      422,
      "validation_failed",
    ],
    ["an unknown field", { query: "pump", workspace_id: "ws_other" }, 422, "validation_failed"],
    ["more than 4 MiB", { query: "x".repeat(4_300_000) }, 413, "body_too_large"],
  ];

  it("refuses invalid requests, and never stores anything", async () => {
    const before = await countRows();
    for (const [what, body, status, code] of REFUSED) {
      await expectProblem(await post(body), status, code).catch((error: unknown) => {
        throw new Error(`${what}: ${String(error)}`);
      });
    }
    await expectProblem(
      await post({ query: "pump" }, { "content-type": "text/plain" }),
      415,
      "unsupported_media_type",
    );
    for (const query of [
      '"',
      "NEAR(a b)",
      "🌱",
      "a".repeat(4000),
      "هل يمكنني",
      "\ud800",
      "\u0000",
      "' OR 1=1 --",
    ]) {
      const { results } = await found({ query });
      for (const { external_id } of results)
        expect(Object.keys(HELP_CENTRE)).toContain(external_id);
    }
    expect(await countRows()).toEqual(before);
  });

  it("answers the best passages first, at most as many as requested", async () => {
    const query = "How long does delivery to Germany take?";
    const { results, answerability, failed_legs } = await found({ query });
    expect(results[0]).toMatchObject({ external_id: "shipping", heading_path: ["Shipping"] });
    const scores = results.map(({ score }) => score);
    expect(scores).toEqual(scores.toSorted((a, b) => b - a));
    expect(answerability).toBeGreaterThan(0.5);
    expect(answerability).toBeLessThan(1);
    expect(failed_legs).toEqual([]);
    const one = await found({ query, limit: 1 });
    expect(one.results).toEqual(results.slice(0, 1));
    // What an answer would be judged from does not depend on how much of it is looked at.
    expect(one.answerability).toBe(answerability);
    expect((await found({ query: "Who won the chess championship?" })).answerability).toBeLessThan(
      answerability,
    );
  });

  const GERMANY = "How long does delivery to Germany take?";
  const HISTORY = [
    { role: "user", text: GERMANY },
    { role: "assistant", text: "Standard delivery to Germany takes three days." },
  ];

  it("searches a query that depends on its history as its standalone question, and says so", async () => {
    const corrected = await found({ query: "no, I meant to Canada", history: HISTORY });
    expect(corrected.results[0]).toMatchObject({ external_id: "shipping" });
    expect(corrected.standalone).toBe("How long does delivery to Canada take?");
    const switched = await found({ query: "and to Canada?", history: HISTORY });
    expect(switched.standalone).toBe("How long does delivery to Canada take?");
    const { standalone, variants } = await found({ query: "and by express?", history: HISTORY });
    expect(standalone).toBe(`${GERMANY}\nand by express?`);
    expect(variants.slice(0, 2)).toEqual([standalone, "and by express?"]);
  });

  it("finds for a follow-up with its history what it does not find without", async () => {
    const [alone, together] = await Promise.all([
      found({ query: "and how long does that take?" }),
      found({ query: "and how long does that take?", history: HISTORY }),
    ]);
    expect(together.results[0]?.external_id).toBe("shipping");
    expect(together.answerability).toBeGreaterThan(alone.answerability);
  });

  it("finds the same for a query that stands alone, whatever was said before", async () => {
    const query = "How do I clean the pump?";
    const alone = await found({ query, explain: true });
    expect(alone).toMatchObject({ standalone: query, variants: [] });
    expect(await found({ query, explain: true, history: HISTORY })).toEqual(alone);
    expect(await found({ query, explain: true, history: [] })).toEqual(alone);
  });

  it("explains with the score of each leg only when asked", async () => {
    const plain = await found({ query: "vinegar for the pump" });
    expect(plain).not.toHaveProperty("evidence");
    for (const result of plain.results) expect(result).not.toHaveProperty("legs");

    const { results, evidence } = await found({
      query: "vinegar for the pump",
      explain: true,
      limit: 50,
    });
    expect(Object.keys(evidence ?? {}).toSorted()).toEqual(
      Object.keys(shippedRelease.decision.weights).toSorted(),
    );

    expect(results[0]?.legs).toMatchObject({
      keywords: { rank: 1, score: expect.any(Number) },
      vectors: { score: expect.any(Number) },
    });
    expect(results.some(({ legs }) => legs?.keywords === null && legs.vectors !== null)).toBe(true);
  });

  it("runs one leg alone on request, and calls the embedding model only for vectors", async () => {
    await env.CONTROL.reset();
    const { results } = await found({ query: "vinegar", legs: ["keywords"], explain: true });
    expect(results.map(({ external_id }) => external_id)).toEqual(["pump"]);
    expect(results[0]?.legs?.vectors).toBeNull();
    expect((await env.CONTROL.stats()).textsRequested).toBe(0);

    const byMeaning = await found({
      query: "scale inside the water pump",
      legs: ["vectors"],
      explain: true,
    });
    expect(byMeaning.results[0]?.external_id).toBe("pump");
    for (const { legs } of byMeaning.results) expect(legs?.keywords).toBeNull();
    expect((await env.CONTROL.stats()).textsRequested).toBe(1);
  });

  it("names the leg that failed, and answers from the other", async () => {
    const broken = {
      VECTORIZE: {
        query: () => Promise.reject(new Error("VECTOR_QUERY_ERROR (code = 40006)")),
      } as unknown as Vectorize,
    };
    const response = await call(
      workspace.secret,
      "POST",
      "/v1/search",
      { query: "vinegar" },
      { overrides: broken },
    );
    const { results, failed_legs } = await response.json<SearchView>();
    expect(failed_legs).toEqual(["vectors"]);
    expect(results[0]?.external_id).toBe("pump");
    const alone = { query: "vinegar", legs: ["vectors"] };
    const none = await call(workspace.secret, "POST", "/v1/search", alone, { overrides: broken });
    expect(await none.json()).toMatchObject({ results: [], failed_legs: ["vectors"] });
  });
});
