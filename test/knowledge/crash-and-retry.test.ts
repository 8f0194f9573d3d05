import { env } from "cloudflare:workers";
import { beforeEach, expect, it, vi } from "vitest";
import { serveVersions } from "../../src/knowledge/ingest/ingest-documents.ts";
import { retryDelay } from "../../src/knowledge/ingest/queue.ts";
import type { DocumentWork } from "../../src/knowledge/ingest/pending-work.ts";
import { sweep } from "../../src/knowledge/sweeper.ts";
import { call, createWorkspace, type Workspace } from "../support/workspace.ts";
import { brokenDatabase } from "../support/broken-database.ts";
import type { DocumentWakeUp, StageWakeUp } from "../../src/runtime/messages.ts";
import type { Services } from "../../src/runtime/services.ts";
import {
  chunkIds,
  claim,
  deliver,
  deliverAlone,
  deliverDead,
  endDelays,
  foundBy,
  garbage,
  ingestPending,
  longArticle,
  pendingWork,
  read,
  recordedQueue,
  remove,
  SILENT_QUEUES,
  store,
  storeMany,
  storedVectors,
  wake,
  withServices,
  dropPendingWork,
} from "../support/pipeline.ts";

const MINUTE = 60_000;
const article = (months: string): object => ({
  title: "Warranty",
  content: `# Warranty of the garden\n\nThe warranty of every garden lasts ${months} months.`,
});
const QUESTION = "How many months does the warranty last?";

beforeEach(dropPendingWork);

/** Serves versions as they were read before. */
async function serve(works: DocumentWork[]): Promise<void> {
  await withServices((services) => serveVersions(services, works, "a slow invocation"), {
    ...SILENT_QUEUES,
  });
}

async function textOf(workspace: Workspace): Promise<string> {
  const { results } = await env.DB.prepare(`SELECT text FROM chunks WHERE workspace_id = ?1`)
    .bind(workspace.id)
    .all<{ text: string }>();
  return results.map(({ text }) => text).join("\n");
}

it("a document is ingested once although wake-ups come twice, at the same time or without need", async () => {
  const workspace = await createWorkspace();
  await store(workspace, "a", article("twelve"));
  await store(workspace, "b", article("twenty"));
  const bodies = [{ stage: "serve" }, { stage: "serve" }, { stage: "serve" }];
  const result = await deliver("test-ingest", bodies);
  expect(result).toMatchObject({ outcome: "ok", retryMessages: [] });
  expect(result.explicitAcks).toHaveLength(3);
  expect(result.wakeUps).toEqual([{ body: { stage: "embed" }, delay: 0 }]);
  await wake("embed");
  const chunks = await chunkIds(workspace);
  expect(chunks).toHaveLength(2);
  expect((await env.CONTROL.stats()).textsRequested).toBe(2);

  // Several consumers run at the same time, and one more later.
  await store(workspace, "a", article("thirty"));
  await Promise.all([ingestPending(), ingestPending(), ingestPending()]);
  await ingestPending();
  expect(await chunkIds(workspace)).toHaveLength(2);
  const ids = (await chunkIds(workspace)).map((id) => `c${id}`);
  expect(await storedVectors([...ids, ...chunks.map((id) => `c${id}`)])).toEqual(ids.toSorted());
  expect((await foundBy("keywords", workspace, QUESTION)).toSorted()).toEqual(["a", "b"]);
  expect((await foundBy("vectors", workspace, QUESTION)).toSorted()).toEqual(["a", "b"]);
  expect(await pendingWork(workspace)).toEqual([]);

  // A message sent before a deletion restores nothing.
  await remove(workspace, "a");
  await ingestPending();
  expect(await foundBy("keywords", workspace, QUESTION)).toEqual(["b"]);
  expect(await foundBy("vectors", workspace, QUESTION)).toEqual(["b"]);
});

