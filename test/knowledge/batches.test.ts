import { env } from "cloudflare:workers";
import { beforeEach, expect, it } from "vitest";
import { divideOnFailure } from "../../src/knowledge/ingest/divide.ts";
import { ingestDocuments } from "../../src/knowledge/ingest/consumer.ts";
import { readPendingWork } from "../../src/knowledge/ingest/pending-work.ts";
import { createServices } from "../../src/services.ts";
import { call, createWorkspace } from "../support/workspace.ts";
import {
  chunkIds,
  countedCalls,
  deliver,
  foundBy,
  longArticle,
  pendingWork,
  read,
  search,
  SILENT,
  store,
  storeAll,
  storedVectors,
} from "../support/pipeline.ts";

beforeEach(() => env.CONTROL.reset());

/** An AI binding that refuses every call in which a text has this word, as Workers AI refuses bad input. */
function refusing(word: string, message: string): { ai: Ai; calls: string[][] } {
  const calls: string[][] = [];
  const ai = {
    run: (...input: [string, { text: string[] }]) => {
      calls.push(input[1].text);
      if (input[1].text.some((text) => text.includes(word))) throw new Error(message);
      return Reflect.apply(env.AI.run, env.AI, input) as unknown;
    },
  } as unknown as Ai;
  return { ai, calls };
}

async function ingest(documentIds: number[], ai: Ai = env.AI): Promise<Map<number, unknown>> {
  const services = createServices({ ...env, AI: ai }, { waitUntil: () => {} });
  const { works } = await readPendingWork(env.DB, documentIds);
  return ingestDocuments(services, works);
}

it("documents of two workspaces are ingested together, in one embedding call and four round trips to D1", async () => {
  const [ours, theirs] = await Promise.all([createWorkspace(), createWorkspace()]);
  const ids = [
    ...(await storeAll(ours, ["kettle", "lantern", "hammock"])),
    ...(await storeAll(theirs, ["kettle", "barrow"])),
  ];
  const services = createServices(env, { waitUntil: () => {} });
  const { works } = await readPendingWork(services.db, ids);
  expect(await ingestDocuments(services, works)).toEqual(new Map());
  expect(services.calls.report()).toMatchObject({ ai: 1, vectorize: 1, d1: 4 });
  expect(await foundBy("vectors", ours, "the kettle in the garden")).toEqual(
    expect.arrayContaining(["kettle", "lantern", "hammock"]),
  );
  expect(await foundBy("vectors", theirs, "the kettle in the garden")).toHaveLength(2);
  expect(await pendingWork(ours)).toEqual([]);
  const view = await read(ours, "kettle");
  expect(view).toMatchObject({ status: "live" });
  const { stages } = view as unknown as { stages: Record<string, string> };
  const order = ["accepted_at", "normalised_at", "keywords_at", "vectors_at"];
  expect(Object.keys(stages)).toEqual(order);
  expect(Object.values(stages)).toEqual(Object.values(stages).toSorted());
});

it("ingesting a hundred chunks takes at most two D1 batches and one embedding call", async () => {
  const workspace = await createWorkspace();
  const ids: number[] = [];
  for (let n = 0; n < 30; n++) {
    const { documentId } = await store(workspace, `d${n}`, {
      title: `Article ${n}`,
      content: longArticle([`apples${n}`, `pears${n}`]),
    });
    ids.push(documentId);
  }
  const { services, calls } = countedCalls();
  const { works } = await readPendingWork(services.db, ids);
  expect(await ingestDocuments(services, works)).toEqual(new Map());
  const chunks = (await chunkIds(workspace)).length;
  expect(chunks).toBeGreaterThan(200);
  expect(calls.length).toBe(Math.ceil(chunks / 100));
  expect(Math.max(...calls)).toBeLessThanOrEqual(100);
  expect(services.calls.report().vectorize).toBe(1);
  expect(services.calls.report().d1).toBeLessThanOrEqual((2 * chunks) / 100);
});

it("a text that breaks a shared embedding call fails alone", async () => {
  const workspace = await createWorkspace();
  const topics = ["kettle", "lantern", "poison", "hammock", "barrow", "trowel", "bucket"];
  const ids = await storeAll(workspace, topics);
  const { ai, calls } = refusing("poison", "5006: Error: the text is refused");
  await ingest(ids, ai);
  for (const topic of topics) {
    expect(await read(workspace, topic)).toMatchObject({
      status: topic === "poison" ? "failed" : "live",
      live_version: 1,
    });
  }
  // The call is halved until the text is alone, instead of one call per text.
  expect(calls.length).toBeLessThan(topics.length + 1);
  expect(await foundBy("keywords", workspace, "poison")).toEqual(["poison"]);
  expect(await foundBy("vectors", workspace, "garden shed")).not.toContain("poison");
  expect((await foundBy("vectors", workspace, "garden shed")).length).toBe(topics.length - 1);
});

