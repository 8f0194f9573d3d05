import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { EMBEDDING_DIMENSIONS, EMBEDDING_MODEL } from "../../local/ai/embedding-model.ts";
import { aiContract } from "./contract/ai.ts";
import { vectorizeContract } from "./contract/vectorize.ts";

// The same cases run against the real bindings from test/local/remote/.
describe("Workers AI, local", () =>
  aiContract({
    ai: () => env.AI,
    embeddingModel: EMBEDDING_MODEL,
    dimensions: EMBEDDING_DIMENSIONS,
  }));

describe("Vectorize, local", () => {
  vectorizeContract({
    index: () => env.VECTORIZE,
    dimensions: EMBEDDING_DIMENSIONS,
    visibleWithinMs: 2000,
  });

  // On the real service this takes the wait that it is about, and a longer one to be sure; here it is exact.
  it("matches nothing on a field without a metadata index", async () => {
    const values = Array.from({ length: EMBEDDING_DIMENSIONS }, () => 1);
    await env.VECTORIZE.upsert([
      { id: "unindexed", namespace: "unindexed", values, metadata: { secret: "x" } },
    ]);
    await env.CONTROL.settleVectorize();
    const query = (options: VectorizeQueryOptions) =>
      env.VECTORIZE.query(values, { namespace: "unindexed", ...options });
    expect((await query({})).count).toBe(1);
    expect((await query({ filter: { secret: "x" } })).count).toBe(0);
    expect((await query({ filter: { secret: { $ne: "y" } } })).count).toBe(0);
  });

  it("searches every namespace when none is named", async () => {
    const values = Array.from({ length: EMBEDDING_DIMENSIONS }, (_, index) =>
      index === 300 ? 1 : 0,
    );
    await env.VECTORIZE.upsert(
      ["p", "q"].map((namespace) => ({ id: `in-${namespace}`, namespace, values })),
    );
    await env.CONTROL.settleVectorize();
    const found = await env.VECTORIZE.query(values, { topK: 2 });
    expect(found.matches.map(({ id, namespace }) => [id, namespace])).toEqual([
      ["in-p", "p"],
      ["in-q", "q"],
    ]);
  });

  it("shows a write only after its delay, in the order of the writes", async () => {
    const values = Array.from({ length: EMBEDDING_DIMENSIONS }, () => 1);
    const found = async (): Promise<string[]> =>
      (await env.VECTORIZE.getByIds(["slow", "quick"])).map(({ id }) => id);
    await env.CONTROL.setVectorizeDelay(300);
    await env.VECTORIZE.upsert([{ id: "slow", values }]);
    await env.CONTROL.setVectorizeDelay(0);
    await env.VECTORIZE.upsert([{ id: "quick", values }]);
    expect(await found()).toEqual([]);
    expect(
      (await env.VECTORIZE.query(values, { topK: 100 })).matches.map(({ id }) => id),
    ).not.toContain("quick");
    await scheduler.wait(350);
    expect(await found()).toEqual(["slow", "quick"]);
  });
});
