import { shippedRelease } from "../../src/releases/release.ts";
import { env } from "cloudflare:workers";
import { expect, it } from "vitest";
import { searchKeywords } from "../../src/retrieval/keywords.ts";
import { readPassages } from "../../src/retrieval/passages.ts";
import type { View } from "../../src/retrieval/visibility.ts";
import { ask, call, createWorkspace, type Workspace } from "../support/workspace.ts";
import {
  chunkIds,
  ingestPending,
  foundBy,
  read,
  remove,
  search,
  store,
  type Leg,
} from "../support/pipeline.ts";

const { fields: FIELDS } = shippedRelease.retrieval;

const QUESTION = "What does the secret discount code give me?";
const LEGS: Leg[] = ["keywords", "vectors"];
const view = (workspaceId: string, audience: string[]): View => {
  return { workspaceId, audience, now: Date.now(), since: Date.now() };
};
const article = (code: string): object => ({
  title: "Secret discount code",
  content: `The secret discount code ${code} gives twenty percent off every order of pods.`,
});

async function storeAndIngest(workspace: Workspace, id: string, document: object): Promise<void> {
  await store(workspace, id, document);
  await ingestPending();
}

async function textsFor(workspace: Workspace): Promise<string[]> {
  await env.CONTROL.settleVectorize();
  const found = await Promise.all([
    ...LEGS.map((leg) => search(workspace, QUESTION, [leg])),
    search(workspace, QUESTION),
  ]);
  return found.flatMap(({ results }) => results.map((result) => result.text));
}

it("two workspaces that share ids and words are isolated", async () => {
  const [ours, theirs] = await Promise.all([createWorkspace(), createWorkspace()]);
  await storeAndIngest(ours, "code", article("APPLE"));
  await storeAndIngest(theirs, "code", article("BANANA"));
  expect(await textsFor(ours)).toEqual(Array(3).fill(expect.stringContaining("APPLE")));
  expect(await textsFor(theirs)).toEqual(Array(3).fill(expect.stringContaining("BANANA")));

  // A change in one workspace does not affect the document with the same id in the other.
  await storeAndIngest(ours, "code", article("CHERRY"));
  await remove(ours, "code");
  expect(await textsFor(ours)).toEqual([]);
  expect(await textsFor(theirs)).toEqual(Array(3).fill(expect.stringContaining("BANANA")));
  expect((await call(ours.secret, "GET", "/v1/documents/code")).status).toBe(404);
});

it("every id that the vector index returns is checked in D1", async () => {
  const [ours, theirs] = await Promise.all([createWorkspace(), createWorkspace()]);
  await storeAndIngest(ours, "code", article("APPLE"));
  await storeAndIngest(theirs, "code", article("BANANA"));
  const [own = 0] = await chunkIds(ours);
  const [foreign = 0] = await chunkIds(theirs);
  await env.CONTROL.settleVectorize();
  const [vector] = await env.VECTORIZE.getByIds([`c${foreign}`]);
  // A corrupt index: our namespace holds another workspace's chunk, a chunk that never existed and a malformed id.
  const values = Array.from(vector?.values ?? []);
  await env.VECTORIZE.upsert(
    [`c${foreign}`, "c999999999", "not-a-chunk"].map((id) => ({ id, values, namespace: ours.id })),
  );
  await env.CONTROL.settleVectorize();
  const raw = await env.VECTORIZE.query(values, { namespace: ours.id, topK: 10 });
  expect(raw.matches.map(({ id }) => id)).toContain(`c${foreign}`);
  expect(await textsFor(ours)).toEqual(Array(3).fill(expect.stringContaining("APPLE")));
  const answer = await ask(ours, QUESTION);
  expect(JSON.stringify(answer)).not.toContain("BANANA");

  const passages = await readPassages(env.DB, view(ours.id, []), [[foreign, own, 999_999_999]], 50);
  expect(passages.map(({ chunkId }) => chunkId)).toEqual([own]);
  expect(await readPassages(env.DB, view("ws_nobody", []), [[foreign, own]], 50)).toEqual([]);
});

it("a document with an audience is shown to nobody outside it", async () => {
  const workspace = await createWorkspace();
  await storeAndIngest(workspace, "staff", {
    ...article("APPLE"),
    audience: ["staff", "partners"],
  });
  for (const leg of LEGS) expect(await foundBy(leg, workspace, QUESTION)).toEqual([]);
  expect(await textsFor(workspace)).toEqual([]);
  expect(JSON.stringify(await ask(workspace, QUESTION))).not.toContain("APPLE");
  const ids = await chunkIds(workspace);
  expect(await readPassages(env.DB, view(workspace.id, ["customers"]), [ids], 50)).toEqual([]);
  expect(
    await readPassages(env.DB, view(workspace.id, ["customers", "staff"]), [ids], 50),
  ).toHaveLength(1);

  // A change of the audience alone applies at once, in both directions.
  await storeAndIngest(workspace, "staff", article("APPLE"));
  expect(await foundBy("vectors", workspace, QUESTION)).toEqual(["staff"]);
  await store(workspace, "staff", { ...article("APPLE"), audience: ["staff"] });
  for (const leg of LEGS) expect(await foundBy(leg, workspace, QUESTION)).toEqual([]);
});

