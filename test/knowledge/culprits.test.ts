import { env } from "cloudflare:workers";
import { beforeEach, expect, it } from "vitest";
import { ingestDocuments } from "../../src/knowledge/ingest/consumer.ts";
import { readPendingWork } from "../../src/knowledge/ingest/pending-work.ts";
import { retryDelay } from "../../src/knowledge/ingest/queue.ts";
import { sweep } from "../../src/knowledge/sweeper.ts";
import { createServices } from "../../src/services.ts";
import { brokenDatabase } from "../support/broken-database.ts";
import { createWorkspace } from "../support/workspace.ts";
import {
  about,
  consume,
  deliver,
  pendingWork,
  read,
  recordedRetries,
  SILENT_QUEUES,
  store,
  storeAll,
  withServices,
} from "../support/pipeline.ts";

beforeEach(() => env.CONTROL.reset());

it.each([new RangeError("Maximum call stack size exceeded"), new TypeError("x is undefined")])(
  "a document that makes its reader throw fails permanently and alone: %s",
  async (error) => {
    const workspace = await createWorkspace();
    const ids = await storeAll(workspace, ["kettle", "poison", "hammock"]);
    const { works } = await readPendingWork(env.DB, ids);
    // Any error of the reader will do; here, reading the title throws.
    const title = {
      toString(): string {
        throw error;
      },
    } as unknown as string;
    const poisoned = works.map((work) => (work.documentId === ids[1] ? { ...work, title } : work));
    await withServices((services) => ingestDocuments(services, poisoned));
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

const RETRY_QUEUE = "test-ingest-retry";
const GIVEN_UP = "test-ingest-retry-dlq";

it("documents of a redelivered message go to the retry queue, and the others of the batch are ingested", async () => {
  const workspace = await createWorkspace();
  const [kettle = 0, poison = 0, hammock = 0] = await storeAll(workspace, [
    "kettle",
    "poison",
    "hammock",
  ]);
  const { queue, moved } = recordedRetries();
  const services = createServices(env, { waitUntil: () => {} });
  const messages = [
    { id: kettle, attempts: 2 },
    { id: poison, attempts: 3 },
    { id: hammock, attempts: 1 },
    // A redelivered message: its document may have killed the invocation.
    { id: poison, attempts: 1 },
  ];
  const { acked, retried } = await consume(messages, { ...services, ingestRetryQueue: queue });
  expect(moved).toEqual([
    { id: kettle, delay: 0 },
    { id: poison, delay: 0 },
  ]);
  expect(acked.toSorted()).toEqual([kettle, poison, poison, hammock].toSorted());
  expect(retried).toEqual([]);
  expect(await pendingWork(workspace)).toEqual([kettle, poison].toSorted());
  expect(await read(workspace, "hammock")).toMatchObject({ status: "live" });
  // The retry queue delivers one document per invocation.
  await deliver([kettle], { queue: RETRY_QUEUE });
  expect(await read(workspace, "kettle")).toMatchObject({ status: "live" });
});

it("a document that cannot be moved to the retry queue is redelivered by the ingest queue", async () => {
  const workspace = await createWorkspace();
  const [kettle = 0, hammock = 0] = await storeAll(workspace, ["kettle", "hammock"]);
  const sendBatch = async (): Promise<never> => {
    throw new Error("The queue is out");
  };
  const ingestRetryQueue = { sendBatch } as unknown as Queue<{ document_id: number }>;
  const services = createServices(env, { waitUntil: () => {} });
  const messages = [
    { id: kettle, attempts: 2 },
    { id: hammock, attempts: 1 },
  ];
  const { acked, retried } = await consume(messages, { ...services, ingestRetryQueue });
  expect([acked, retried]).toEqual([[hammock], [kettle]]);
  expect(await pendingWork(workspace)).toEqual([kettle]);
  // The ingest queue's dead-letter queue gives up no document: the sweeper wakes it.
  await deliver([kettle], { queue: "test-ingest-dlq" });
  expect(await pendingWork(workspace)).toEqual([kettle]);
  expect(await read(workspace, "kettle")).toMatchObject({ status: "pending" });
});

it("a document none of whose attempts ended is given up, and its next version is ingested", async () => {
  const workspace = await createWorkspace();
  const [poison = 0] = await storeAll(workspace, ["poison"]);
  expect((await deliver([poison], { queue: GIVEN_UP })).explicitAcks).toHaveLength(1);
  expect(await read(workspace, "poison")).toMatchObject({
    status: "failed",
    error: expect.stringContaining("Split it"),
  });
  expect(await pendingWork(workspace)).toEqual([]);
  await store(workspace, "poison", about("harmless thing"));
  await deliver([poison]);
  expect(await read(workspace, "poison")).toMatchObject({ status: "live", version: 2 });
});

it("a document that is given up names the reason of its last attempt that ended", async () => {
  const workspace = await createWorkspace();
  const [kettle = 0] = await storeAll(workspace, ["kettle"]);
  await env.CONTROL.failNext({ binding: "ai", kind: "capacity" });
  await deliver([kettle], { queue: RETRY_QUEUE, attempts: 3 });
  await deliver([kettle], { queue: GIVEN_UP });
  expect(await read(workspace, "kettle")).toMatchObject({
    status: "failed",
    live_version: 1,
    error: expect.stringMatching(/several attempts: The embedding model is busy\./),
  });
});

it("a message that arrives after its document was given up changes nothing", async () => {
  const workspace = await createWorkspace();
  const [poison = 0] = await storeAll(workspace, ["poison"]);
  await deliver([poison], { queue: GIVEN_UP });
  await env.CONTROL.reset();
  for (const queue of ["test-ingest", RETRY_QUEUE, GIVEN_UP]) {
    expect((await deliver([poison], { queue })).explicitAcks).toHaveLength(1);
  }
  expect((await env.CONTROL.stats()).aiCalls).toBe(0);
  expect(await read(workspace, "poison")).toMatchObject({ status: "failed", live_version: 0 });
});

it("the sweeper wakes documents through the retry queue, where they share no batch", async () => {
  const workspace = await createWorkspace();
  await env.DB.prepare("DELETE FROM outbox").run();
  const ids = await storeAll(workspace, ["poison", "lantern"]);
  const { queue, moved } = recordedRetries();
  const { resent } = await withServices((services) => sweep(services), {
    ...SILENT_QUEUES,
    ingestRetryQueue: queue,
    now: () => Date.now() + 120_000,
  });
  expect(resent).toBe(2);
  expect(moved.map(({ id }) => id).toSorted()).toEqual(ids.toSorted());
});

it("does not give up a version that is newer than the message, nor one whose owner asked for another attempt", async () => {
  const workspace = await createWorkspace();
  const { documentId } = await store(workspace, "guide", { title: "Guide", content: "One." });
  const sentAt = new Date(Date.now() - 1000);
  await store(workspace, "guide", { title: "Guide", content: "Two." });
  await deliver([documentId], { queue: GIVEN_UP, sentAt });
  expect(await read(workspace, "guide")).toMatchObject({ status: "pending" });
  await deliver([documentId]);
  expect(await read(workspace, "guide")).toMatchObject({ status: "live" });
});

it("gives a document up at the fourth delivery where none ended, without another attempt", async () => {
  const workspace = await createWorkspace();
  const { documentId } = await store(workspace, "poison", { title: "Poison", content: "Text." });
  const result = await deliver([documentId], { queue: RETRY_QUEUE, attempts: 4 });
  expect(result.explicitAcks).toEqual(["m0"]);
  expect(await read(workspace, "poison")).toMatchObject({ status: "failed" });
});

it("waits after an error of the database, and does not blame the document for it", async () => {
  const workspace = await createWorkspace();
  const { documentId } = await store(workspace, "guide", { title: "Guide", content: "Text." });
  const bindings = brokenDatabase("FROM json_each(?1) AS w JOIN documents d");
  const result = await deliver([documentId], { queue: RETRY_QUEUE, attempts: 2, bindings });
  expect(result.delays).toEqual([retryDelay(2)]);
  expect(await read(workspace, "guide")).toMatchObject({ status: "pending" });
  await deliver([documentId], { queue: RETRY_QUEUE, attempts: 4 });
  expect(await read(workspace, "guide")).toMatchObject({ status: "live" });
});
