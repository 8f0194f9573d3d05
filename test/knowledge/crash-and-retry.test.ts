import { env } from "cloudflare:workers";
import { beforeEach, expect, it, vi } from "vitest";
import { ingestDocuments } from "../../src/knowledge/ingest/consumer.ts";
import { retryDelay } from "../../src/knowledge/ingest/queue.ts";
import { chunkMarkdown } from "../../src/knowledge/ingest/chunk.ts";
import { embedChunks } from "../../src/knowledge/ingest/embed.ts";
import { commitVersions } from "../../src/knowledge/ingest/commit.ts";
import { finishDocuments } from "../../src/knowledge/ingest/finish.ts";
import { storeVectors } from "../../src/knowledge/ingest/store-vectors.ts";
import { readPendingWork, type DocumentWork } from "../../src/knowledge/ingest/pending-work.ts";
import { normalise } from "../../src/knowledge/formats/normalise.ts";
import { sweep } from "../../src/knowledge/sweeper.ts";
import { call, createWorkspace, type Workspace } from "../support/workspace.ts";
import {
  chunkIds,
  deliver,
  foundBy,
  garbage,
  longArticle,
  pendingWork,
  read,
  recordedRetries,
  remove,
  SILENT_QUEUES,
  store,
  storedVectors,
  withServices,
} from "../support/pipeline.ts";

const MINUTE = 60_000;
const article = (months: string): object => ({
  title: "Warranty",
  content: `# Warranty of the garden\n\nThe warranty of every garden lasts ${months} months.`,
});
const QUESTION = "How many months does the warranty last?";

beforeEach(() => env.CONTROL.reset());

async function work(documentId: number): Promise<DocumentWork> {
  const [found] = (await readPendingWork(env.DB, [documentId])).works;
  if (!found) throw new Error("There is no such document");
  return found;
}

/** Runs draft and commit only. From here on keyword search serves the version. */
async function commit(state: DocumentWork): Promise<void> {
  const markdown = normalise(state.content, state.contentType);
  const draft = {
    work: state,
    markdown,
    chunks: chunkMarkdown(state.title, markdown),
    language: null,
    normalisedAt: Date.now(),
    warnings: [],
  };
  await withServices((services) => commitVersions(services, [state], [draft]));
}

/** Runs the stages after commit until the vectors are stored, without clearing the outbox. */
async function embed(state: DocumentWork): Promise<void> {
  await withServices(async (services) => {
    const { missing } = await commitVersions(services, [state], []);
    for await (const { embedded } of embedChunks(services, missing, (chunk) => chunk)) {
      await storeVectors(services, embedded);
    }
  });
}

async function textOf(workspace: Workspace): Promise<string> {
  const { results } = await env.DB.prepare(`SELECT text FROM chunks WHERE workspace_id = ?1`)
    .bind(workspace.id)
    .all<{ text: string }>();
  return results.map(({ text }) => text).join("\n");
}

it("a document is ingested once although its messages arrive twice, late, out of order or without need", async () => {
  const workspace = await createWorkspace();
  const a = await store(workspace, "a", article("twelve"));
  const b = await store(workspace, "b", article("twenty"));
  const result = await deliver([
    b.documentId,
    a.documentId,
    987_654_321,
    b.documentId,
    a.documentId,
  ]);
  expect(result).toMatchObject({ outcome: "ok", retryMessages: [] });
  expect(result.explicitAcks).toHaveLength(5);
  const chunks = await chunkIds(workspace);
  expect(chunks).toHaveLength(2);
  expect((await env.CONTROL.stats()).textsRequested).toBe(2);

  // Two consumers run at the same time, and one more hours later.
  await store(workspace, "a", article("thirty"));
  await Promise.all([deliver([a.documentId]), deliver([a.documentId]), deliver([a.documentId])]);
  await deliver([a.documentId]);
  expect(await chunkIds(workspace)).toHaveLength(2);
  const ids = (await chunkIds(workspace)).map((id) => `c${id}`);
  expect(await storedVectors([...ids, ...chunks.map((id) => `c${id}`)])).toEqual(ids.toSorted());
  expect((await foundBy("keywords", workspace, QUESTION)).toSorted()).toEqual(["a", "b"]);
  expect((await foundBy("vectors", workspace, QUESTION)).toSorted()).toEqual(["a", "b"]);
  expect(await pendingWork(workspace)).toEqual([]);

  // A message sent before a deletion restores nothing.
  await remove(workspace, "a");
  await deliver([a.documentId, a.documentId]);
  expect(await foundBy("keywords", workspace, QUESTION)).toEqual(["b"]);
  expect(await foundBy("vectors", workspace, QUESTION)).toEqual(["b"]);
});