/** A version without text, only an image: it is accepted but cannot be ingested. */
const UNREADABLE = { content: "![](plan.png)" };

it("a restricted version stays restricted until the public version that replaces it is served", async () => {
  const workspace = await createWorkspace();
  const url = "https://example.com/apple";
  await storeAndIngest(workspace, "code", { ...article("APPLE"), url, audience: ["staff"] });
  const open = { title: "Discount codes", url: "https://example.com/codes" };
  await store(workspace, "code", { ...open, ...UNREADABLE });
  const ids = await chunkIds(workspace);
  const isClosed = async (): Promise<void> => {
    expect(await textsFor(workspace)).toEqual([]);
    expect(JSON.stringify(await ask(workspace, QUESTION))).not.toContain("APPLE");
    expect(await readPassages(env.DB, view(workspace.id, []), [ids], 50)).toEqual([]);
    // Staff still read the served version with its own title and address.
    const [passage] = await readPassages(env.DB, view(workspace.id, ["staff"]), [ids], 50);
    expect(passage).toMatchObject({ title: "Secret discount code", url, version: 1 });
  };
  await isClosed();
  await ingestPending();
  expect(await read(workspace, "code")).toMatchObject({ status: "failed", live_version: 1 });
  await isClosed();

  await storeAndIngest(workspace, "code", {
    ...open,
    content: "The discount code BANANA is for all.",
  });
  expect(await textsFor(workspace)).toEqual(Array(3).fill(expect.stringContaining("BANANA")));
  const [passage] = await readPassages(
    env.DB,
    view(workspace.id, []),
    [await chunkIds(workspace)],
    50,
  );
  expect(passage).toMatchObject({ ...open, version: 3 });
});

it("a new, narrower audience applies to the served version at once, even if the new version cannot be ingested", async () => {
  const workspace = await createWorkspace();
  await storeAndIngest(workspace, "code", article("APPLE"));
  await store(workspace, "code", {
    ...article("APPLE"),
    ...UNREADABLE,
    audience: ["staff"],
  });
  const ids = await chunkIds(workspace);
  expect(await textsFor(workspace)).toEqual([]);
  await ingestPending();
  expect(await textsFor(workspace)).toEqual([]);
  expect(await readPassages(env.DB, view(workspace.id, ["staff"]), [ids], 50)).toHaveLength(1);

  // Between the two versions, only readers who belong to both audiences may read it.
  await storeAndIngest(workspace, "code", { ...article("APPLE"), audience: ["staff"] });
  await store(workspace, "code", { ...article("APPLE"), audience: ["partners"] });
  const now = await chunkIds(workspace);
  for (const audience of [[], ["staff"], ["partners"]]) {
    expect(await readPassages(env.DB, view(workspace.id, audience), [now], 50)).toEqual([]);
  }
  expect(
    await readPassages(env.DB, view(workspace.id, ["staff", "partners"]), [now], 50),
  ).toHaveLength(1);
});

const UNKNOWN = `UPDATE documents SET served_audience = NULL WHERE workspace_id = ?1 AND external_id = 'staff'`;

it.each([
  ["of a restricted version that is still served", undefined],
  ["of a served version whose audience is unknown", UNKNOWN],
])("for readers outside an audience, no word is counted %s", async (_which, change) => {
  const workspace = await createWorkspace();
  await storeAndIngest(workspace, "open", { title: "Pods", content: "Pods are sold in boxes." });
  await storeAndIngest(workspace, "staff", { ...article("APPLE"), audience: ["staff"] });
  await store(workspace, "staff", { title: "Discount codes", ...UNREADABLE });
  if (change) await env.DB.prepare(change).bind(workspace.id).run();
  const terms = {
    words: ["apple", "pods"],
    phrases: [],
    forms: new Map(),
    written: new Map(),
    repeats: new Map(),
    equivalents: new Map(),
  };
  const found = await searchKeywords(env.DB, view(workspace.id, []), terms, FIELDS, 10, {
    slot: 1,
  });
  expect(found.totalChunks).toBe(1);
  expect(found.chunkCounts).toEqual(
    new Map([
      ["apple", 0],
      ["pods", 1],
    ]),
  );
});