it("a document is live although its embedding fails, and is tried again with growing delays", async () => {
  const workspace = await createWorkspace();
  const { documentId } = await store(workspace, "a", article("twelve"));
  await wake("serve");
  for (const [failures, plan] of [
    { binding: "ai", kind: "capacity" },
    { binding: "ai", kind: "timeout" },
    { binding: "vectorize", kind: "capacity" },
    { binding: "vectorize", kind: "unavailable" },
  ].entries()) {
    await env.CONTROL.failNext(plan as Parameters<typeof env.CONTROL.failNext>[0]);
    const result = await wake("embed");
    expect(result).toMatchObject({ explicitAcks: ["m0"], moved: [] });
    const again = result.wakeUps.find(({ body }) => body.stage === "embed");
    expect(again?.delay).toBe(retryDelay(failures + 1));
    expect(await read(workspace, "a")).toMatchObject({ status: "live", vectors: "pending" });
    expect(await foundBy("keywords", workspace, QUESTION)).toEqual(["a"]);
    expect(await pendingWork(workspace)).toEqual([documentId]);
    // Until then no wake-up makes it due.
    await wake("embed");
    expect(await pendingWork(workspace)).toEqual([documentId]);
    await endDelays();
  }
  await wake("embed");
  expect(await foundBy("vectors", workspace, QUESTION)).toEqual(["a"]);
  expect(await pendingWork(workspace)).toEqual([]);

  // The failure of one document does not affect the other.
  await store(workspace, "b", article("twenty"));
  await store(workspace, "c", article("thirty"));
  await wake("serve");
  // One call is shared; the second one is b's own.
  await env.CONTROL.failNext({ binding: "ai", kind: "capacity", times: 2 });
  await wake("embed");
  expect((await pendingWork(workspace)).length).toBe(1);
  expect(await read(workspace, "b")).toMatchObject({ stages: { delayed_by: expect.any(String) } });
  expect(await read(workspace, "c")).not.toHaveProperty("stages.delayed_by");
  await endDelays();
  await wake("embed");
});

it("an outage of a day delays documents and fails none; after three days they are given up", async () => {
  const workspace = await createWorkspace();
  const { documentId } = await store(workspace, "a", article("twelve"));
  await wake("serve");
  const attemptAfter = async (hours: number): Promise<void> => {
    await env.DB.prepare(
      `UPDATE outbox SET due_at = 0, failing_since = failing_since - ?1 WHERE document_id = ?2`,
    )
      .bind(hours * 3600_000, documentId)
      .run();
    await env.CONTROL.failNext({ binding: "ai", kind: "capacity" });
    await wake("embed");
  };
  for (const hours of [0, 0.5, 24, 24]) {
    await attemptAfter(hours);
    expect(await read(workspace, "a")).toMatchObject({ status: "live", vectors: "pending" });
  }
  await attemptAfter(24);
  expect(await read(workspace, "a")).toMatchObject({
    status: "failed",
    live_version: 1,
    error: expect.stringContaining("Gave up after three days: The embedding model is busy."),
  });
  expect(await pendingWork(workspace)).toEqual([]);
  expect(await foundBy("keywords", workspace, QUESTION)).toEqual(["a"]);
});

it("during an outage a consumer stops after one slice, and all documents share calls again afterwards", async () => {
  const workspace = await createWorkspace();
  await storeMany(workspace, 150, (n) => article(`${n}`));
  await wake("serve");
  await env.CONTROL.reset();
  await env.CONTROL.failNext({ binding: "ai", kind: "capacity", times: 1000 });
  await wake("embed");
  expect((await env.CONTROL.stats()).aiCalls).toBeLessThanOrEqual(8);
  await env.CONTROL.reset();
  await endDelays();
  await wake("embed");
  // A wake-up that an earlier test has left in the real queue may take part of the work, also before the count began.
  await expect.poll(() => pendingWork(workspace)).toEqual([]);
  expect((await env.CONTROL.stats()).aiCalls).toBeLessThanOrEqual(2);
});

it.each(["5007: No such model", "5018: This model was retired"])(
  "no document is blamed for a model that the deployment cannot use: %s",
  async (message) => {
    const workspace = await createWorkspace();
    await store(workspace, "a", article("twelve"));
    const AI = {
      run: () => {
        throw new Error(message);
      },
    };
    await ingestPending({ bindings: { AI } });
    expect(await read(workspace, "a")).toMatchObject({
      status: "live",
      vectors: "pending",
      stages: { delayed_by: expect.stringContaining("An administrator has to choose another") },
    });
    await endDelays();
    await ingestPending();
    expect(await pendingWork(workspace)).toEqual([]);
  },
);