it("a document with a transient failure is retried alone with growing delays, while keyword search already serves it", async () => {
  const workspace = await createWorkspace();
  const { documentId } = await store(workspace, "a", article("twelve"));
  const queue = "test-ingest-retry";
  const isDelayed = async (): Promise<void> => {
    expect(await read(workspace, "a")).toMatchObject({ status: "pending", live_version: 1 });
    expect(await foundBy("keywords", workspace, QUESTION)).toEqual(["a"]);
    expect(await pendingWork(workspace)).toEqual([documentId]);
  };
  await env.CONTROL.failNext({ binding: "ai", kind: "capacity" });
  const shared = await deliver([documentId]);
  expect(shared).toMatchObject({
    explicitAcks: ["m0"],
    moved: [{ id: documentId, delay: retryDelay(1) }],
  });
  await isDelayed();
  for (const [attempts, plan] of [
    [1, { binding: "ai", kind: "capacity" }],
    [2, { binding: "ai", kind: "timeout" }],
    [3, { binding: "vectorize", kind: "capacity" }],
    [4, { binding: "vectorize", kind: "unavailable" }],
  ] as const) {
    await env.CONTROL.failNext(plan);
    const result = await deliver([documentId], { queue, attempts });
    expect(result).toMatchObject({ explicitAcks: [], moved: [] });
    expect(result.retryMessages).toMatchObject([{ msgId: "m0" }]);
    expect(result.delays).toEqual([retryDelay(attempts)]);
    await isDelayed();
  }
  expect(retryDelay(4)).toBeGreaterThan(retryDelay(3));
  expect(retryDelay(90)).toBeLessThanOrEqual(24 * 3600);
  expect((await deliver([documentId], { queue, attempts: 5 })).explicitAcks).toEqual(["m0"]);
  expect(await read(workspace, "a")).toMatchObject({ status: "live", error: null });
  expect(await foundBy("vectors", workspace, QUESTION)).toEqual(["a"]);
  expect(await pendingWork(workspace)).toEqual([]);

  // The failure of one document does not affect the other.
  const b = await store(workspace, "b", article("twenty"));
  const c = await store(workspace, "c", article("thirty"));
  // One call is shared; the second one is b's own.
  await env.CONTROL.failNext({ binding: "ai", kind: "capacity", times: 2 });
  const mixed = await deliver([b.documentId, c.documentId]);
  expect(mixed.explicitAcks).toHaveLength(2);
  expect(mixed.moved).toEqual([{ id: b.documentId, delay: retryDelay(1) }]);
  expect(await read(workspace, "b")).toMatchObject({ status: "pending" });
  expect(await read(workspace, "c")).toMatchObject({ status: "live" });
});

it("a retry of a long document keeps the embeddings that the first attempt stored", async () => {
  const workspace = await createWorkspace();
  const topics = Array.from({ length: 4 }, (_, index) => `topic${index}`);
  const { documentId } = await store(workspace, "long", {
    title: "Long",
    content: longArticle(topics),
  });
  await commit(await work(documentId));
  const chunks = await chunkIds(workspace);
  expect(chunks.length).toBeGreaterThan(10);
  // A call takes ten texts, and the second call fails.
  let calls = 0;
  const AI = {
    run: (...input: unknown[]) => {
      if (++calls === 2) throw new Error("3040: Capacity temporarily exceeded, please try again.");
      return Reflect.apply(env.AI.run, env.AI, input) as unknown;
    },
  } as unknown as Ai;
  const { createServices } = await import("../../src/services.ts");
  const { embedderOf } = createServices({ ...env, AI }, { waitUntil: () => {} });
  const state = await work(documentId);
  const failures = await withServices((services) => ingestDocuments(services, [state]), {
    embedderOf: (model) => ({ ...embedderOf(model), batchSize: 10 }),
  });
  expect(String(failures.get(documentId))).toContain("3040");
  await env.CONTROL.reset();
  await deliver([documentId]);
  expect((await env.CONTROL.stats()).textsRequested).toBe(Math.min(10, chunks.length - 10));
  expect(await read(workspace, "long")).toMatchObject({ status: "live", chunks: chunks.length });
  const ids = chunks.map((id) => `c${id}`);
  expect(await storedVectors(ids)).toEqual(ids.toSorted());
});

