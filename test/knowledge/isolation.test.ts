import { env } from "cloudflare:workers";
import { expect, it } from "vitest";
import { readPassages } from "../../src/retrieval/passages.ts";
import { ask, call, createWorkspace, type Workspace } from "../chat/workspace.ts";
import { chunkIds, deliver, foundBy, remove, search, store, type Leg } from "./pipeline.ts";

const QUESTION = "What does the secret discount code give me?";
const LEGS: Leg[] = ["keywords", "vectors"];
const article = (code: string): object => ({
  title: "Secret discount code",
  content: `The secret discount code ${code} gives twenty percent off every order of pods.`,
});

async function learned(workspace: Workspace, id: string, document: object): Promise<void> {
  const { documentId } = await store(workspace, id, document);
  await deliver([documentId]);
}

async function textsFor(workspace: Workspace): Promise<string[]> {
  await env.CONTROL.settleVectorize();
  const found = await Promise.all([
    ...LEGS.map((leg) => search(workspace, QUESTION, [leg])),
    search(workspace, QUESTION),
  ]);
  return found.flatMap(({ results }) => results.map((result) => result.text));
}

it("keeps two workspaces apart that share ids and words", async () => {
  const [ours, theirs] = await Promise.all([createWorkspace(), createWorkspace()]);
  await learned(ours, "code", article("APPLE"));
  await learned(theirs, "code", article("BANANA"));
  expect(await textsFor(ours)).toEqual(Array(3).fill(expect.stringContaining("APPLE")));
  expect(await textsFor(theirs)).toEqual(Array(3).fill(expect.stringContaining("BANANA")));

  // What one does to the id leaves the other's document alone.
  await learned(ours, "code", article("CHERRY"));
  await remove(ours, "code");
  expect(await textsFor(ours)).toEqual([]);
  expect(await textsFor(theirs)).toEqual(Array(3).fill(expect.stringContaining("BANANA")));
  expect((await call(ours.secret, "GET", "/v1/documents/code")).status).toBe(404);
});

it("checks in D1 what the vector index returns", async () => {
  const [ours, theirs] = await Promise.all([createWorkspace(), createWorkspace()]);
  await learned(ours, "code", article("APPLE"));
  await learned(theirs, "code", article("BANANA"));
  const [own = 0] = await chunkIds(ours);
  const [foreign = 0] = await chunkIds(theirs);
  await env.CONTROL.settleVectorize();
  const [vector] = await env.VECTORIZE.getByIds([`c${foreign}`]);
  // An index gone wrong: in our namespace stand a foreign chunk, one that never was, and an id that is not ours.
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

  const passages = await readPassages(env.DB, ours.id, [], [foreign, own, 999_999_999]);
  expect(passages.map(({ chunkId }) => chunkId)).toEqual([own]);
  expect(await readPassages(env.DB, "ws_nobody", [], [foreign, own])).toEqual([]);
});

it("shows a document with an audience to nobody outside it", async () => {
  const workspace = await createWorkspace();
  await learned(workspace, "staff", { ...article("APPLE"), audience: ["staff", "partners"] });
  for (const leg of LEGS) expect(await foundBy(leg, workspace, QUESTION)).toEqual([]);
  expect(await textsFor(workspace)).toEqual([]);
  expect(JSON.stringify(await ask(workspace, QUESTION))).not.toContain("APPLE");
  const ids = await chunkIds(workspace);
  expect(await readPassages(env.DB, workspace.id, ["customers"], ids)).toEqual([]);
  expect(await readPassages(env.DB, workspace.id, ["customers", "staff"], ids)).toHaveLength(1);

  // Opened to all without a word of it changed, it is found at once; closed again, it is gone at once.
  await learned(workspace, "staff", article("APPLE"));
  expect(await foundBy("vectors", workspace, QUESTION)).toEqual(["staff"]);
  await store(workspace, "staff", { ...article("APPLE"), audience: ["staff"] });
  for (const leg of LEGS) expect(await foundBy(leg, workspace, QUESTION)).toEqual([]);
});
