import { env } from "cloudflare:workers";
import { beforeEach, expect, it } from "vitest";
import { createWorkspace, type Workspace } from "../support/workspace.ts";
import {
  chunkIds,
  consume,
  countedCalls,
  longArticle,
  owed,
  read,
  store,
} from "../support/pipeline.ts";

beforeEach(async () => {
  await env.CONTROL.reset();
  await env.DB.prepare("DELETE FROM outbox").run();
});

/** Of eight chunks or more. */
async function storeMany(workspace: Workspace, names: string[]): Promise<number[]> {
  const ids: number[] = [];
  for (const name of names) {
    const content = longArticle([`apples${name}`, `pears${name}`]);
    ids.push((await store(workspace, name, { title: `Article ${name}`, content })).documentId);
  }
  return ids;
}

const named = (prefix: string, count: number): string[] =>
  Array.from({ length: count }, (_, index) => `${prefix}${index}`);

/** Delivers one batch. `calls`: the texts of each call of the model. */
async function deliver(
  messages: { id: number; attempts: number }[],
): Promise<{ calls: number[]; retried: Map<number, number | undefined> }> {
  const { services, calls } = countedCalls();
  return { calls, retried: await consume(messages, services) };
}

it("fills every call but the last of an import that comes in several batches", async () => {
  const workspace = await createWorkspace();
  const ids = await storeMany(workspace, named("d", 45));
  const calls: number[] = [];
  let waiting: { id: number; attempts: number }[] = [];
  for (let start = 0; start < ids.length; start += 15) {
    const fresh = ids.slice(start, start + 15).map((id) => ({ id, attempts: 1 }));
    const result = await deliver([...fresh, ...waiting]);
    calls.push(...result.calls);
    expect([...result.retried.values()].filter((delay) => delay !== 0)).toEqual([]);
    // None waits twice.
    expect(waiting.filter(({ id }) => result.retried.has(id))).toEqual([]);
    waiting = [...result.retried.keys()].map((id) => ({ id, attempts: 2 }));
    if (start === 0) {
      expect(waiting.length).toBeGreaterThan(0);
      expect(await read(workspace, "d14")).toMatchObject({
        status: "pending",
        live_version: 1,
        stages: { delayed_by: expect.stringContaining("call") },
      });
    }
  }
  const chunks = (await chunkIds(workspace)).length;
  expect(chunks % 100).not.toBe(0);
  expect(calls.length).toBe(Math.ceil(chunks / 100));
  expect(await owed(workspace)).toEqual([]);
  expect(await read(workspace, "d14")).toMatchObject({ status: "live" });
});

it("lets no document wait whose chunks fit into one call, and none when nothing else is owed", async () => {
  const workspace = await createWorkspace();
  const [alone = 0] = await storeMany(workspace, named("d", 3));
  const one = await deliver([{ id: alone, attempts: 1 }]);
  expect(one).toMatchObject({ calls: [expect.any(Number)], retried: new Map() });
  await env.DB.prepare("DELETE FROM outbox").run();
  const all = await storeMany(workspace, named("e", 15));
  const many = await deliver(all.map((id) => ({ id, attempts: 1 })));
  expect(many.calls.length).toBe(2);
  expect(many.retried.size).toBe(0);
});

it("lets no document wait that has waited before, and none when it cannot be asked what else is owed", async () => {
  const workspace = await createWorkspace();
  const ids = await storeMany(workspace, named("d", 16));
  const some = JSON.stringify(ids.slice(0, 15));
  // As a call leaves them that was not made, or failed for a reason that may pass.
  await env.DB.prepare(
    `UPDATE outbox SET tries = -1 WHERE document_id IN (SELECT value FROM json_each(?1))`,
  )
    .bind(some)
    .run();
  const again = await deliver(ids.slice(0, 15).map((id) => ({ id, attempts: 2 })));
  expect([again.calls.length, again.retried.size]).toEqual([2, 0]);

  const others = await storeMany(workspace, named("e", 15));
  const { services, calls } = countedCalls();
  const prepare = (sql: string): D1PreparedStatement =>
    services.db.prepare(
      /^\s*SELECT 1 FROM outbox/.test(sql) ? "SELECT 1 FROM nowhere WHERE ?1" : sql,
    );
  const db = {
    prepare,
    batch: (statements: D1PreparedStatement[]) => services.db.batch(statements),
  } as unknown as D1Database;
  const messages = others.map((id) => ({ id, attempts: 1 }));
  expect((await consume(messages, { ...services, db })).size).toBe(0);
  expect(calls.length).toBe(2);
});
