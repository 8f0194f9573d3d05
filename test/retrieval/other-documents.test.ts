import { env } from "cloudflare:workers";
import { expect, it } from "vitest";
import { call, createWorkspace, type Workspace } from "../support/workspace.ts";
import { ingestPending, store, type SearchView } from "../support/pipeline.ts";

const DOCUMENTS = {
  teapot: {
    title: "Sending back a cracked teapot",
    content: "How do I send back a cracked teapot that no longer works?",
  },
  colours: {
    title: "Colours",
    content:
      "Broken white is the colour of the kettle. Return the colour chart to the painter in the workshop.",
  },
  lamps: { title: "Lamps", content: "A lamp needs a bulb of 9 watts." },
  chairs: { title: "Chairs", content: "Chairs are made of oak and are oiled twice a year." },
};

async function scoresIn(workspace: Workspace): Promise<[string, number][]> {
  const query = "how do I return a broken kettle";
  const response = await call(workspace.secret, "POST", "/v1/search", { query });
  const { results } = await response.json<SearchView>();
  expect(results.length).toBeGreaterThan(1);
  return results.map(({ external_id, score }) => [external_id, score]);
}

it("documents that the reader may not see change no search score", async () => {
  const workspace = await createWorkspace(DOCUMENTS);
  const put = async (content: (n: number) => string): Promise<void> => {
    for (let n = 0; n < 16; n++) {
      const staff = { title: "Internal", content: content(n), audience: ["staff"] };
      await store(workspace, `staff-${n}`, staff);
      await ingestPending();
    }
  };
  await put((n) => `Zebras eat hay ${n}.`);
  const before = await scoresIn(workspace);
  await put((n) => `A broken kettle is what you return, number ${n}.`);
  expect(await scoresIn(workspace)).toEqual(before);
});

// Last test of this file: it fills the table that all workspaces share with words of another workspace.
it("documents of other workspaces change no search score", async () => {
  const workspace = await createWorkspace(DOCUMENTS);
  const before = await scoresIn(workspace);
  const other = await createWorkspace();
  // FTS5's own bm25() counts how rare a word is in this table, that is, in all workspaces together.
  await env.DB.prepare(
    `WITH RECURSIVE counted(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM counted WHERE i < 20000)
     INSERT INTO chunk_terms (rowid, workspace, title, headings, body)
     SELECT 10000000 + i, ?1, 'x', '', 'zebra ' || i || ' oats grass hay barn fence' FROM counted`,
  )
    .bind(other.id.replaceAll("_", ""))
    .run();
  expect(await scoresIn(workspace)).toEqual(before);
});
