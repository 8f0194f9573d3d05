import { SILENT } from "../support/pipeline.ts";
import { deliverAndApply, register } from "../support/source.ts";
import { createExecutionContext, waitOnExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { expect, it } from "vitest";
import { DEMO_KEYS } from "../../local/config.ts";
import { authenticate } from "../../src/auth/keys.ts";
import { rotateKey } from "../../src/workspaces/key-ring.ts";
import { accessTable, type KeyAccess } from "../../src/auth/access.ts";
import { createServices } from "../../src/services.ts";
import { call, createWorkspace } from "../support/workspace.ts";

interface Key {
  id: string;
  key: string;
  kind: string;
  scopes: string[];
  origins: string[];
  label: string;
  status: string;
  last_used_on: string | null;
  expires_at: string | null;
  replaced_by: string | null;
}

interface Entry {
  actor: string;
  action: string;
  object_id: string;
  request_id: string;
  detail: object;
}

async function json<T>(response: Response, status: number): Promise<T> {
  const text = await response.text();
  expect([response.status, text]).toEqual([status, expect.any(String)]);
  return JSON.parse(text) as T;
}

async function works(key: string, path = "/v1/documents"): Promise<number> {
  return (await call(key, "GET", path)).status;
}

async function log(key: string, query = ""): Promise<Entry[]> {
  const response = await call(key, "GET", `/v1/audit${query}`);
  return (await json<{ entries: Entry[] }>(response, 200)).entries;
}

it("the deployment's token creates a workspace, and the workspace's first key manages the rest", async () => {
  const name = "Brand A – ü";
  const created = await json<{ id: string; name: string; key: string }>(
    await call(DEMO_KEYS.deployment, "POST", "/v1/workspaces", { name }),
    201,
  );
  expect(created).toMatchObject({ id: expect.stringMatching(/^ws_[0-9a-f]{32}$/), name });
  for (const path of ["/v1/documents", "/v1/keys", "/v1/audit", "/v1/conversations"])
    expect([path, await works(created.key, path)]).toEqual([path, 200]);

  const made = await json<Key>(
    await call(created.key, "POST", "/v1/keys", {
      kind: "publishable",
      origins: ["https://A.example/"],
    }),
    201,
  );
  expect(made).toMatchObject({
    kind: "publishable",
    scopes: ["chat"],
    origins: ["https://a.example"],
  });
  const chat = await call(
    made.key,
    "POST",
    "/v1/chat",
    { message: "Hello" },
    { headers: { accept: "application/json" } },
  );
  expect(chat.status).toBe(200);

  const listed = await json<{ workspaces: { id: string }[] }>(
    await call(DEMO_KEYS.deployment, "GET", "/v1/workspaces?limit=200"),
    200,
  );
  expect(listed.workspaces.map(({ id }) => id)).toContain(created.id);
  expect(JSON.stringify(listed)).not.toContain(created.key);
  const actions = (await log(created.key)).map(({ action, actor }) => [action, actor.slice(0, 4)]);
  expect(actions).toEqual([
    ["key.create", "key_"],
    ["key.create", "depl"],
    ["workspace.create", "depl"],
  ]);

  // The list of workspaces in pages, with a cursor that cannot be made up.
  const first = await json<{ workspaces: object[]; next_cursor: string }>(
    await call(DEMO_KEYS.deployment, "GET", "/v1/workspaces?limit=1"),
    200,
  );
  const second = await call(
    DEMO_KEYS.deployment,
    "GET",
    `/v1/workspaces?limit=1&cursor=${first.next_cursor}`,
  );
  expect((await json<{ workspaces: object[] }>(second, 200)).workspaces).not.toEqual(
    first.workspaces,
  );
  const forged = await call(
    DEMO_KEYS.deployment,
    "GET",
    `/v1/workspaces?cursor=${first.next_cursor}x`,
  );
  expect(forged.status).toBe(400);
});

it("a deployment without ADMIN_TOKEN creates no workspaces", async () => {
  for (const token of ["", "undefined", DEMO_KEYS.deployment]) {
    const overrides = { ADMIN_TOKEN: undefined as unknown as string };
    const response = await call(token, "POST", "/v1/workspaces", { name: "x" }, { overrides });
    expect(response.status).toBe(401);
  }
});

it("a key is shown once, and only its hash is stored", async () => {
  const workspace = await createWorkspace();
  const made = await json<Key>(
    await call(workspace.secret, "POST", "/v1/keys", {
      kind: "secret",
      label: "CI",
      scopes: ["documents", "chat"],
    }),
    201,
  );
  expect(made).toMatchObject({
    label: "CI",
    scopes: ["chat", "documents"],
    status: "active",
    origins: [],
  });
  expect(await works(made.key)).toBe(200);
  expect(await works(made.key, "/v1/keys")).toBe(403);
  const everything: string[] = [];
  for (const table of ["api_keys", "audit_log"]) {
    const { results } = await env.DB.prepare(`SELECT * FROM ${table} WHERE workspace_id = ?1`)
      .bind(workspace.id)
      .all();
    everything.push(JSON.stringify(results));
  }
  for (const path of ["/v1/keys", "/v1/audit"])
    everything.push(await (await call(workspace.secret, "GET", path)).text());
  expect(everything.join()).toContain(made.id);
  expect(everything.join()).not.toContain(made.key.slice(3));
});

it("a rotated key works for its grace period, and the new key has its rights", async () => {
  const workspace = await createWorkspace();
  const old = await json<Key>(
    await call(workspace.secret, "POST", "/v1/keys", {
      kind: "secret",
      scopes: ["documents"],
      label: "Importer",
    }),
    201,
  );
  const path = `/v1/keys/${old.id}`;
  const renewed = await json<Key>(
    await call(workspace.secret, "POST", `${path}/rotate`, { grace_seconds: 3600 }),
    201,
  );
  expect(renewed).toMatchObject({
    scopes: ["documents"],
    label: "Importer",
    status: "active",
    expires_at: null,
  });
  expect([await works(old.key), await works(renewed.key)]).toEqual([200, 200]);
  const { keys } = await json<{ keys: Key[] }>(
    await call(workspace.secret, "GET", "/v1/keys"),
    200,
  );
  expect(keys.find(({ id }) => id === old.id)).toMatchObject({
    status: "expiring",
    replaced_by: renewed.id,
  });
  // A second rotation would hand out a key that nobody knows of.
  expect((await call(workspace.secret, "POST", `${path}/rotate`, {})).status).toBe(404);
  // Rotated without grace, a key ends at once.
  const last = await json<Key>(
    await call(workspace.secret, "POST", `/v1/keys/${renewed.id}/rotate`, { grace_seconds: 0 }),
    201,
  );
  expect([await works(renewed.key), await works(last.key)]).toEqual([401, 200]);
  // Revoking ends the grace time, too.
  expect((await call(workspace.secret, "DELETE", path)).status).toBe(200);
  expect(await works(old.key)).toBe(401);
  expect((await call(workspace.secret, "DELETE", path)).status).toBe(404);
  expect((await call(workspace.secret, "POST", `${path}/rotate`, {})).status).toBe(404);
  const actions = (await log(workspace.secret)).map(({ action, object_id }) => [action, object_id]);
  expect(actions).toEqual([
    ["key.revoke", old.id],
    ["key.rotate", renewed.id],
    ["key.rotate", old.id],
    ["key.create", old.id],
  ]);
});

const access = accessTable["GET /v1/documents"] as KeyAccess;

it("a rotated key's grace period ends to the millisecond", async () => {
  const workspace = await createWorkspace();
  const context = createExecutionContext();
  const at = (now: number) => ({ ...createServices(env, context), now: () => now });
  const { id, key } = await json<Key>(
    await call(workspace.secret, "POST", "/v1/keys", { kind: "secret" }),
    201,
  );
  const now = Date.now();
  const by = { actor: "test", requestId: "" };
  expect(await rotateKey(at(now), workspace.id, id, 1000, by)).not.toBeNull();
  const credentials = {
    authorization: `Bearer ${key}`,
    origin: undefined,
    ownOrigin: "https://edgewise.test",
    visitorToken: undefined,
    conversationToken: undefined,
  };
  const tryAt = (time: number) => authenticate(at(time), credentials, access);
  await expect(tryAt(now + 999)).resolves.toMatchObject({ keyId: id });
  await expect(tryAt(now + 1000)).rejects.toMatchObject({ code: "unauthorized" });
  await waitOnExecutionContext(context);
});

it("the day of a key's last use is written once a day, and no request waits for it", async () => {
  const workspace = await createWorkspace();
  const writes: string[] = [];
  const DB = new Proxy(env.DB, {
    get(target, property) {
      if (property === "prepare")
        return (sql: string) => {
          if (sql.includes("UPDATE api_keys")) writes.push(sql);
          return target.prepare(sql);
        };
      const value: unknown = Reflect.get(target, property, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
  for (let n = 0; n < 4; n++)
    await call(workspace.secret, "GET", "/v1/documents", undefined, { overrides: { DB } });
  for (let n = 0; n < 4; n++)
    await call(
      workspace.publishable,
      "POST",
      "/v1/chat",
      { message: "Hello" },
      { overrides: { DB }, headers: { accept: "application/json" } },
    );
  expect(writes).toHaveLength(2);
  const { keys } = await json<{ keys: Key[] }>(
    await call(workspace.secret, "GET", "/v1/keys"),
    200,
  );
  const today = new Date().toISOString().slice(0, 10);
  expect(keys.map((key) => key.last_used_on)).toEqual([today, today]);
});

const REFUSED: [what: string, body: object | string][] = [
  ["no kind", {}],
  ["another kind", { kind: "admin" }],
  ["the kind publishable and the scope documents", { kind: "publishable", scopes: ["documents"] }],
  ["the kind publishable and the scope admin", { kind: "publishable", scopes: ["chat", "admin"] }],
  ["the kind secret and no scopes", { kind: "secret", scopes: [] }],
  ["a scope that does not exist", { kind: "secret", scopes: ["root"] }],
  ["the kind secret and an origin", { kind: "secret", origins: ["https://a.example"] }],
  ["every origin allowed", { kind: "publishable", origins: ["*"] }],
  ["a domain instead of an origin", { kind: "publishable", origins: ["a.example"] }],
  [
    "51 origins",
    { kind: "publishable", origins: Array.from({ length: 51 }, (_, n) => `https://a${n}.example`) },
  ],
  ["a label of control characters", { kind: "secret", label: "a\u0007b" }],
  ["a long label", { kind: "secret", label: "x".repeat(101) }],
  ["a workspace id", { kind: "secret", workspace_id: "ws_local_demo" }],
  ["a key that the caller chose", { kind: "secret", key: "sk_chosen" }],
];

it.each(REFUSED)("creating a key with %s is refused", async (_what, body) => {
  const workspace = await createWorkspace();
  const response = await call(workspace.secret, "POST", "/v1/keys", body);
  expect(await json(response, 422)).toMatchObject({ code: "validation_failed" });
  expect(await log(workspace.secret)).toEqual([]);
});

it("identity secrets are shown once, at most five are active, and a revoked one is deleted", async () => {
  const workspace = await createWorkspace();
  const made: { kid: string; secret: string }[] = [];
  for (let n = 0; n < 5; n++)
    made.push(
      await json(
        await call(workspace.secret, "POST", "/v1/identity-secrets", { label: `${n}` }),
        201,
      ),
    );
  expect(new Set(made.map(({ secret }) => secret)).size).toBe(5);
  expect(made[0]?.secret).toMatch(/^is_[0-9a-f]{64}$/);
  const refused = await call(workspace.secret, "POST", "/v1/identity-secrets", {});
  expect(await json(refused, 409)).toMatchObject({ code: "limit_reached" });
  const path = `/v1/identity-secrets/${made[0]?.kid}`;
  expect((await call(workspace.secret, "DELETE", path)).status).toBe(200);
  expect((await call(workspace.secret, "DELETE", path)).status).toBe(404);
  expect((await call(workspace.secret, "POST", "/v1/identity-secrets", {})).status).toBe(201);
  const list = await (await call(workspace.secret, "GET", "/v1/identity-secrets")).text();
  for (const { kid, secret } of made) {
    expect(list).toContain(kid);
    expect(list).not.toContain(secret);
  }
  const stored = await env.DB.prepare(`SELECT secret FROM identity_secrets WHERE kid = ?1`)
    .bind(made[0]?.kid)
    .first<{ secret: string }>();
  expect(stored?.secret).toBe("");
});

it("the audit log is read in pages and can be filtered; no route changes or deletes an entry", async () => {
  const workspace = await createWorkspace();
  const made: string[] = [];
  for (let n = 0; n < 5; n++) {
    const response = await call(workspace.secret, "POST", "/v1/keys", {
      kind: "secret",
      label: `${n}`,
    });
    const requestId = response.headers.get("x-request-id");
    const { id } = await json<Key>(response, 201);
    made.unshift(id);
    expect((await log(workspace.secret, "?limit=1"))[0]).toMatchObject({
      action: "key.create",
      object_id: id,
      request_id: requestId,
      actor: expect.any(String),
    });
  }
  const seen: string[] = [];
  let query = "?limit=2";
  for (;;) {
    const page = await json<{ entries: Entry[]; next_cursor: string | null }>(
      await call(workspace.secret, "GET", `/v1/audit${query}`),
      200,
    );
    seen.push(...page.entries.map(({ object_id }) => object_id));
    if (!page.next_cursor) break;
    query = `?limit=2&cursor=${page.next_cursor}`;
    // A cursor belongs to its filter.
    const other = await call(workspace.secret, "GET", `/v1/audit${query}&action=key.revoke`);
    expect(other.status).toBe(400);
  }
  expect(seen).toEqual(made);
  await call(workspace.secret, "DELETE", `/v1/keys/${made[0]}`);
  expect(
    (await log(workspace.secret, "?action=key.revoke")).map((entry) => entry.object_id),
  ).toEqual([made[0]]);
  expect(await log(workspace.secret, `?object_id=${made[0]}`)).toHaveLength(2);
  expect(await log(workspace.secret, "?actor=nobody")).toEqual([]);

  for (const sql of [
    "UPDATE audit_log SET actor = 'nobody' WHERE workspace_id = ?1",
    "DELETE FROM audit_log WHERE workspace_id = ?1",
    "INSERT OR REPLACE INTO audit_log SELECT id, workspace_id, 'nobody', action, object_id, detail, request_id, created_at FROM audit_log WHERE workspace_id = ?1",
  ])
    await expect(env.DB.prepare(sql).bind(workspace.id).run()).rejects.toThrow(/append-only/);
  expect(await log(workspace.secret)).toHaveLength(6);
});

it("the audit log holds exactly one entry for each change that was made", async () => {
  const workspace = await createWorkspace();
  for (const [method, path] of [
    ["DELETE", "/v1/keys/key_nobody"],
    ["POST", "/v1/keys/key_nobody/rotate"],
    ["DELETE", "/v1/identity-secrets/ids_nobody"],
  ] as const)
    expect(
      (await call(workspace.secret, method, path, method === "POST" ? {} : undefined)).status,
    ).toBe(404);
  expect(await log(workspace.secret)).toEqual([]);
  // The log cannot be written: then nothing is done.
  const DB = new Proxy(env.DB, {
    get(target, property) {
      if (property === "prepare")
        return (sql: string) =>
          target.prepare(sql.replace("INSERT INTO audit_log", "INSERT INTO no_such_log"));
      const value: unknown = Reflect.get(target, property, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
  const response = await call(
    workspace.secret,
    "POST",
    "/v1/keys",
    { kind: "secret" },
    { overrides: { DB } },
  );
  expect(response.status).toBe(500);
  const { keys } = await json<{ keys: Key[] }>(
    await call(workspace.secret, "GET", "/v1/keys"),
    200,
  );
  expect(keys).toHaveLength(2);
});

it("the audit log holds one entry for each document that a key changes", async () => {
  const workspace = await createWorkspace();
  const put = (id: string, content: string): Promise<Response> =>
    call(
      workspace.secret,
      "PUT",
      `/v1/documents/${id}`,
      { title: "T", content },
      { overrides: SILENT },
    );
  await put("a", "One.");
  await put("a", "One.");
  await put("a", "Two.");
  const lines = ["b", "c"].map((external_id) =>
    JSON.stringify({ external_id, title: "T", content: "Three." }),
  );
  const twice = '{"external_id":"d","title":"T","content":"Four.","content":"Five."}';
  const imported = await call(
    workspace.secret,
    "POST",
    "/v1/documents/import",
    [...lines, twice].join("\n"),
    { overrides: SILENT, headers: { "content-type": "application/x-ndjson" } },
  );
  expect(await json(imported, 200)).toMatchObject({ accepted: 2 });
  await call(workspace.secret, "DELETE", "/v1/documents/b", undefined, { overrides: SILENT });
  await call(workspace.secret, "DELETE", "/v1/documents/b", undefined, { overrides: SILENT });
  const entries = await log(workspace.secret);
  expect(entries.map(({ action, object_id }) => `${action} ${object_id}`)).toEqual([
    "document.delete b",
    "document.put c",
    "document.put b",
    "document.put a",
    "document.put a",
  ]);
  for (const entry of entries) expect(entry.actor).toBe(entries[0]?.actor);
  expect(JSON.stringify(entries)).not.toContain("Two.");
});

it("the audit log names who changed settings, synonyms and documents, and what a CMS changed", async () => {
  const workspace = await createWorkspace();
  const { keys } = await json<{ keys: { id: string; kind: string }[] }>(
    await call(workspace.secret, "GET", "/v1/keys"),
    200,
  );
  const actor = keys.find(({ kind }) => kind === "secret")?.id;
  const change = (method: string, path: string, body: object): Promise<Response> =>
    call(workspace.secret, method, path, body);
  await change("PATCH", "/v1/settings", { turns_per_day: 7, link_hosts: ["help.example.com"] });
  await change("PUT", "/v1/synonyms", { synonyms: [["pump", "motor"]] });
  await change("PUT", "/v1/synonyms", { synonyms: [] });
  // Nothing was there any more, so nothing changed.
  await change("PUT", "/v1/synonyms", { synonyms: [] });
  await change("PUT", "/v1/documents/a", { title: "A", content: "Text." });
  await env.DB.prepare(`UPDATE documents SET status = 'failed' WHERE workspace_id = ?1`)
    .bind(workspace.id)
    .run();
  await change("POST", "/v1/documents/a/retry", {});
  await call(workspace.secret, "PUT", "/v1/documents/file?title=T", new Uint8Array([37, 80, 68]), {
    headers: { "content-type": "application/pdf" },
  });
  const source = await register("ghost", { workspace });
  const post = {
    id: "1",
    title: "T",
    html: "<p>Text.</p>",
    status: "published",
    updated_at: "2026-01-01T00:00:00.000Z",
  };
  for (const event of [{ current: post }, { previous: post, current: {} }]) {
    await deliverAndApply(source, { post: event });
  }
  const failed = await env.DB.prepare(
    `UPDATE source_events SET status = 'failed', body = '{}' WHERE workspace_id = ?1 RETURNING id`,
  )
    .bind(workspace.id)
    .first<{ id: number }>();
  await change("POST", `/v1/sources/${source.id}/events/${failed?.id}/retry`, {});
  const entries = (await log(workspace.secret, "?limit=50")).map(
    ({ action, actor: by, detail }) => [
      action,
      by === actor ? "key" : by === source.id ? "source" : by,
      ...(action.startsWith("s") && !action.startsWith("source") ? [detail] : []),
    ],
  );
  expect(entries.toReversed()).toEqual([
    ["settings.change", "key", { turns_per_day: 7, link_hosts: ["help.example.com"] }],
    ["synonyms.replace", "key", { groups: 1 }],
    ["synonyms.replace", "key", { groups: 0 }],
    ["document.put", "key"],
    ["document.retry", "key"],
    ["document.put", "key"],
    ["source.create", "key"],
    ["document.put", "source"],
    ["document.delete", "source"],
    ["source_event.retry", "key"],
  ]);
});

it("a key is not rotated beyond the limit on keys, and is replaced at once at the limit", async () => {
  const workspace = await createWorkspace();
  const created = await call(workspace.secret, "POST", "/v1/keys", {
    kind: "secret",
    scopes: ["chat"],
    label: "Rotated",
  });
  const { id } = await created.json<Key>();
  await env.DB.prepare(
    `INSERT INTO api_keys (id, workspace_id, kind, hash, scopes, created_at)
     WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 97)
     SELECT ?1 || i, ?1, 'secret', ?1 || i, '["chat"]', 0 FROM n`,
  )
    .bind(workspace.id)
    .run();
  const live = async (): Promise<number | null> =>
    env.DB.prepare(
      `SELECT count(*) AS n FROM api_keys WHERE workspace_id = ?1 AND revoked_at IS NULL
         AND (expires_at IS NULL OR expires_at > ?2)`,
    )
      .bind(workspace.id, Date.now())
      .first<number>("n");
  expect(await live()).toBe(100);
  const path = `/v1/keys/${id}/rotate`;
  const refused = await call(workspace.secret, "POST", path, { grace_seconds: 3600 });
  expect([refused.status, await refused.json()]).toMatchObject([409, { code: "limit_reached" }]);
  expect(await live()).toBe(100);
  expect((await call(workspace.secret, "POST", path, { grace_seconds: 0 })).status).toBe(201);
  expect(await live()).toBe(100);
});