it(
  "a long document is embedded slice by slice, and an attempt keeps what earlier ones stored",
  { timeout: 60_000 },
  async () => {
    const workspace = await createWorkspace();
    const topics = Array.from({ length: 40 }, (_, index) => `topic${index}`);
    const { documentId } = await store(workspace, "long", {
      title: "Long",
      content: longArticle(topics),
    });
    await wake("serve");
    const chunks = await chunkIds(workspace);
    expect(chunks.length).toBeGreaterThan(100);
    // The second call fails.
    let calls = 0;
    const AI = {
      run: (...input: unknown[]) => {
        if (++calls === 2)
          throw new Error("3040: Capacity temporarily exceeded, please try again.");
        return Reflect.apply(env.AI.run, env.AI, input) as unknown;
      },
    };
    await wake("embed", { bindings: { AI } });
    expect(await pendingWork(workspace)).toEqual([documentId]);
    await env.CONTROL.reset();
    await endDelays();
    await wake("embed");
    expect((await env.CONTROL.stats()).textsRequested).toBe(chunks.length - 100);
    expect(await pendingWork(workspace)).toEqual([]);
    const ids = chunks.map((id) => `c${id}`);
    expect(await storedVectors(ids)).toEqual(ids.toSorted());
  },
);

it("ingestion resumes after a crash of the consumer at any point", async () => {
  const workspace = await createWorkspace();
  const { documentId } = await store(workspace, "a", article("twelve"));

  // Crash after the claim: the message is delivered again, and its document goes on alone.
  await claim("m0");
  expect(await wake("serve", { attempts: 2 })).toMatchObject({ moved: [documentId] });
  await deliverAlone([documentId]);
  expect(await read(workspace, "a")).toMatchObject({ status: "live" });
  expect(await pendingWork(workspace)).toEqual([]);
  const [first = 0] = await chunkIds(workspace);

  // Crash after the vectors are stored, before the outbox says so: the next run embeds nothing again.
  await store(workspace, "a", article("twenty"));
  await wake("serve");
  const crash = brokenDatabase(
    "UPDATE outbox SET claimed_by = NULL, failures = 0, failing_since = NULL, size",
  );
  expect(await wake("embed", { bindings: crash })).toMatchObject({ explicitAcks: [] });
  expect(await pendingWork(workspace)).toEqual([documentId]);
  await env.CONTROL.reset();
  await endDelays();
  await wake("embed");
  expect((await env.CONTROL.stats()).aiCalls).toBe(0);
  expect(await read(workspace, "a")).toMatchObject({ status: "live", version: 2 });
  expect(await pendingWork(workspace)).toEqual([]);
  expect(await storedVectors([`c${first}`])).toEqual([]);

  // Crash in the middle of a deletion.
  const [second = 0] = await chunkIds(workspace);
  await remove(workspace, "a");
  await env.CONTROL.failNext({ binding: "vectorize", kind: "unavailable" });
  await ingestPending();
  expect(await pendingWork(workspace)).toEqual([documentId]);
  expect(await foundBy("vectors", workspace, QUESTION)).toEqual([]);
  await endDelays();
  await ingestPending();
  expect(await storedVectors([`c${second}`])).toEqual([]);
  expect(await pendingWork(workspace)).toEqual([]);
});

it("a slow run of an old version never overwrites a newer version", async () => {
  const workspace = await createWorkspace();
  const { documentId } = await store(workspace, "a", article("twelve"));
  const old = await claim();
  const replacement = { title: "Guarantee", content: "# Guarantee\n\nIt lasts twenty years." };
  await store(workspace, "a", replacement);

  // A draft from before the change is not committed after it, and the work stays pending.
  await serve(old);
  expect(await read(workspace, "a")).toMatchObject({ status: "pending", live_version: 0 });
  expect(await chunkIds(workspace)).toEqual([]);
  expect(await pendingWork(workspace)).toEqual([documentId]);
  await wake("serve");
  await serve(old);
  await wake("embed");
  expect(await read(workspace, "a")).toMatchObject({ status: "live", version: 2, live_version: 2 });
  expect(await textOf(workspace)).toBe("It lasts twenty years.");

  // The document is deleted while it is ingested.
  await store(workspace, "a", article("thirty"));
  const late = await claim();
  await remove(workspace, "a");
  await serve(late);
  expect(await chunkIds(workspace)).toEqual([]);
  expect(await foundBy("keywords", workspace, QUESTION)).toEqual([]);
  expect(await pendingWork(workspace)).toEqual([documentId]);
  await ingestPending();
});

