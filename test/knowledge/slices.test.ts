import { env } from "cloudflare:workers";
import { beforeEach, expect, it } from "vitest";
import { confirmVectors } from "../../src/knowledge/ingest/confirm-vectors.ts";
import { claimSlice } from "../../src/knowledge/ingest/outbox.ts";
import { BUDGET } from "../../src/runtime/plan-limits.ts";
import { createServices } from "../../src/services.ts";
import { call, createWorkspace, showVectors, type Workspace } from "../support/workspace.ts";
import { cheapAi } from "../support/cheap-ai.ts";
import {
  about,
  chunkIds,
  claim,
  endDelays,
  ingestPending,
  longArticle,
  pendingWork,
  read,
  SILENT,
  store,
  storeMany,
  wake,
  dropPendingWork,
} from "../support/pipeline.ts";

beforeEach(dropPendingWork);

/** An AI binding that is out of capacity after its first call. */
function exhaustedAi(): ReturnType<typeof cheapAi> {
  return cheapAi((_, earlier) => (earlier > 0 ? "3040: Capacity temporarily exceeded" : undefined));
}

interface Progress {
  pending_documents: number;
  chunks_done: number;
  chunks_total: number;
  seconds_left: number | null;
}

async function progressOf(workspace: Workspace): Promise<Progress> {
  const response = await call(workspace.secret, "GET", "/v1/documents?limit=1");
  return (await response.json<{ progress: Progress }>()).progress;
}

/** Claims until nothing is due. @returns the workspaces of each slice, in the order of the claims */
async function slicesOf(stage: "serve" | "embed"): Promise<Map<string, number>[]> {
  const slices: Map<string, number>[] = [];
  for (let by = 0; ; by++) {
    const now = Date.now();
    await claimSlice(env.DB, stage, `slice ${by}`, now).run();
    const { results } = await env.DB.prepare(
      `SELECT lane, count(*) AS documents FROM outbox WHERE claimed_by = ?1 GROUP BY lane`,
    )
      .bind(`slice ${by}`)
      .all<{ lane: string; documents: number }>();
    if (results.length === 0) return slices;
    slices.push(new Map(results.map(({ lane, documents }) => [lane, documents])));
  }
}

it("the only document of a workspace is in the first slice, however many another workspace has", async () => {
  const [large, small] = await Promise.all([createWorkspace(), createWorkspace()]);
  await storeMany(large, 1000, (n) => about(`thing${n}`));
  await store(small, "kettle", about("kettle"));
  const [first, second] = await slicesOf("serve");
  expect(first).toEqual(
    new Map([
      [`${large.id}/`, 99],
      [`${small.id}/`, 1],
    ]),
  );
  expect(second).toEqual(new Map([[`${large.id}/`, 100]]));
});

it("workspaces take turns, with long documents too, and so do the sources of each", async () => {
  const [ours, theirs] = await Promise.all([createWorkspace(), createWorkspace()]);
  await storeMany(ours, 30, () => ({ title: "Long", content: longArticle(["pumps", "lamps"]) }));
  const page = { ...about("blog"), metadata: { source: "blog" } };
  await storeMany(theirs, 120, () => page);
  for (const id of ["a", "b"]) await store(theirs, id, about(id));
  const [first] = await slicesOf("serve");
  expect(first?.get(`${theirs.id}/`)).toBe(2);
  const [long = 0, blog = 0] = [first?.get(`${ours.id}/`), first?.get(`${theirs.id}/blog`)];
  expect(long).toBeGreaterThan(10);
  expect(Math.abs(long - blog - 2)).toBeLessThanOrEqual(1);
});

it("a long document of one workspace leaves room in the embedding call for another's", async () => {
  const [ours, theirs] = await Promise.all([createWorkspace(), createWorkspace()]);
  const topics = Array.from({ length: 60 }, (_, n) => `topic${n}`);
  await store(ours, "long", { title: "Long", content: longArticle(topics) });
  await store(theirs, "kettle", about("kettle"));
  await wake("serve");
  const { ai, calls } = exhaustedAi();
  await wake("embed", { bindings: { AI: ai } });
  expect(calls[0]).toHaveLength(100);
  expect(await pendingWork(theirs)).toEqual([]);
  expect(await pendingWork(ours)).toHaveLength(1);
});

it("a long document leaves room in the embedding call for a short one of the same workspace, and shows its own progress", async () => {
  const workspace = await createWorkspace();
  const topics = Array.from({ length: 60 }, (_, n) => `topic${n}`);
  await store(workspace, "kettle", about("kettle"));
  const long = await store(workspace, "long", { title: "Long", content: longArticle(topics) });
  await store(workspace, "barrow", about("barrow"));
  await wake("serve");
  // As a slice that reads the long one takes longer, the short ones are due before it.
  await env.DB.prepare(`UPDATE outbox SET due_at = due_at - (document_id <> ?1)`)
    .bind(long.documentId)
    .run();
  const total = (await chunkIds(workspace)).length;
  await wake("embed", { bindings: { AI: exhaustedAi().ai } });
  expect(await pendingWork(workspace)).toEqual([long.documentId]);
  expect(await progressOf(workspace)).toMatchObject({ chunks_done: 100, chunks_total: total });
  await endDelays();
  await wake("embed", { bindings: { AI: cheapAi().ai } });
  expect(await pendingWork(workspace)).toEqual([]);
});

it("a file counts with its bytes, so that files are not converted together", async () => {
  const workspace = await createWorkspace();
  for (const id of ["a", "b", "c"]) {
    const bytes = new TextEncoder().encode(`%PDF-1.4 ${id} ${"0".repeat(300_000)}`);
    const response = await call(workspace.secret, "PUT", `/v1/documents/${id}?title=${id}`, bytes, {
      headers: { "content-type": "application/pdf" },
      overrides: SILENT,
    });
    expect(response.status).toBe(202);
  }
  expect((await claim("1")).length).toBe(1);
  expect((await claim("2")).length).toBe(1);
});

