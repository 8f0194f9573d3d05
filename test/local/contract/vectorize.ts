import { beforeAll, expect, it } from "vitest";
import { eventually } from "./eventually.ts";

export interface VectorizeUnderTest {
  index: () => Vectorize;
  /** The index's own. It needs metadata indexes on `kind` (string) and `year` (number). */
  dimensions: number;
  /** How long a write may take to be seen. */
  visibleWithinMs: number;
}

/** What this project relies on of `env.VECTORIZE`, wherever it runs. Every case works in a namespace of its own run. */
export function vectorizeContract({
  index,
  dimensions,
  visibleWithinMs,
}: VectorizeUnderTest): void {
  const run = crypto.randomUUID().slice(0, 8);
  const [here, elsewhere] = [`${run}-a`, `${run}-b`];
  const id = (name: string): string => `${run}-${name}`;
  const axis = (position: number, lean = 0): number[] =>
    Array.from({ length: dimensions }, (_, index_) =>
      index_ === position ? 1 : index_ === position + 1 ? lean : 0,
    );
  const query = (options: VectorizeQueryOptions = {}): Promise<VectorizeMatches> =>
    index().query(axis(0), { namespace: here, topK: 10, ...options });
  const names = ({ matches }: VectorizeMatches): string[] =>
    matches.map((match) => match.id.slice(run.length + 1));

  beforeAll(
    async () => {
      const { mutationId } = await index().upsert([
        {
          id: id("near"),
          namespace: here,
          values: axis(0, 0.1),
          metadata: { kind: "faq", year: 2024, secret: "x" },
        },
        {
          id: id("far"),
          namespace: here,
          values: axis(0, 2),
          metadata: { kind: "guide", year: 2026, secret: "y" },
        },
        {
          id: id("opposite"),
          namespace: here,
          values: axis(0).map((value) => -value),
          metadata: { kind: "faq", year: 2020 },
        },
        { id: id("stranger"), namespace: elsewhere, values: axis(0), metadata: { kind: "faq" } },
      ]);
      expect(mutationId).toMatch(/^[0-9a-f-]{36}$/);
      await eventually(
        () => query(),
        ({ count }) => count === 3,
        visibleWithinMs,
      );
      await eventually(
        () => query({ namespace: elsewhere }),
        ({ count }) => count === 1,
        visibleWithinMs,
      );
    },
    visibleWithinMs * 2 + 10_000,
  );

  it("ranks by cosine, best first, within the namespace", async () => {
    const found = await query();
    expect(names(found)).toEqual(["near", "far", "opposite"]);
    expect(found.count).toBe(3);
    expect(found.matches[0]?.score).toBeCloseTo(1 / Math.sqrt(1.01), 2);
    expect(found.matches[2]?.score).toBeCloseTo(-1, 2);
    expect(found.matches[0]).not.toHaveProperty("values");
    expect(found.matches[0]).not.toHaveProperty("metadata");
    expect(names(await query({ topK: 1 }))).toEqual(["near"]);
  });

  it("returns values and metadata when asked", async () => {
    const all = await query({ topK: 1, returnValues: true, returnMetadata: "all" });
    expect(all.matches[0]?.values).toHaveLength(dimensions);
    expect(all.matches[0]?.metadata).toEqual({ kind: "faq", year: 2024, secret: "x" });
    const indexed = await query({ topK: 1, returnMetadata: "indexed" });
    expect(indexed.matches[0]?.metadata).toEqual({ kind: "faq", year: 2024 });
  });

  it.each<[string, VectorizeVectorMetadataFilter, string[]]>([
    ["equality", { kind: "faq" }, ["near", "opposite"]],
    ["$ne", { kind: { $ne: "faq" } }, ["far"]],
    ["$in", { kind: { $in: ["guide", "other"] } }, ["far"]],
    ["a range", { year: { $gte: 2021, $lt: 2026 } }, ["near"]],
    ["two fields", { kind: "faq", year: { $gt: 2020 } }, ["near"]],
  ])("filters by %s on an indexed field", async (_name, filter, expected) => {
    expect(names(await query({ filter }))).toEqual(expected);
  });

  it("finds a vector again by its id, and searches with it", async () => {
    const [vector] = await index().getByIds([id("near"), id("no-such")]);
    expect(vector).toMatchObject({ id: id("near"), namespace: here, metadata: { kind: "faq" } });
    expect(vector?.values).toHaveLength(dimensions);
    expect(names(await index().queryById(id("near"), { namespace: here, topK: 1 }))).toEqual([
      "near",
    ]);
  });

  it(
    "keeps what insert meets, replaces on upsert, forgets on delete",
    async () => {
      const one = (values: number[]): VectorizeVector[] => [
        { id: id("moving"), namespace: here, values },
      ];
      const position = async (): Promise<number> => {
        const [vector] = await index().getByIds([id("moving")]);
        return vector ? Array.from(vector.values).indexOf(1) : -1;
      };
      await index().insert(one(axis(5)));
      await eventually(position, (found) => found === 5, visibleWithinMs);
      await index().insert(one(axis(6)));
      await index().upsert([{ id: id("after"), namespace: here, values: axis(9) }]);
      await eventually(
        () => index().getByIds([id("after")]),
        (found) => found.length === 1,
        visibleWithinMs,
      );
      expect(await position()).toBe(5);
      await index().upsert(one(axis(7)));
      await eventually(position, (found) => found === 7, visibleWithinMs);
      await index().deleteByIds([id("moving"), id("after")]);
      await eventually(position, (found) => found === -1, visibleWithinMs);
    },
    visibleWithinMs * 5 + 10_000,
  );

  it.each<[string, () => Promise<unknown>, string]>([
    [
      "a query of other dimensions",
      () => index().query([1, 2, 3]),
      `VECTOR_QUERY_ERROR (code = 40006): invalid query vector, expected ${dimensions} dimensions, and got 3 dimensions`,
    ],
    [
      "a vector of other dimensions",
      () => index().upsert([{ id: id("x"), values: [1, 2, 3] }]),
      "VECTOR_UPSERT_ERROR (code = 40012)",
    ],
    [
      "NaN",
      () => index().upsert([{ id: id("x"), values: axis(0, Number.NaN) }]),
      "VECTOR_UPSERT_ERROR (code = 40023)",
    ],
    [
      "an id over 64 bytes",
      () => index().upsert([{ id: "é".repeat(33), values: axis(0) }]),
      "VECTOR_UPSERT_ERROR (code = 40008): id too long; max is 64 bytes, got 66 bytes",
    ],
    [
      "topK 51 with all metadata",
      () => query({ topK: 51, returnMetadata: "all" }),
      "VECTOR_QUERY_ERROR (code = 40025): with returnValues=true or returnMetadata=all, max top K is 50, but got 51",
    ],
    [
      "topK 51 with values",
      () => query({ topK: 51, returnValues: true }),
      "VECTOR_QUERY_ERROR (code = 40025)",
    ],
    ["topK 101", () => query({ topK: 101 }), "VECTOR_QUERY_ERROR"],
    [
      "returnMetadata: false",
      () => query({ returnMetadata: false }),
      "VECTOR_QUERY_ERROR (code = 40026)",
    ],
    [
      "21 ids to get",
      () => index().getByIds(ids(21)),
      "VECTOR_GET_ERROR (code = 40007): too many ids in payload; max id count is 20, got 21",
    ],
    [
      "101 ids to delete",
      () => index().deleteByIds(ids(101)),
      "VECTOR_DELETE_ERROR (code = 40007): too many ids in payload; max id count is 100, got 101",
    ],
    [
      "a metadata key with a dot",
      () => index().upsert([{ id: id("x"), values: axis(0), metadata: { "a.b": 1 } }]),
      "VECTOR_UPSERT_ERROR (code = 40018)",
    ],
    [
      "half a surrogate pair",
      () => index().upsert([{ id: id("x"), values: axis(0), metadata: { text: "\ud835" } }]),
      "VECTOR_UPSERT_ERROR (code = 40023)",
    ],
    [
      "metadata over 10 KiB",
      () =>
        index().upsert([{ id: id("x"), values: axis(0), metadata: { text: "x".repeat(10_240) } }]),
      "VECTOR_UPSERT_ERROR",
    ],
    [
      "1,001 vectors",
      () => index().upsert(ids(1001).map((name) => ({ id: name, values: axis(0) }))),
      "VECTOR_UPSERT_ERROR",
    ],
    ["a namespace over 64 bytes", () => query({ namespace: "n".repeat(65) }), "VECTOR_QUERY_ERROR"],
    [
      "a filter of 2,048 bytes",
      () => query({ filter: { kind: "x".repeat(2048) } }),
      "VECTOR_QUERY_ERROR",
    ],
  ])("refuses %s", async (_name, call, message) => {
    // An RPC promise answers to every property that `expect` looks at; a plain one does not.
    const answer = async (): Promise<unknown> => await call();
    await expect(answer()).rejects.toThrow(message);
  });

  it("describes itself", async () => {
    const description = await index().describe();
    expect(description.dimensions).toBe(dimensions);
    expect(description.vectorCount).toBeGreaterThanOrEqual(4);
    expect(description.processedUpToMutation).toBeTruthy();
  });

  function ids(count: number): string[] {
    return Array.from({ length: count }, (_, position) => id(`none-${position}`));
  }
}