it("a document shows what delays it, and no longer does so once the delay is over", async () => {
  const workspace = await createWorkspace();
  const ids = await storeAll(workspace, ["kettle"]);
  const { ai } = refusing("kettle", "3040: Capacity temporarily exceeded, please try again.");
  expect((await ingest(ids, ai)).size).toBe(1);
  expect(await read(workspace, "kettle")).toMatchObject({
    status: "pending",
    stages: { delayed_by: expect.stringMatching(/model/) },
  });
  await deliver(ids);
  const { stages } = (await read(workspace, "kettle")) as unknown as { stages: object };
  expect(stages).not.toHaveProperty("delayed_by");
});

it("when a service is down, a batch gives up after a few calls, not after one per document", async () => {
  let calls = 0;
  const items = Array.from({ length: 1000 }, (_, index) => index);
  const failures = await divideOnFailure(
    items,
    async () => {
      calls += 1;
      throw new Error("out");
    },
    () => true,
  );
  expect(failures.size).toBe(1000);
  expect(calls).toBeLessThan(10);
});

it("the consumer reads no more documents at a time than fit into memory", async () => {
  const workspace = await createWorkspace();
  const big = "A sentence about the garden that is as long as this one. ".repeat(16_000);
  const ids: number[] = [];
  for (const id of ["a", "b", "c", "d"]) {
    const { documentId } = await store(workspace, id, { title: id, content: big });
    ids.push(documentId);
  }
  const first = await readPendingWork(env.DB, [...ids, 987_654_321]);
  expect(first.works.map((work) => work.documentId)).toEqual(ids.slice(0, 3));
  expect(first.rest).toEqual([ids[3], 987_654_321]);
  const second = await readPendingWork(env.DB, first.rest);
  expect(second.works.map((work) => work.documentId)).toEqual([ids[3]]);
  expect(await readPendingWork(env.DB, second.rest)).toEqual({ works: [], rest: [] });
  // This removes pending work that the next tests would see.
  await env.DB.prepare("DELETE FROM outbox").run();
});

it("a failed document is retried on request, and a live one is left alone", async () => {
  const workspace = await createWorkspace();
  const ids = await storeAll(workspace, ["kettle", "poison"]);
  await ingest(ids, refusing("poison", "5006: Error: refused").ai);
  const retry = (id: string): Promise<Response> =>
    call(workspace.secret, "POST", `/v1/documents/${id}/retry`, undefined, { overrides: SILENT });
  expect(await (await retry("kettle")).json()).toMatchObject({ status: "live", unchanged: true });
  expect(await read(workspace, "poison")).toMatchObject({
    status: "failed",
    stages: { failed_at: expect.any(String) },
  });
  const retried = await retry("poison");
  expect(retried.status).toBe(202);
  expect(await retried.json()).toEqual({
    external_id: "poison",
    version: 1,
    status: "pending",
    unchanged: false,
    stale: false,
  });
  expect(await pendingWork(workspace)).toEqual([ids[1]]);
  await deliver(await pendingWork(workspace));
  expect(await read(workspace, "poison")).toMatchObject({ status: "live", error: null });
  expect((await retry("nothing")).status).toBe(404);
  const stranger = await createWorkspace();
  const foreign = await call(stranger.secret, "POST", "/v1/documents/poison/retry");
  expect(foreign.status).toBe(404);
});

it("a new version is served at once, although Vectorize shows its vectors minutes later", async () => {
  const workspace = await createWorkspace();
  const { documentId } = await store(workspace, "hours", {
    title: "Opening hours",
    content: "The garden opens at nine.",
  });
  await deliver([documentId]);
  await env.CONTROL.settleVectorize();
  await env.CONTROL.setVectorizeDelay(5 * 60_000);
  const before = await chunkIds(workspace);
  await store(workspace, "hours", {
    title: "Opening hours",
    content: "The garden opens at eleven.",
  });
  await deliver([documentId]);
  const after = await chunkIds(workspace);
  const { results } = await search(workspace, "When does the garden open?");
  expect(results.map(({ text }) => text)).toEqual(["The garden opens at eleven."]);
  // The index still shows the old vector and not the new one.
  const shown = await env.VECTORIZE.getByIds([...before, ...after].map((id) => `c${id}`));
  expect(shown.map(({ id }) => id)).toEqual(before.map((id) => `c${id}`));

  const gone = await call(workspace.secret, "DELETE", "/v1/documents/hours", undefined, {
    overrides: SILENT,
  });
  expect(gone.status).toBe(200);
  expect((await search(workspace, "When does the garden open?")).results).toEqual([]);
  expect((await storedVectors(after.map((id) => `c${id}`))).length).toBe(1);
});