it("one wake-up drains many slices in invocations that stay within the budget", async () => {
  const workspace = await createWorkspace();
  await storeMany(workspace, 300, (n) => about(`thing${n}`));
  // As long documents, of which a slice holds four.
  await env.DB.prepare(`UPDATE outbox SET size = 25`).run();
  let invocations = 0;
  let statements = 0;
  const DB = new Proxy(env.DB, {
    get(target, property) {
      const value: unknown = Reflect.get(target, property, target);
      if (property === "batch")
        return (batch: D1PreparedStatement[]) => {
          statements += batch.length;
          return target.batch(batch);
        };
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
  for (const stage of ["serve", "embed"] as const) {
    for (let again = true; again; invocations++) {
      statements = 0;
      const { wakeUps } = await wake(stage, { bindings: { AI: cheapAi().ai, DB } });
      expect(statements).toBeLessThanOrEqual(BUDGET.statements);
      again = wakeUps.some(({ body }) => body.stage === stage);
    }
  }
  expect(invocations).toBeGreaterThan(2);
  expect(await pendingWork(workspace)).toEqual([]);
  expect((await chunkIds(workspace)).length).toBe(300);
}, 60_000);

it("a document is live when keywords find it, and its vectors are pending until the index shows them", async () => {
  const workspace = await createWorkspace();
  await env.CONTROL.setVectorizeDelay(5 * 60_000);
  await store(workspace, "kettle", about("kettle"));
  expect(await read(workspace, "kettle")).toMatchObject({ status: "pending", vectors: null });
  await wake("serve");
  expect(await read(workspace, "kettle")).toMatchObject({ status: "live", vectors: "pending" });
  const served = await wake("embed");
  expect(served.wakeUps).toContainEqual({ body: { stage: "confirm" }, delay: 1 });
  await endDelays();
  const looked = await wake("confirm");
  expect(looked.wakeUps).toEqual([{ body: { stage: "confirm" }, delay: 5 }]);
  expect(await read(workspace, "kettle")).toMatchObject({ status: "live", vectors: "pending" });
  await env.CONTROL.settleVectorize();
  await endDelays();
  expect((await wake("confirm")).wakeUps).toEqual([]);
  expect(await read(workspace, "kettle")).toMatchObject({
    vectors: "visible",
    stages: { visible_at: expect.any(String) },
  });
});

it("vectors that the index never shows are embedded again", async () => {
  const workspace = await createWorkspace();
  await store(workspace, "kettle", about("kettle"));
  const accepted = { mutationId: "lost" };
  const lossy = new Proxy(env.VECTORIZE, {
    get: (target, property) =>
      property === "upsert"
        ? async () => accepted
        : (...input: unknown[]) =>
            Reflect.apply(Reflect.get(target, property) as () => unknown, target, input),
  });
  await ingestPending({ bindings: { VECTORIZE: lossy } });
  const services = createServices({ ...env, ...SILENT }, { waitUntil: () => {} });
  const look = async (minutes: number): Promise<void> => {
    await endDelays();
    const now = (): number => Date.now() + minutes * 60_000;
    const slice = claimSlice(env.DB, "confirm", "test", now());
    await confirmVectors({ ...services, now }, slice, "test");
  };
  await look(5);
  expect(await pendingWork(workspace)).toEqual([]);
  await look(11);
  expect(await pendingWork(workspace)).toHaveLength(1);
  await endDelays();
  await wake("embed");
  await showVectors();
  expect(await read(workspace, "kettle")).toMatchObject({ vectors: "visible" });
});

it("a version that cannot be read leaves the served one to get its vectors", async () => {
  const workspace = await createWorkspace();
  await store(workspace, "kettle", about("kettle"));
  await wake("serve");
  await store(workspace, "kettle", { title: "Kettle", content: "![](kettle.png)" });
  await wake("serve");
  expect(await read(workspace, "kettle")).toMatchObject({ status: "failed", live_version: 1 });
  await wake("embed");
  await showVectors();
  expect(await read(workspace, "kettle")).toMatchObject({ status: "failed", vectors: "visible" });
});

it("the list of documents says how far ingestion is, of this workspace alone", async () => {
  const [ours, theirs] = await Promise.all([createWorkspace(), createWorkspace()]);
  await storeMany(theirs, 3, (n) => about(`thing${n}`));
  expect(await progressOf(ours)).toEqual({
    pending_documents: 0,
    chunks_done: 0,
    chunks_total: 0,
    seconds_left: 0,
    outdated_documents: 0,
  });
  await storeMany(ours, 120, (n) => about(`thing${n}`));
  expect(await progressOf(ours)).toEqual({
    pending_documents: 120,
    chunks_done: 0,
    chunks_total: 120,
    seconds_left: null,
    outdated_documents: 0,
  });
  await wake("serve");
  await wake("embed", { bindings: { AI: exhaustedAi().ai } });
  const half = await progressOf(ours);
  expect(half).toMatchObject({ pending_documents: 120, chunks_total: 120 });
  expect(half.chunks_done).toBeGreaterThan(0);
  expect(half.chunks_done).toBeLessThan(120);
  expect(half.seconds_left).toBeGreaterThan(0);
  await endDelays();
  await wake("embed", { bindings: { AI: cheapAi().ai } });
  await showVectors();
  expect(await progressOf(ours)).toEqual({
    pending_documents: 0,
    chunks_done: 120,
    chunks_total: 120,
    seconds_left: 0,
    outdated_documents: 0,
  });
});
