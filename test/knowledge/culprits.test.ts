import { env } from "cloudflare:workers";
import { beforeEach, expect, it } from "vitest";
import { serveVersions } from "../../src/knowledge/ingest/ingest-documents.ts";
import { retryDelay } from "../../src/knowledge/ingest/queue.ts";
import { brokenDatabase } from "../support/broken-database.ts";
import { createWorkspace } from "../support/workspace.ts";
import {
  about,
  claim,
  deliver,
  deliverAlone,
  deliverDead,
  ingestPending,
  pendingWork,
  read,
  store,
  storeAll,
  wake,
  withServices,
  dropPendingWork,
} from "../support/pipeline.ts";

beforeEach(dropPendingWork);

it.each([new RangeError("Maximum call stack size exceeded"), new TypeError("x is undefined")])(
  "a document that makes its reader throw fails permanently and alone: %s",
  async (error) => {
    const workspace = await createWorkspace();
    const ids = await storeAll(workspace, ["kettle", "poison", "hammock"]);
    const works = await claim();
    // Any error of the reader will do; here, reading the title throws.
    const title = {
      toString(): string {
        throw error;
      },
    } as unknown as string;
    const poisoned = works.map((work) => (work.documentId === ids[1] ? { ...work, title } : work));
    await withServices((services) => serveVersions(services, poisoned, "a killed invocation"));
    await wake("embed");
    expect(await read(workspace, "poison")).toMatchObject({
      status: "failed",
      error: expect.stringMatching(/cannot be read|nested too deep/),
    });
    for (const neighbour of ["kettle", "hammock"]) {
      expect(await read(workspace, neighbour)).toMatchObject({ status: "live" });
    }
    expect(await pendingWork(workspace)).toEqual([]);
  },
);

it("documents of a killed invocation go to the retry queue, and the others are ingested", async () => {
  const workspace = await createWorkspace();
  const [kettle = 0, poison = 0] = await storeAll(workspace, ["kettle", "poison"]);
  await claim("m0");
  await storeAll(workspace, ["hammock"]);
  const delivered = await wake("serve", { attempts: 2 });
  expect(delivered.moved.toSorted()).toEqual([kettle, poison].toSorted());
  expect(delivered.explicitAcks).toEqual(["m0"]);
  await wake("embed");
  expect(await pendingWork(workspace)).toEqual([kettle, poison].toSorted());
  expect(await read(workspace, "hammock")).toMatchObject({ status: "live" });
  // The retry queue delivers one document per invocation.
  await deliverAlone([kettle]);
  expect(await read(workspace, "kettle")).toMatchObject({ status: "live" });
  expect(await pendingWork(workspace)).toEqual([poison]);
});

it("documents that cannot be moved to the retry queue stay pending, and are moved later", async () => {
  const workspace = await createWorkspace();
  const [kettle = 0] = await storeAll(workspace, ["kettle"]);
  await claim("m0");
  const sendBatch = async (): Promise<never> => {
    throw new Error("The queue is out");
  };
  const bindings = { INGEST_RETRY_QUEUE: { sendBatch } };
  const delivered = await wake("serve", { attempts: 2, bindings });
  expect(delivered).toMatchObject({ explicitAcks: [], delays: [retryDelay(2)] });
  expect(await pendingWork(workspace)).toEqual([kettle]);
  // The ingest queue's dead-letter queue gives up no document: the sweeper wakes it.
  await deliver("test-ingest-dlq", [{ stage: "serve" }]);
  expect(await read(workspace, "kettle")).toMatchObject({ status: "pending" });
});

it("a document none of whose attempts ended is given up, and its next version is ingested", async () => {
  const workspace = await createWorkspace();
  const [poison = 0] = await storeAll(workspace, ["poison"]);
  expect((await deliverDead([poison])).explicitAcks).toHaveLength(1);
  expect(await read(workspace, "poison")).toMatchObject({
    status: "failed",
    error: expect.stringContaining("Split it"),
  });
  expect(await pendingWork(workspace)).toEqual([]);
  await store(workspace, "poison", about("harmless thing"));
  await ingestPending();
  expect(await read(workspace, "poison")).toMatchObject({ status: "live", version: 2 });
});

it("a document that is given up names the reason of its last attempt that ended", async () => {
  const workspace = await createWorkspace();
  const [kettle = 0] = await storeAll(workspace, ["kettle"]);
  await env.CONTROL.failNext({ binding: "ai", kind: "capacity" });
  await deliverAlone([kettle], { attempts: 3 });
  await deliverDead([kettle]);
  expect(await read(workspace, "kettle")).toMatchObject({
    status: "failed",
    live_version: 1,
    error: expect.stringMatching(/several attempts: The embedding model is busy\./),
  });
});

it("a message that arrives after its document was given up changes nothing", async () => {
  const workspace = await createWorkspace();
  const [poison = 0] = await storeAll(workspace, ["poison"]);
  await deliverDead([poison]);
  await env.CONTROL.reset();
  await ingestPending();
  expect((await deliverAlone([poison])).explicitAcks).toHaveLength(1);
  expect((await deliverDead([poison])).explicitAcks).toHaveLength(1);
  expect((await env.CONTROL.stats()).aiCalls).toBe(0);
  expect(await read(workspace, "poison")).toMatchObject({ status: "failed", live_version: 0 });
});

it("does not give up a version that is newer than the message, nor one whose owner asked for another attempt", async () => {
  const workspace = await createWorkspace();
  const { documentId } = await store(workspace, "guide", { title: "Guide", content: "One." });
  const sentAt = new Date(Date.now() - 1000);
  await store(workspace, "guide", { title: "Guide", content: "Two." });
  await deliverDead([documentId], { sentAt });
  expect(await read(workspace, "guide")).toMatchObject({ status: "pending" });
  await ingestPending();
  expect(await read(workspace, "guide")).toMatchObject({ status: "live" });
});

it("gives a document up at the fourth delivery where none ended, without another attempt", async () => {
  const workspace = await createWorkspace();
  const { documentId } = await store(workspace, "poison", { title: "Poison", content: "Text." });
  const result = await deliverAlone([documentId], { attempts: 4 });
  expect(result.explicitAcks).toEqual(["m0"]);
  expect(await read(workspace, "poison")).toMatchObject({ status: "failed" });
});

it("waits after an error of the database, and does not blame the document for it", async () => {
  const workspace = await createWorkspace();
  const { documentId } = await store(workspace, "guide", { title: "Guide", content: "Text." });
  const bindings = brokenDatabase("SELECT d.id AS documentId");
  const result = await deliverAlone([documentId], { attempts: 2, bindings });
  expect(result.delays).toEqual([retryDelay(2)]);
  expect(await read(workspace, "guide")).toMatchObject({ status: "pending" });
  await deliverAlone([documentId], { attempts: 4 });
  expect(await read(workspace, "guide")).toMatchObject({ status: "live" });
});