it("ingestion resumes after a crash of the consumer at any point", async () => {
  const workspace = await createWorkspace();
  const { documentId } = await store(workspace, "a", article("twelve"));

  // Crash after the commit, before the vectors are stored.
  await commit(await work(documentId));
  expect(await foundBy("keywords", workspace, QUESTION)).toEqual(["a"]);
  expect(await foundBy("vectors", workspace, QUESTION)).toEqual([]);
  expect(await pendingWork(workspace)).toEqual([documentId]);
  await finishDocuments(
    env.DB,
    { done: [await work(documentId)], failed: [], delayed: [] },
    Date.now(),
  );
  expect(await pendingWork(workspace)).toEqual([documentId]);
  expect(await read(workspace, "a")).toMatchObject({ status: "pending" });
  await deliver([documentId]);
  expect(await read(workspace, "a")).toMatchObject({ status: "live" });
  const [first = 0] = await chunkIds(workspace);

  // Crash after the vectors are stored, before the outbox is cleared: the next run embeds nothing again.
  await store(workspace, "a", article("twenty"));
  const state = await work(documentId);
  await commit(state);
  await embed(state);
  await env.CONTROL.reset();
  expect(await pendingWork(workspace)).toEqual([documentId]);
  await deliver([documentId]);
  expect((await env.CONTROL.stats()).aiCalls).toBe(0);
  expect(await read(workspace, "a")).toMatchObject({ status: "live", version: 2 });
  expect(await storedVectors([`c${first}`])).toEqual([]);

  // Crash in the middle of a deletion.
  const [second = 0] = await chunkIds(workspace);
  await remove(workspace, "a");
  await env.CONTROL.failNext({ binding: "vectorize", kind: "unavailable" });
  expect((await deliver([documentId])).moved).toHaveLength(1);
  expect(await pendingWork(workspace)).toEqual([documentId]);
  expect(await foundBy("vectors", workspace, QUESTION)).toEqual([]);
  await deliver([documentId]);
  expect(await storedVectors([`c${second}`])).toEqual([]);
  expect(await pendingWork(workspace)).toEqual([]);
});

it("a slow run of an old version never overwrites a newer version", async () => {
  const workspace = await createWorkspace();
  const { documentId } = await store(workspace, "a", article("twelve"));
  const old = await work(documentId);
  const replacement = { title: "Guarantee", content: "# Guarantee\n\nIt lasts twenty years." };
  await store(workspace, "a", replacement);

  // A draft from before the change is not committed after it, and the work stays pending.
  await withServices((services) => ingestDocuments(services, [old]));
  expect(await read(workspace, "a")).toMatchObject({ status: "pending", live_version: 0 });
  expect(await chunkIds(workspace)).toEqual([]);
  expect(await pendingWork(workspace)).toEqual([documentId]);

  // The new version is committed while the old run continues to embed: it must not embed new chunks with the old title.
  await commit(await work(documentId));
  await env.CONTROL.reset();
  await withServices((services) => ingestDocuments(services, [old]));
  expect((await env.CONTROL.stats()).textsRequested).toBe(0);
  expect(await pendingWork(workspace)).toEqual([documentId]);
  await deliver([documentId]);
  expect(await read(workspace, "a")).toMatchObject({ status: "live", version: 2, live_version: 2 });
  expect(await textOf(workspace)).toBe("It lasts twenty years.");

  // The document is deleted while it is ingested.
  await store(workspace, "a", article("thirty"));
  const late = await work(documentId);
  await remove(workspace, "a");
  await withServices((services) => ingestDocuments(services, [late]));
  expect(await chunkIds(workspace)).toEqual([]);
  expect(await foundBy("keywords", workspace, QUESTION)).toEqual([]);
  expect(await pendingWork(workspace)).toEqual([documentId]);
});

it("the older version is served while the new one cannot be ingested, and the document says why", async () => {
  const workspace = await createWorkspace();
  const { documentId } = await store(workspace, "a", article("twelve"));
  await deliver([documentId]);

  // The new version has no readable text: it fails permanently, at once.
  await store(workspace, "a", {
    title: "Warranty",
    content: "<script>home()</script>",
    content_type: "text/html",
  });
  expect((await deliver([documentId])).explicitAcks).toEqual(["m0"]);
  const failed = await read(workspace, "a");
  expect(failed).toMatchObject({ status: "failed", version: 2, live_version: 1 });
  expect(failed.error?.length).toBeGreaterThan(10);
  expect(await pendingWork(workspace)).toEqual([]);
  for (const leg of ["keywords", "vectors"] as const)
    expect(await foundBy(leg, workspace, QUESTION)).toEqual(["a"]);
  // A leftover message does not make the failed version live.
  await deliver([documentId]);
  expect(await read(workspace, "a")).toMatchObject({ status: "failed", live_version: 1 });

  // The embedding model returns an invalid answer.
  await store(workspace, "a", article("twenty"));
  await env.CONTROL.failNext({ binding: "ai", kind: "wrong-dimensions" });
  expect((await deliver([documentId])).explicitAcks).toEqual(["m0"]);
  expect(await read(workspace, "a")).toMatchObject({ status: "failed", live_version: 3 });
  expect(await foundBy("keywords", workspace, QUESTION)).toEqual(["a"]);

  // Uploading the same content again requests another attempt.
  expect(await store(workspace, "a", article("twenty"))).toMatchObject({
    unchanged: false,
    status: "pending",
  });
  await deliver([documentId]);
  expect(await read(workspace, "a")).toMatchObject({ status: "live", error: null });
  expect(await foundBy("vectors", workspace, QUESTION)).toEqual(["a"]);
});

