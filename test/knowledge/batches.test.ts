import { env } from "cloudflare:workers";
import { beforeEach, expect, it } from "vitest";
import { divideOnFailure } from "../../src/knowledge/ingest/divide.ts";
import { embedDocuments, serveDocuments } from "../../src/knowledge/ingest/ingest-documents.ts";
import { claimSlice } from "../../src/knowledge/ingest/outbox.ts";
import type { Services } from "../../src/runtime/services.ts";
import { createServices } from "../../src/services.ts";
import { call, createWorkspace } from "../support/workspace.ts";
import {
  about,
  chunkIds,
  claim,
  countedCalls,
  endDelays,
  ingestPending,
  foundBy,
  longArticle,
  pendingWork,
  read,
  search,
  SILENT,
  store,
  storeAll,
  storeMany,
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

/** Ingests everything that is pending with this AI binding. */
const ingest = (ai: Ai): Promise<unknown> => ingestPending({ bindings: { AI: ai } });

/** Serves and embeds slices until none is left. @returns how many slices were served */
async function ingestSlices(services: Services): Promise<number> {
  const run = async (stage: "serve" | "embed"): Promise<number> => {
    const work = stage === "serve" ? serveDocuments : embedDocuments;
    for (let slices = 1; ; slices++) {
      const claim = claimSlice(services.db, stage, "test", services.now());
      if (!(await work(services, claim, "test")).more) return slices;
    }
  };
  const served = await run("serve");
  await run("embed");
  return served;
}

it("documents of two workspaces are ingested together, in one embedding call and five round trips to D1", async () => {
  const [ours, theirs] = await Promise.all([createWorkspace(), createWorkspace()]);
  await storeAll(ours, ["kettle", "lantern", "hammock"]);
  await storeAll(theirs, ["kettle", "barrow"]);
  const services = createServices({ ...env, ...SILENT }, { waitUntil: () => {} });
  await ingestSlices(services);
  expect(services.calls.report()).toMatchObject({ ai: 1, vectorize: 1, d1: 5 });
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

it("ingesting a hundred chunks takes at most five D1 batches and one embedding call", async () => {
  const workspace = await createWorkspace();
  for (let n = 0; n < 30; n++) {
    await store(workspace, `d${n}`, {
      title: `Article ${n}`,
      content: longArticle([`apples${n}`, `pears${n}`]),
    });
  }
  const { services, calls } = countedCalls();
  await ingestSlices(services);
  const chunks = (await chunkIds(workspace)).length;
  expect(chunks).toBeGreaterThan(200);
  expect(calls.length).toBe(Math.ceil(chunks / 100));
  expect(Math.max(...calls)).toBeLessThanOrEqual(100);
  expect(services.calls.report().vectorize).toBe(calls.length);
  expect(services.calls.report().d1).toBeLessThanOrEqual((5 * chunks) / 100);
});

it("the statements of a slice do not grow with its documents", async () => {
  const statementsFor = async (documents: number): Promise<number> => {
    const workspace = await createWorkspace();
    await storeMany(workspace, documents, (n) => about(`topic${n}`));
    const services = createServices({ ...env, ...SILENT }, { waitUntil: () => {} });
    expect(await ingestSlices(services)).toBe(1);
    const last = documents - 1;
    expect(await foundBy("keywords", workspace, `topic${last}`)).toEqual([`d${last}`]);
    return services.calls.statements;
  };
  expect(await statementsFor(90)).toBe(await statementsFor(10));
});

it("a text that breaks a shared embedding call fails alone", async () => {
  const workspace = await createWorkspace();
  const topics = ["kettle", "lantern", "poison", "hammock", "barrow", "trowel", "bucket"];
  await storeAll(workspace, topics);
  const { ai, calls } = refusing("poison", "5006: Error: the text is refused");
  await ingest(ai);
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
  await storeAll(workspace, ["kettle"]);
  const { ai } = refusing("kettle", "3040: Capacity temporarily exceeded, please try again.");
  await ingest(ai);
  expect(await read(workspace, "kettle")).toMatchObject({
    status: "live",
    vectors: "pending",
    stages: { delayed_by: expect.stringMatching(/model/) },
  });
  await endDelays();
  await ingestPending();
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

it("a slice holds no more text than a call of the embedding model takes, or one document", async () => {
  const workspace = await createWorkspace();
  const big = "A sentence about the garden that is as long as this one. ".repeat(16_000);
  for (const id of ["a", "b", "c"]) await store(workspace, id, { title: id, content: big });
  for (const id of ["d", "e"]) await store(workspace, id, about(id));
  const held: number[] = [];
  for (const by of ["1", "2", "3", "4"]) held.push((await claim(by)).length);
  expect(held).toEqual([1, 1, 1, 2]);
  // This removes pending work that the next tests would see.
  await env.DB.prepare("DELETE FROM outbox").run();
});

it("a failed document is retried on request, and a live one is left alone", async () => {
  const workspace = await createWorkspace();
  const ids = await storeAll(workspace, ["kettle", "poison"]);
  await ingest(refusing("poison", "5006: Error: refused").ai);
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
  await ingestPending();
  expect(await read(workspace, "poison")).toMatchObject({ status: "live", error: null });
  expect((await retry("nothing")).status).toBe(404);
  const stranger = await createWorkspace();
  const foreign = await call(stranger.secret, "POST", "/v1/documents/poison/retry");
  expect(foreign.status).toBe(404);
});

it("a new version is served at once, although Vectorize shows its vectors minutes later", async () => {
  const workspace = await createWorkspace();
  await store(workspace, "hours", {
    title: "Opening hours",
    content: "The garden opens at nine.",
  });
  await ingestPending();
  await env.CONTROL.settleVectorize();
  await env.CONTROL.setVectorizeDelay(5 * 60_000);
  const before = await chunkIds(workspace);
  await store(workspace, "hours", {
    title: "Opening hours",
    content: "The garden opens at eleven.",
  });
  await ingestPending();
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

it("the end of a long title is searched as it stands, also when the text stays the same", async () => {
  const workspace = await createWorkspace();
  const title = "A long title about everything that there is in the garden ".repeat(7);
  const { content } = about("kettle") as { content: string };
  await store(workspace, "a", { title: `${title} zebraquark`, content });
  await ingestPending();
  expect(await foundBy("keywords", workspace, "zebraquark")).toEqual(["a"]);
  await store(workspace, "a", { title: `${title} yonderplasm`, content });
  await ingestPending();
  expect(await foundBy("keywords", workspace, "yonderplasm")).toEqual(["a"]);
  expect(await foundBy("keywords", workspace, "zebraquark")).toEqual([]);
});
