import { env } from "cloudflare:workers";
import { beforeEach, expect, it } from "vitest";
import { call, createWorkspace, type Workspace } from "../support/workspace.ts";
import {
  chunkIds,
  ingestPending,
  foundBy,
  garbage,
  live,
  longArticle,
  pendingWork,
  read,
  remove,
  search,
  store,
  storedVectors,
} from "../support/pipeline.ts";

const QUESTION = "How much vinegar removes limescale from the pump?";
const PUMP = {
  title: "Cleaning the pump",
  content: "# Limescale\n\nSoak the pump in 200 ml of vinegar for one hour, then rinse it.",
  url: "https://help.example.com/pump",
  language: "en",
  metadata: { section: "care", tags: ["pump", 1, null] },
  updated_at: "2026-10-01T12:00:00+02:00",
};

beforeEach(() => env.CONTROL.reset());

async function embeddedTexts(work: () => Promise<unknown>): Promise<number> {
  await env.CONTROL.reset();
  await work();
  return (await env.CONTROL.stats()).textsRequested;
}

async function put(workspace: Workspace, id: string, document: object): Promise<object> {
  const response = await call(workspace.secret, "PUT", `/v1/documents/${id}`, document);
  expect(response.status).toBe(202);
  return response.json<object>();
}

it("an uploaded document is found by both legs, and a deleted one by neither, at once", async () => {
  const workspace = await createWorkspace();
  expect(await put(workspace, "pump", PUMP)).toEqual({
    external_id: "pump",
    version: 1,
    status: "pending",
    unchanged: false,
    stale: false,
  });
  const document = await live(workspace, "pump", 1);
  expect(document).toMatchObject({
    title: PUMP.title,
    content: PUMP.content,
    url: PUMP.url,
    language: "en",
    audience: [],
    metadata: PUMP.metadata,
    source_updated_at: PUMP.updated_at,
    content_type: "text/markdown",
    error: null,
    chunks: 1,
    embedded_chunks: 1,
  });
  await env.CONTROL.settleVectorize();
  const { results, answerability } = await search(workspace, QUESTION);
  expect(results).toHaveLength(1);
  expect(results[0]).toMatchObject({
    external_id: "pump",
    url: PUMP.url,
    heading_path: ["Limescale"],
    text: "Soak the pump in 200 ml of vinegar for one hour, then rinse it.",
    legs: { keywords: { rank: 1 }, vectors: { score: expect.any(Number) } },
  });
  expect(answerability).toBeGreaterThan(0.5);
  const vectors = (await chunkIds(workspace)).map((id) => `c${id}`);
  expect(await storedVectors(vectors)).toEqual(vectors);
  expect(await pendingWork(workspace)).toEqual([]);

  await remove(workspace, "pump");
  // The consumer has not run yet: the vector still exists, and only D1 hides it.
  expect(await storedVectors(vectors)).toEqual(vectors);
  expect(await foundBy("keywords", workspace, QUESTION)).toEqual([]);
  expect(await foundBy("vectors", workspace, QUESTION)).toEqual([]);
  const gone = await call(workspace.secret, "GET", "/v1/documents/pump");
  expect(gone.status).toBe(404);
  expect((await call(workspace.secret, "DELETE", "/v1/documents/pump")).status).toBe(404);
  const [id = 0] = await pendingWork(workspace);
  await ingestPending();
  expect(await storedVectors(vectors)).toEqual([]);
  expect(await pendingWork(workspace)).toEqual([]);
  const kept = await env.DB.prepare(
    `SELECT content, markdown, metadata FROM documents WHERE id = ?1`,
  )
    .bind(id)
    .first();
  expect(kept).toEqual({ content: "", markdown: null, metadata: "{}" });

  // After the deletion, the same content is a new document, not an unchanged one.
  expect(await put(workspace, "pump", PUMP)).toMatchObject({ version: 3, unchanged: false });
  await live(workspace, "pump", 3);
  expect(await foundBy("keywords", workspace, QUESTION)).toEqual(["pump"]);
  expect(await foundBy("vectors", workspace, QUESTION)).toEqual(["pump"]);
  expect((await chunkIds(workspace)).map((id) => `c${id}`)).not.toEqual(vectors);
});