it("a document that the retry queue gives up is failed with its reason, unless it was deleted", async () => {
  const workspace = await createWorkspace();
  const failing = await store(workspace, "failing", article("twelve"));
  const fine = await store(workspace, "fine", article("twenty"));
  await deliver([fine.documentId]);
  const gone = await store(workspace, "gone", article("thirty"));
  await deliver([gone.documentId]);
  await remove(workspace, "gone");
  const dead = [failing.documentId, fine.documentId, gone.documentId, 987_654_321];
  const result = await deliver(dead, { queue: "test-ingest-retry-dlq" });
  expect(result.explicitAcks).toHaveLength(dead.length);
  const document = await read(workspace, "failing");
  expect(document.status).toBe("failed");
  expect(document.error?.length).toBeGreaterThan(10);
  expect(await read(workspace, "fine")).toMatchObject({ status: "live", error: null });
  expect((await call(workspace.secret, "GET", "/v1/documents/gone")).status).toBe(404);
  // The vectors of a deleted document still have to be collected, at the latest by the sweeper.
  const [vector = ""] = await garbage(workspace);
  expect(await storedVectors([vector])).toEqual([vector]);
  await withServices(sweep, { now: () => Date.now() + 24 * 60 * MINUTE, ...SILENT_QUEUES });
  expect(await storedVectors([vector])).toEqual([]);
});

it("the sweeper wakes a document whose message was lost, and leaves it to its retries for ten minutes", async () => {
  const workspace = await createWorkspace();
  const { documentId } = await store(workspace, "a", article("twelve"));
  const { queue, moved } = recordedRetries();
  const sent = (): number[] => moved.map(({ id }) => id);
  const sweepAt = (ms: number): Promise<{ resent: number }> =>
    withServices(sweep, {
      now: () => ms,
      ingestRetryQueue: queue,
    });
  const start = Date.now();
  await sweepAt(start);
  expect(sent()).toEqual([]);
  await sweepAt(start + 2 * MINUTE);
  expect(sent()).toEqual([documentId]);
  await sweepAt(start + 2 * MINUTE + 1000);
  expect(sent()).toEqual([documentId]);
  await sweepAt(start + 11 * MINUTE);
  expect(sent()).toEqual([documentId]);
  await sweepAt(start + 13 * MINUTE);
  expect(sent()).toEqual([documentId, documentId]);
  await deliver([documentId]);
  await sweepAt(start + 60 * MINUTE);
  expect(sent()).toHaveLength(2);

  // With the real queue, the sweeper alone wakes the consumer.
  await store(workspace, "a", article("twenty"));
  await withServices(sweep, { now: () => Date.now() + 2 * MINUTE });
  await vi.waitFor(
    async () => expect(await read(workspace, "a")).toMatchObject({ status: "live" }),
    10_000,
  );
});

it("collected vectors are deleted once more after the grace period, and only then forgotten", async () => {
  const workspace = await createWorkspace();
  const { documentId } = await store(workspace, "a", article("twelve"));
  await deliver([documentId]);
  const [chunk = 0] = await chunkIds(workspace);
  const id = `c${chunk}`;
  await env.CONTROL.settleVectorize();
  const [vector] = await env.VECTORIZE.getByIds([id]);
  await remove(workspace, "a");
  await deliver([documentId]);
  expect(await storedVectors([id])).toEqual([]);

  // A run that was in progress writes the vector after it has been collected.
  await env.VECTORIZE.upsert([
    { id, values: Array.from(vector?.values ?? []), namespace: workspace.id },
  ]);
  expect(await storedVectors([id])).toEqual([id]);
  expect(await foundBy("vectors", workspace, QUESTION)).toEqual([]);
  const sweepAt = (ms: number): Promise<unknown> =>
    withServices(sweep, { now: () => ms, ...SILENT_QUEUES });
  await sweepAt(Date.now() + 10 * MINUTE);
  expect(await garbage(workspace)).toEqual([id]);
  // While Vectorize is down, the vector stays listed as garbage.
  await env.CONTROL.failNext({ binding: "vectorize", kind: "unavailable" });
  await expect(sweepAt(Date.now() + 40 * MINUTE)).rejects.toThrow("500");
  expect(await garbage(workspace)).toEqual([id]);
  await sweepAt(Date.now() + 40 * MINUTE);
  expect(await garbage(workspace)).toEqual([]);
  expect(await storedVectors([id])).toEqual([]);
});
