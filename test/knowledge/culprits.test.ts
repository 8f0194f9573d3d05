import { env } from "cloudflare:workers";
import { beforeEach, expect, it } from "vitest";
import { learnDocuments } from "../../src/knowledge/ingest/consumer.ts";
import { noteTry, readWork } from "../../src/knowledge/ingest/work.ts";
import { sweep } from "../../src/knowledge/sweeper.ts";
import { createServices } from "../../src/services.ts";
import { createWorkspace } from "../support/workspace.ts";
import {
  about,
  consume,
  deliver,
  owed,
  read,
  store,
  storeAll,
  withServices,
} from "../support/pipeline.ts";

beforeEach(() => env.CONTROL.reset());

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

interface Call {
  texts: number;
  tries: (number | undefined)[];
}

/** Delivers one batch, and tells each call of the model with how often its documents had been tried by then. */
async function callsOf(ids: number[], attempts: number, error?: Error): Promise<Call[]> {
  const calls: Call[] = [];
  const ai = {
    run: async (...input: [string, { text: string[] }]) => {
      calls.push({
        texts: input[1].text.length,
        tries: await Promise.all(ids.map(triesOf)),
      });
      if (error) throw error;
      return Reflect.apply(env.AI.run, env.AI, input) as unknown;
    },
  } as unknown as Ai;
  const services = createServices({ ...env, AI: ai }, { waitUntil: () => {} });
  await consume(
    ids.map((id) => ({ id, attempts })),
    services,
  );
  return calls;
}

it("learns each document of a batch alone once an attempt did not end, and says so before it begins", async () => {
  const workspace = await createWorkspace();
  const ids = await storeAll(workspace, ["kettle", "lantern"]);
  expect(await callsOf(ids, 2)).toEqual([
    { texts: 1, tries: [1, 0] },
    { texts: 1, tries: [undefined, 1] },
  ]);
  expect(await owed(workspace)).toEqual([]);
});

it("begins with those that were begun least often, and tries one again that has been begun once", async () => {
  const workspace = await createWorkspace();
  const ids = await storeAll(workspace, ["kettle", "lantern"]);
  await noteTry(env.DB, ids[0] ?? 0);
  expect(await callsOf(ids, 2)).toEqual([
    { texts: 1, tries: [1, 1] },
    { texts: 1, tries: [2, undefined] },
  ]);
  expect(await read(workspace, "kettle")).toMatchObject({ status: "live" });
});

it("takes a new version for a new document", async () => {
  const workspace = await createWorkspace();
  const ids = await storeAll(workspace, ["kettle", "lantern"]);
  for (let tries = 0; tries < 2; tries++) await noteTry(env.DB, ids[0] ?? 0);
  await store(workspace, "kettle", about("small kettle"));
  expect(await callsOf(ids, 1)).toEqual([{ texts: 2, tries: [0, 0] }]);
});

it("shares calls again after an attempt that ended in an error that may pass, but not after one that did not end", async () => {
  const workspace = await createWorkspace();
  const ids = await storeAll(workspace, ["kettle", "lantern"]);
  await callsOf(ids, 1, new Error("3040: Capacity temporarily exceeded, please try again."));
  expect(await Promise.all(ids.map(triesOf))).toEqual([-1, -1]);
  // As if this attempt had been killed: it had taken note of the last one's end.
  const [first] = await callsOf(ids, 2, new Error("3040: Capacity temporarily exceeded."));
  expect(first).toEqual({ texts: 2, tries: [0, 0] });
  await env.DB.prepare(`UPDATE outbox SET tries = 0 WHERE document_id IN (?1, ?2)`)
    .bind(...ids)
    .run();
  expect((await callsOf(ids, 3)).map(({ texts }) => texts)).toEqual([1, 1]);
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
