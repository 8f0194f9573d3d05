import { env } from "cloudflare:workers";
import { expect, it } from "vitest";
import { DEMO_KEYS } from "../../local/config.ts";
import { sweepOldRecords } from "../../src/privacy/old-records.ts";
import { BUDGET } from "../../src/runtime/plan-limits.ts";
import { withServices } from "../support/pipeline.ts";
import { tick } from "../support/tick.ts";
import { call, createWorkspace, publish, type Workspace } from "../support/workspace.ts";

const DAY = 86_400_000;
const TABLES = ["audit_log", "daily_usage", "erasures", "releases"] as const;

async function count({ id }: Workspace): Promise<Record<string, number>> {
  const counts = TABLES.map(
    (table) => `(SELECT count(*) FROM ${table} WHERE workspace_id = ?1) AS ${table}`,
  );
  const row = await env.DB.prepare(`SELECT ${counts.join()}`).bind(id).first();
  return row as Record<string, number>;
}

/** A workspace with two records of each kind. */
async function recorded(): Promise<Workspace> {
  const workspace = await createWorkspace();
  await publish(workspace, { sentences: { farewell: "A" } });
  await publish(workspace, { sentences: { farewell: "B" } });
  for (const visitor of ["a", "b"])
    await call(workspace.secret, "DELETE", `/v1/visitors/${visitor}`);
  await env.DB.prepare(
    `INSERT INTO daily_usage (workspace_id, day) VALUES (?1, '2020-01-01'), (?1, ?2)`,
  )
    .bind(workspace.id, new Date(Date.now()).toISOString().slice(0, 10))
    .run();
  return workspace;
}

it("the audit log, daily usage, erasures and replaced releases are kept for 400 days, and the live release for ever", async () => {
  const workspace = await recorded();
  const before = await count(workspace);
  expect(before).toMatchObject({ audit_log: 4, daily_usage: 2, erasures: 2, releases: 2 });
  await tick({ later: 399 * DAY });
  expect(await count(workspace)).toEqual({ ...before, daily_usage: 1 });
  const live = await (await call(workspace.secret, "GET", "/v1/releases/live")).text();
  await tick({ later: 402 * DAY });
  expect(await count(workspace)).toEqual({
    audit_log: 0,
    daily_usage: 0,
    erasures: 1,
    releases: 1,
  });
  expect(await (await call(workspace.secret, "GET", "/v1/releases/live")).text()).toBe(live);
  await expect(
    env.DB.prepare(`UPDATE audit_log SET action = 'x' WHERE workspace_id = ?1`)
      .bind((await recorded()).id)
      .run(),
  ).rejects.toThrow(/append-only/);
});

it("a release is kept for 400 days after it was replaced, however old it is", async () => {
  const workspace = await recorded();
  await env.DB.prepare(
    `UPDATE releases SET created_at = created_at - ?2 WHERE workspace_id = ?1 AND number = 1`,
  )
    .bind(workspace.id, 500 * DAY)
    .run();
  await tick({});
  expect((await count(workspace))["releases"]).toBe(2);
});

it("old records of any number are removed within the budget of the ticks, also where one table fails", async () => {
  const workspace = await createWorkspace();
  await env.DB.prepare(
    `INSERT INTO audit_log (workspace_id, actor, action, object_id, created_at)
     WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2500)
     SELECT ?1, 'a', 'b', 'c', i FROM n`,
  )
    .bind(workspace.id)
    .run();
  for (const left of [1500, 500, 0]) {
    await withServices(sweepOldRecords, {});
    expect((await count(workspace))["audit_log"]).toBe(left);
  }
  const full = await recorded();
  await withServices(
    async (services) => {
      services.calls.use("statements", BUDGET.statements);
      expect(await sweepOldRecords(services)).toEqual({});
    },
    { now: () => Date.now() + 402 * DAY },
  );
  expect((await count(full))["audit_log"]).toBe(4);
  await env.DB.prepare(
    `CREATE TRIGGER fails BEFORE DELETE ON audit_log BEGIN SELECT RAISE(ABORT, 'broken'); END`,
  ).run();
  await withServices(
    async (services) => {
      await expect(sweepOldRecords(services)).rejects.toThrow(/stayed/);
    },
    { now: () => Date.now() + 402 * DAY },
  );
  await env.DB.prepare(`DROP TRIGGER fails`).run();
  expect(await count(full)).toMatchObject({ audit_log: 4, daily_usage: 0, releases: 1 });
});

it("a new workspace keeps conversations for a year, and one from before keeps its own choice", async () => {
  const created = await call(DEMO_KEYS.deployment, "POST", "/v1/workspaces", { name: "New" });
  expect(created.status).toBe(201);
  const { key } = await created.json<{ key: string }>();
  expect(await (await call(key, "GET", "/v1/settings")).json()).toMatchObject({
    retention_days: 365,
  });
  const old = await createWorkspace();
  expect(await (await call(old.secret, "GET", "/v1/settings")).json()).toMatchObject({
    retention_days: null,
  });
});

it("an audit entry can be deleted only if it is older than audit_retention.before", async () => {
  const workspace = await createWorkspace();
  await env.DB.batch([
    env.DB.prepare(`UPDATE audit_retention SET before = 2000`),
    env.DB.prepare(
      `INSERT INTO audit_log (workspace_id, actor, action, object_id, created_at)
       VALUES (?1, 'a', 'b', 'older', 1999), (?1, 'a', 'b', 'as old', 2000)`,
    ).bind(workspace.id),
  ]);
  const remove = (objectId: string): Promise<D1Result> =>
    env.DB.prepare(`DELETE FROM audit_log WHERE workspace_id = ?1 AND object_id = ?2`)
      .bind(workspace.id, objectId)
      .run();
  await expect(remove("as old")).rejects.toThrow(/append-only/);
  expect((await count(workspace))["audit_log"]).toBe(2);
  await remove("older");
  expect((await count(workspace))["audit_log"]).toBe(1);
});

it("items of a playbook go 400 days after nothing names them, and those of the live release stay", async () => {
  const workspace = await createWorkspace();
  const put = (text: string) =>
    call(workspace.secret, "PUT", "/v1/answers/a", { wordings: ["Do you match prices?"], text });
  for (const text of ["Yes.", "No."]) expect((await put(text)).status).toBe(200);
  const stored = async () => {
    const row = await env.DB.prepare(
      `SELECT (SELECT count(*) FROM playbooks WHERE workspace_id = ?1) AS playbooks,
         (SELECT count(*) FROM playbook_items WHERE workspace_id = ?1) AS items,
         (SELECT count(*) FROM playbook_vectors WHERE workspace_id = ?1) AS vectors`,
    )
      .bind(workspace.id)
      .first();
    return row;
  };
  await tick({ later: 399 * DAY });
  expect(await stored()).toEqual({ playbooks: 2, items: 2, vectors: 2 });
  await tick({ later: 402 * DAY });
  await tick({ later: 402 * DAY });
  expect(await stored()).toEqual({ playbooks: 1, items: 1, vectors: 1 });
  const live = await call(workspace.secret, "GET", "/v1/answers/a");
  expect(await live.json()).toMatchObject({ text: "No." });
});
