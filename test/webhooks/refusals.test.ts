import { env } from "cloudflare:workers";
import { afterEach, expect, it, vi } from "vitest";
import { noteRefusal } from "../../src/webhooks/refusals.ts";
import { call, createWorkspace } from "../support/workspace.ts";
import { senders } from "../support/senders.ts";
import { deliver, post, readSource, register } from "../support/source.ts";

const MINUTE = 60_000;

afterEach(() => vi.useRealTimers());

/** A database that counts what is run on it besides reads. */
function counted(): { overrides: { DB: D1Database }; writes: string[] } {
  const writes: string[] = [];
  const prepare = (sql: string): D1PreparedStatement => {
    if (!/^\s*SELECT/.test(sql)) writes.push(sql);
    return env.DB.prepare(sql);
  };
  const batch = (statements: D1PreparedStatement[]) => env.DB.batch(statements);
  return { writes, overrides: { DB: { prepare, batch } as unknown as D1Database } };
}

it("only a source's owner is told that deliveries are refused, since when and why", async () => {
  const source = await register("ghost");
  const other = await register("ghost", { workspace: source.workspace, name: "other" });
  expect(await readSource(source)).toMatchObject({
    refused_deliveries: 0,
    last_refused_at: null,
    last_refused_reason: null,
  });
  const reasons: (string | null)[] = [];
  let now = Date.now();
  for (const send of [
    () => post(source.id, "{}", {}),
    () => deliver(source, {}, { secret: "another secret than this source's" }),
    () => deliver(source, {}, { at: now - 10 * MINUTE }),
  ]) {
    now += 2 * MINUTE;
    vi.useFakeTimers({ toFake: ["Date"], now });
    expect((await send()).status).toBe(401);
    const { last_refused_reason, last_refused_at } = await readSource(source);
    expect(Date.parse(last_refused_at ?? "")).toBe(now);
    reasons.push(last_refused_reason);
  }
  expect(reasons).toEqual([
    expect.stringContaining("no signature"),
    expect.stringContaining("secrets"),
    expect.stringContaining("time"),
  ]);
  expect(await readSource(source)).toMatchObject({ refused_deliveries: 3, status: "waiting" });
  expect(await readSource(other)).toMatchObject({ refused_deliveries: 0 });
  const stranger = await createWorkspace();
  const theirs = await call(stranger.secret, "GET", `/v1/sources/${source.id}`);
  expect(theirs.status).toBe(404);

  const secrets = ["a new secret, as long as it ought to be"];
  await call(source.workspace.secret, "PATCH", `/v1/sources/${source.id}`, { secrets });
  expect(await readSource(source)).toMatchObject({ refused_deliveries: 0, last_refused_at: null });
});

it("refused deliveries cause one write a minute at most, and none for a source that does not exist", async () => {
  const source = await register("github");
  const { writes, overrides } = counted();
  const headers = await senders.github.sign({
    body: "{}",
    path: `/v1/webhooks/${source.id}`,
    secret: "wrong",
    at: Date.now(),
    id: "x",
  });
  for (let n = 0; n < 20; n++) {
    expect((await post(source.id, "{}", headers, overrides)).status).toBe(401);
  }
  expect(writes).toHaveLength(1);
  await post("src_00000000000000000000000000000000", "{}", headers, overrides);
  expect(writes).toHaveLength(1);
});

it("two deliveries that are refused at once are counted as one", async () => {
  const source = await register("github");
  const asRead = { id: source.id, workspaceId: source.workspace.id, refusedAt: null };
  await noteRefusal(env.DB, asRead, "wrong", Date.now());
  await noteRefusal(env.DB, asRead, "wrong", Date.now());
  expect(await readSource(source)).toMatchObject({ refused_deliveries: 1 });
});
