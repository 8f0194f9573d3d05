import { env } from "cloudflare:workers";
import { beforeEach, expect, it } from "vitest";
import { consumeIngest, learnDocuments } from "../../src/knowledge/consumer.ts";
import { noteTry, readWork } from "../../src/knowledge/work.ts";
import { sweep } from "../../src/knowledge/sweeper.ts";
import { createServices, type Services } from "../../src/services.ts";
import { createWorkspace, type Workspace } from "../chat/workspace.ts";
import { deliver, owed, read, store, withServices } from "./pipeline.ts";

const about = (topic: string): object => ({
  title: `About ${topic}`,
  content: `The ${topic} stands in the garden beside the shed.`,
});

beforeEach(() => env.CONTROL.reset());

async function storeAll(workspace: Workspace, topics: string[]): Promise<number[]> {
  const stored = [];
  for (const topic of topics) stored.push(await store(workspace, topic, about(topic)));
  return stored.map(({ documentId }) => documentId);
}

async function triesOf(documentId: number | undefined): Promise<number | undefined> {
  const row = await env.DB.prepare(`SELECT tries FROM outbox WHERE document_id = ?1`)
    .bind(documentId)
    .first<{ tries: number }>();
  return row?.tries;
}

it.each([new RangeError("Maximum call stack size exceeded"), new TypeError("x is undefined")])(
  "a document that breaks a reader fails for good and alone: %s",
  async (error) => {
    const workspace = await createWorkspace();
    const ids = await storeAll(workspace, ["kettle", "poison", "hammock"]);
    const { works } = await readWork(env.DB, ids);
    // What the reader trips over is whatever it is; here, reading the title is enough.
    const title = {
      toString(): string {
        throw error;
      },
    } as unknown as string;
    const poisoned = works.map((work) => (work.documentId === ids[1] ? { ...work, title } : work));
    await withServices((services) => learnDocuments(services, poisoned));
    expect(await read(workspace, "poison")).toMatchObject({
      status: "failed",
      error: expect.stringMatching(/cannot be read|deeper than can be read/),
    });
    for (const neighbour of ["kettle", "hammock"]) {
      expect(await read(workspace, neighbour)).toMatchObject({ status: "live" });
    }
    expect(await owed(workspace)).toEqual([]);
  },
);

it("from the second attempt on, learns each document of a batch alone, and says so before it begins", async () => {
  const workspace = await createWorkspace();
  const ids = await storeAll(workspace, ["kettle", "lantern"]);
  const seen: { texts: number; tries: (number | undefined)[] }[] = [];
  const ai = {
    run: async (...input: [string, { text: string[] }]) => {
      seen.push({
        texts: input[1].text.length,
        tries: [await triesOf(ids[0]), await triesOf(ids[1])],
      });
      return Reflect.apply(env.AI.run, env.AI, input) as unknown;
    },
  } as unknown as Ai;
  const services: Services = createServices({ ...env, AI: ai }, { waitUntil: () => {} });
  const acked: number[] = [];
  const messages = ids.map((document_id) => ({
    id: `m${document_id}`,
    timestamp: new Date(),
    attempts: 2,
    body: { document_id },
    ack: () => acked.push(document_id),
    retry: () => {},
  }));
  await consumeIngest({ messages } as unknown as Parameters<typeof consumeIngest>[0], services);
  expect(seen).toEqual([
    { texts: 1, tries: [1, 0] },
    { texts: 1, tries: [undefined, 1] },
  ]);
  expect(acked).toEqual(ids);
  expect(await owed(workspace)).toEqual([]);
});

it("gives up on a document that ends every invocation, after its neighbours are learned", async () => {
  const workspace = await createWorkspace();
  const [kettle = 0, poison = 0, lantern = 0] = await storeAll(workspace, [
    "kettle",
    "poison",
    "lantern",
  ]);
  // What invocations leave behind that were killed while they were at it.
  await noteTry(env.DB, poison);
  await noteTry(env.DB, poison);
  const result = await deliver([kettle, poison, lantern], { attempts: 4 });
  expect(result.explicitAcks).toHaveLength(3);
  expect(await read(workspace, "poison")).toMatchObject({
    status: "failed",
    error: expect.stringContaining("Split it"),
  });
  for (const neighbour of ["kettle", "lantern"]) {
    expect(await read(workspace, neighbour)).toMatchObject({ status: "live" });
  }
  // A new version is a new document in this respect.
  await store(workspace, "poison", about("harmless thing"));
  await deliver([poison]);
  expect(await read(workspace, "poison")).toMatchObject({ status: "live" });
});

it("keeps a suspect apart also from those that the sweeper wakes it with", async () => {
  const workspace = await createWorkspace();
  const [poison = 0, lantern = 0] = await storeAll(workspace, ["poison", "lantern"]);
  await noteTry(env.DB, poison);
  await noteTry(env.DB, poison);
  await deliver([poison, lantern], { attempts: 1 });
  expect(await read(workspace, "poison")).toMatchObject({ status: "failed" });
  expect(await read(workspace, "lantern")).toMatchObject({ status: "live" });
  await withServices((services) => sweep(services));
  expect(await owed(workspace)).toEqual([]);
});
