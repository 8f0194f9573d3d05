import { env } from "cloudflare:workers";
import { expect, it } from "vitest";
import { readPassages } from "../../src/retrieval/passages.ts";

it("passages are read by one primary-key look-up an id, not by a scan of the workspace", async () => {
  let plan: string[] = [];
  const explaining = {
    prepare: (sql: string) => ({
      bind: (...values: unknown[]) => ({
        all: async () => {
          const explained = env.DB.prepare(`EXPLAIN QUERY PLAN ${sql}`).bind(...values);
          const { results } = await explained.all<{ detail: string }>();
          plan = results.map(({ detail }) => detail);
          return { results: [] };
        },
      }),
    }),
  } as unknown as D1Database;
  await readPassages(
    explaining,
    { workspaceId: "ws_1", audience: [], now: 0, since: 0 },
    [[1, 2]],
    2,
  );
  expect(
    plan.filter((step) => /^SCAN (?!leg|wanted|needed|had|best|visible|\()/.test(step)),
  ).toEqual([]);
  expect(plan.join("\n")).toContain("SCAN wanted");
  expect(plan).toContain("SEARCH c USING INTEGER PRIMARY KEY (rowid=?)");
  expect(plan).toContain("SEARCH d USING INTEGER PRIMARY KEY (rowid=?)");
});