it("the older version is served while the new one cannot be ingested, and the document says why", async () => {
  const workspace = await createWorkspace();
  await store(workspace, "a", article("twelve"));
  await ingestPending();

  // The new version has no readable text: it fails permanently, at once.
  await store(workspace, "a", {
    title: "Warranty",
    content: "<script>home()</script>",
    content_type: "text/html",
  });
  await ingestPending();
  const failed = await read(workspace, "a");
  expect(failed).toMatchObject({ status: "failed", version: 2, live_version: 1 });
  expect(failed.error?.length).toBeGreaterThan(10);
  expect(await pendingWork(workspace)).toEqual([]);
  for (const leg of ["keywords", "vectors"] as const)
    expect(await foundBy(leg, workspace, QUESTION)).toEqual(["a"]);
  // A leftover message does not make the failed version live.
  await ingestPending();
  expect(await read(workspace, "a")).toMatchObject({ status: "failed", live_version: 1 });

  // The embedding model refuses the text.
  await store(workspace, "a", article("twenty"));
  const run = (): never => {
    throw new Error("5006: Error: the text is refused");
  };
  await ingestPending({ bindings: { AI: { run } } });
  expect(await read(workspace, "a")).toMatchObject({ status: "failed", live_version: 3 });
  expect(await foundBy("keywords", workspace, QUESTION)).toEqual(["a"]);

  // Uploading the same content again requests another attempt.
  expect(await store(workspace, "a", article("twenty"))).toMatchObject({
    unchanged: false,
    status: "pending",
  });
  await ingestPending();
  expect(await read(workspace, "a")).toMatchObject({ status: "live", error: null });
  expect(await foundBy("vectors", workspace, QUESTION)).toEqual(["a"]);
});

it("a document that the retry queue gives up is failed with its reason, unless it was deleted", async () => {
  const workspace = await createWorkspace();
  const fine = await store(workspace, "fine", article("twenty"));
  const gone = await store(workspace, "gone", article("thirty"));
  await ingestPending();
  const failing = await store(workspace, "failing", article("twelve"));
  await remove(workspace, "gone");
  const dead = [failing.documentId, fine.documentId, gone.documentId, 987_654_321];
  const result = await deliverDead(dead);
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

it("the sweeper wakes the stages of lost wake-ups, and moves the documents of a killed invocation to the retry queue", async () => {
  const workspace = await createWorkspace();
  const { documentId } = await store(workspace, "a", article("twelve"));
  const stages = recordedQueue<StageWakeUp>();
  const retries = recordedQueue<DocumentWakeUp>();
  const sweepAt = async (ms: number): Promise<{ woken: string[]; moved: number[] }> => {
    await withServices(sweep, {
      now: () => ms,
      ingestQueue: stages.queue as Services["ingestQueue"],
      embedQueue: stages.queue as Services["embedQueue"],
      ingestRetryQueue: retries.queue,
    });
    const woken = stages.sent.splice(0).map(({ body }) => body.stage);
    return { woken, moved: retries.sent.splice(0).map(({ body }) => body.document_id) };
  };
  const start = Date.now();
  expect(await sweepAt(start)).toEqual({ woken: [], moved: [] });
  expect(await sweepAt(start + 2 * MINUTE)).toEqual({ woken: ["serve"], moved: [] });
  await claim();
  expect(await sweepAt(start + 2 * MINUTE)).toEqual({ woken: [], moved: [] });
  expect(await sweepAt(start + 4 * MINUTE)).toEqual({ woken: [], moved: [documentId] });
  // It is left to its retries for ten minutes.
  expect(await sweepAt(start + 12 * MINUTE)).toEqual({ woken: [], moved: [] });
  expect(await sweepAt(start + 15 * MINUTE)).toEqual({ woken: [], moved: [documentId] });
  await deliverAlone([documentId]);
  expect(await sweepAt(start + 10)).toEqual({ woken: [], moved: [] });

  // With the real queues, the sweeper alone wakes the consumer.
  await store(workspace, "a", article("twenty"));
  await withServices(sweep, { now: () => Date.now() + 2 * MINUTE });
  await vi.waitFor(
    async () => expect(await read(workspace, "a")).toMatchObject({ status: "live" }),
    10_000,
  );
});

it("collected vectors are deleted once more after the grace period, and only then forgotten", async () => {
  const workspace = await createWorkspace();
  await store(workspace, "a", article("twelve"));
  await ingestPending();
  const [chunk = 0] = await chunkIds(workspace);
  const id = `c${chunk}`;
  await env.CONTROL.settleVectorize();
  const [vector] = await env.VECTORIZE.getByIds([id]);
  await remove(workspace, "a");
  await ingestPending();
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