it("a changed document is embedded only where its text has changed", async () => {
  const workspace = await createWorkspace();
  const topics = ["pumps", "lamps", "filters", "hinges", "pods"];
  const article = { title: "Maintenance", content: longArticle(topics) };
  const { documentId } = await store(workspace, "long", article);
  const ingest = (): Promise<unknown> => ingestPending();
  const first = await embeddedTexts(ingest);
  const before = await chunkIds(workspace);
  expect(first).toBe(before.length);
  expect(before.length).toBeGreaterThan(10);

  // The same content again: no call, no chunk, no pending work.
  expect(await store(workspace, "long", article)).toMatchObject({
    version: 1,
    status: "live",
    unchanged: true,
  });
  expect(await pendingWork(workspace)).toEqual([]);
  expect(await embeddedTexts(ingest)).toBe(0);
  expect(await chunkIds(workspace)).toEqual(before);
  // A changed `updated_at` or other bookkeeping is no change either.
  expect(
    await store(workspace, "long", { ...article, updated_at: "2026-01-01T00:00:00Z" }),
  ).toMatchObject({ unchanged: true, stale: false });

  // A change of one paragraph in the middle.
  const needle = "Paragraph 2 explains what a customer should know about filters";
  const edited = { ...article, content: article.content.replace(needle, `Zebra! ${needle}`) };
  expect(await store(workspace, "long", edited)).toMatchObject({ version: 2, unchanged: false });
  const changed = await embeddedTexts(ingest);
  const after = await chunkIds(workspace);
  const added = after.filter((id) => !before.includes(id));
  const { results } = await env.DB.prepare(
    `SELECT id FROM chunks WHERE workspace_id = ?1 AND text LIKE '%Zebra!%'`,
  )
    .bind(workspace.id)
    .all<{ id: number }>();
  expect(added).toEqual(results.map(({ id }) => id));
  expect(changed).toBe(added.length);
  expect(changed).toBe(1);
  expect(await read(workspace, "long")).toMatchObject({
    status: "live",
    chunks: before.length,
    embedded_chunks: 1,
  });
  const replaced = before.filter((id) => !after.includes(id)).map((id) => `c${id}`);
  expect(replaced).toHaveLength(1);
  expect(await storedVectors(replaced)).toEqual([]);
  expect(await garbage(workspace)).toEqual(replaced);

  // A new section at the beginning moves every chunk and changes none.
  const moved = { ...edited, content: `## Contents\n\nFive topics.\n\n${edited.content}` };
  await store(workspace, "long", moved);
  expect(await embeddedTexts(ingest)).toBe(1);
  const order = await env.DB.prepare(
    `SELECT text FROM chunks WHERE document_id = ?1 ORDER BY ordinal`,
  )
    .bind(documentId)
    .all<{ text: string }>();
  expect(order.results[0]?.text).toBe("Five topics.");
  expect(order.results.at(-1)?.text).toContain("pods");

  // The title is part of the embedded text and of the keyword index.
  await store(workspace, "long", { ...moved, title: "Looking after your zeppelin" });
  expect(await embeddedTexts(ingest)).toBe(after.length + 1);
  expect(await foundBy("keywords", workspace, "zeppelin")).toEqual(["long"]);
  expect(await foundBy("keywords", workspace, "maintenance")).toEqual([]);

  // The audience is not: it is checked when passages are read.
  await store(workspace, "long", {
    ...moved,
    title: "Looking after your zeppelin",
    language: "en",
  });
  expect(await embeddedTexts(ingest)).toBe(0);
});

it("documents are listed in pages, in a stable order, and by status", async () => {
  const workspace = await createWorkspace();
  // The order is that of the ids' bytes.
  const ids = ["a", "a/b+c?", "b", "z", "é", "日本"];
  for (const id of ids) await store(workspace, id, { title: id, content: `About ${id}` });
  await remove(workspace, "b");
  await store(workspace, "z", { title: "z", content: "![](x.png)" });
  await ingestPending();
  const page = async (
    query: string,
  ): Promise<{ documents: { external_id: string }[]; next_cursor: string | null }> => {
    const response = await call(workspace.secret, "GET", `/v1/documents?${query}`);
    expect(response.status).toBe(200);
    return response.json();
  };
  const walk = async (query: string): Promise<string[]> => {
    const seen: string[] = [];
    for (let cursor: string | null = "", turns = 0; cursor !== null && turns < 10; turns++) {
      const from: string = cursor && `&cursor=${encodeURIComponent(cursor)}`;
      const { documents, next_cursor } = await page(`limit=2${query}${from}`);
      seen.push(...documents.map((document) => document.external_id));
      cursor = next_cursor;
    }
    return seen;
  };
  // A parameter that the list does not take is refused, not ignored.
  const unknown = await call(workspace.secret, "GET", "/v1/documents?include=markdown");
  expect(unknown.status).toBe(422);
  const rest = ids.filter((id) => id !== "b");
  expect(await walk("")).toEqual(rest);
  expect(await walk("&status=live")).toEqual(rest.filter((id) => id !== "z"));
  expect(await walk("&status=failed")).toEqual(["z"]);
  expect(await walk("&status=deleted")).toEqual(["b"]);
  expect(await walk("&status=pending")).toEqual([]);

  // Documents that are added or deleted between two pages shift nothing.
  const first = await page("limit=2");
  await store(workspace, "0", { title: "0", content: "Zero" });
  await remove(workspace, "a");
  const second = await page(`limit=2&cursor=${first.next_cursor}`);
  expect(second.documents.map((document) => document.external_id)).toEqual(["z", "é"]);
  expect((await page("limit=200")).next_cursor).toBeNull();
  expect(JSON.stringify(await page("limit=200"))).not.toContain('"content"');
});
