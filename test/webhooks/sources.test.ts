import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { externalIdOf } from "../../src/webhooks/apply-change.ts";
import { sourceTypes } from "../../src/webhooks/source-types.ts";
import { checkExternalId } from "../../src/knowledge/accept/schema.ts";
import { addKey, call, createWorkspace } from "../support/workspace.ts";
import { senders } from "../support/senders.ts";
import {
  deliver,
  deliverAndApply,
  present,
  readEvents,
  readSource,
  register,
} from "../support/source.ts";

const contentful = {
  type: "contentful",
  secrets: ["s".repeat(64)],
  options: { space_id: "space1" },
};

it("a source of every type can be registered, read without its secrets, changed and deleted", async () => {
  const workspace = await createWorkspace();
  for (const type of sourceTypes) await register(type, { workspace });
  const list = await call(workspace.secret, "GET", "/v1/sources");
  const text = await list.text();
  expect(
    (JSON.parse(text) as { sources: { type: string }[] }).sources.map(({ type }) => type),
  ).toEqual([...sourceTypes].toSorted());
  for (const { secret, token } of Object.values(senders)) {
    expect(text).not.toContain(secret);
    if (token) expect(text).not.toContain(token);
  }

  const source = await register("contentful", { workspace, name: "second" });
  expect(await readSource(source)).toEqual({
    id: source.id,
    type: "contentful",
    name: "second",
    webhook_url: `https://edgewise.test/v1/webhooks/${source.id}`,
    options: expect.objectContaining({ space_id: "space1", region: "us" }),
    secrets: 1,
    has_token: false,
    status: "waiting",
    last_event_at: null,
    pending_events: 0,
    failed_events: 0,
    last_error: null,
    last_error_at: null,
    failing_since: null,
    refused_deliveries: 0,
    last_refused_at: null,
    last_refused_reason: null,
    created_at: expect.any(String),
    updated_at: expect.any(String),
  });
  const path = `/v1/sources/${source.id}`;
  const patch = {
    secrets: ["new".repeat(20), "old".repeat(20)],
    token: "t",
    options: { space_id: "space2", region: "eu" },
  };
  const patched = await call(workspace.secret, "PATCH", path, patch);
  expect(await patched.json()).toMatchObject({
    secrets: 2,
    has_token: true,
    options: { space_id: "space2", region: "eu" },
  });
  expect(await (await call(workspace.secret, "PATCH", path, { token: null })).json()).toMatchObject(
    {
      has_token: false,
      secrets: 2,
      options: { space_id: "space2" },
    },
  );

  const other = await register("standard-webhooks", { workspace, name: "third" });
  await deliverAndApply(other, senders["standard-webhooks"].body);
  expect((await call(workspace.secret, "DELETE", `/v1/sources/${other.id}`)).status).toBe(200);
  expect((await call(workspace.secret, "GET", `/v1/sources/${other.id}`)).status).toBe(404);
  expect((await call(workspace.secret, "DELETE", `/v1/sources/${other.id}`)).status).toBe(404);
  expect((await deliver(other, senders["standard-webhooks"].body)).status).toBe(401);
  const audit = await (
    await call(workspace.secret, "GET", `/v1/audit?object_id=${other.id}`)
  ).text();
  expect(audit).toMatch(/source\.delete[\s\S]*source\.create/);
  expect(audit).not.toContain(senders["standard-webhooks"].secret);
  // Its documents stay.
  expect(Object.keys(await present(other))).toEqual(["third/delivery"]);
});

it("the events of a source are listed page by page, on request those of one status", async () => {
  const source = await register("standard-webhooks");
  for (let n = 0; n < 3; n++)
    await deliverAndApply(source, { ...senders["standard-webhooks"].body, n });
  await deliverAndApply(source, { type: "other.event" });
  const { secret } = source.workspace;
  const seen: string[] = [];
  let cursor = "";
  for (let pages = 0; pages < 5; pages++) {
    const response = await call(secret, "GET", `/v1/sources/${source.id}/events?limit=2${cursor}`);
    const page = await response.json<{
      events: { status: string }[];
      next_cursor: string | null;
    }>();
    seen.push(...page.events.map(({ status }) => status));
    if (page.next_cursor === null) break;
    cursor = `&cursor=${page.next_cursor}`;
  }
  expect(seen).toEqual(["ignored", "done", "done", "done"]);
  expect(await readEvents(source, "?status=ignored")).toHaveLength(1);
  expect(await readSource(source)).toMatchObject({
    status: "working",
    last_event_at: expect.any(String),
  });
  for (const query of ["?status=nope", "?limit=0", "?cursor=x"])
    expect(
      (await call(secret, "GET", `/v1/sources/${source.id}/events${query}`)).status,
    ).toBeGreaterThanOrEqual(400);
});

it("a source is not shown or changed for another workspace or without the right key", async () => {
  const source = await register("contentful");
  await deliver(source, senders.contentful.body);
  const [event] = await readEvents(source);
  const stranger = await createWorkspace();
  const limited = "sk_limited0000000000000000000000";
  await addKey(source.workspace, limited + source.id.slice(4), "secret", ["chat", "insight"]);
  const routes: [string, string, object?][] = [
    ["GET", `/v1/sources/${source.id}`],
    ["PATCH", `/v1/sources/${source.id}`, { token: "x" }],
    ["DELETE", `/v1/sources/${source.id}`],
    ["GET", `/v1/sources/${source.id}/events`],
    ["POST", `/v1/sources/${source.id}/events/${event?.id}/retry`],
  ];
  for (const [method, path, body] of routes) {
    expect([path, (await call(stranger.secret, method, path, body)).status]).toEqual([path, 404]);
    expect((await call(source.workspace.publishable, method, path, body)).status).toBe(403);
    expect((await call(limited + source.id.slice(4), method, path, body)).status).toBe(403);
    expect((await call("", method, path, body)).status).toBe(401);
  }
  expect(await (await call(stranger.secret, "GET", "/v1/sources")).json()).toEqual({ sources: [] });
  expect((await call(source.workspace.publishable, "POST", "/v1/sources", contentful)).status).toBe(
    403,
  );
  expect(await readSource(source)).toMatchObject({ has_token: false });
  // Two workspaces may use one name.
  await register("contentful", { workspace: stranger });
});

describe("refused sources", () => {
  it.each<[string, object, number, RegExp]>([
    ["without a type", { secrets: ["s"] }, 422, /type/],
    ["of an unknown type", { ...contentful, type: "drupal" }, 422, /type/],
    ["without secrets", { ...contentful, secrets: [] }, 422, /secrets/],
    ["with an empty secret", { ...contentful, secrets: [""] }, 422, /secrets/],
    [
      "with too many secrets",
      { ...contentful, secrets: Array.from({ length: 6 }, () => "s") },
      422,
      /secrets/,
    ],
    ["without its options", { ...contentful, options: {} }, 422, /space_id/],
    ["with an unknown option", { ...contentful, options: { space_id: "a", spce: 1 } }, 422, /spce/],
    [
      "with an option that would leave its host",
      { ...contentful, options: { space_id: "../x" } },
      422,
      /space_id/,
    ],
    ["with a name that cannot begin an id", { ...contentful, name: "a/b" }, 422, /name/],
    ["with an unknown field", { ...contentful, secret: "x" }, 422, /secret/],
    [
      "with a link that is none",
      { ...contentful, options: { space_id: "a", url_template: "javascript:{x}" } },
      422,
      /url_template/,
    ],
    [
      "without a token where one is needed",
      { type: "storyblok", secrets: ["s"], options: { space_id: "1" } },
      422,
      /token/,
    ],
    [
      "with a token where none is used",
      { type: "ghost", secrets: ["s"], token: "t" },
      422,
      /token/,
    ],
    [
      "with a secret that is not base64",
      { type: "standard-webhooks", secrets: ["whsec_*"] },
      422,
      /secrets\.0/,
    ],
    [
      "at a private address",
      { type: "wordpress", secrets: ["whsec_AAAA"], options: { base_url: "https://127.0.0.1" } },
      422,
      /base_url/,
    ],
    [
      "at an address without TLS",
      {
        type: "wordpress",
        secrets: ["whsec_AAAA"],
        options: { base_url: "http://blog.example.com" },
      },
      422,
      /base_url/,
    ],
    [
      "for another host's project",
      { type: "sanity", secrets: ["s"], options: { project_id: "evil.com/" } },
      422,
      /project_id/,
    ],
  ])("a source %s is refused", async (_name, body, status, detail) => {
    const workspace = await createWorkspace();
    const response = await call(workspace.secret, "POST", "/v1/sources", body);
    const problem = await response.json<{ errors?: unknown }>();
    expect([response.status, JSON.stringify(problem)]).toEqual([
      status,
      expect.stringMatching(detail),
    ]);
    expect(await (await call(workspace.secret, "GET", "/v1/sources")).json()).toEqual({
      sources: [],
    });
  });

  it("a source is refused when its name is taken, and a change is checked as a new source is", async () => {
    const source = await register("storyblok");
    const { workspace } = source;
    const again = await call(workspace.secret, "POST", "/v1/sources", {
      ...contentful,
      name: "storyblok",
    });
    expect([again.status, await again.json()]).toEqual([
      409,
      expect.objectContaining({ code: "source_exists" }),
    ]);
    for (const change of [
      { token: null },
      { secrets: [] },
      { options: { space_id: "x" } },
      { options: null },
      { name: "y" },
    ])
      expect(
        (await call(workspace.secret, "PATCH", `/v1/sources/${source.id}`, change)).status,
      ).toBe(422);
  });

  it("a source is refused when the deployment has no key to seal secrets with", async () => {
    const workspace = await createWorkspace();
    const { SEALING_KEY: _, ...bare } = { ...env };
    const response = await call(workspace.secret, "POST", "/v1/sources", contentful, {
      overrides: { ...bare, SEALING_KEY: undefined } as unknown as Partial<typeof env>,
    });
    expect([response.status, await response.json()]).toEqual([
      503,
      expect.objectContaining({ code: "not_configured" }),
    ]);
  });
});

it("every entry of a source gets an external id of its own", async () => {
  const entries = [
    "a b",
    "a%20b ",
    "a-b",
    "é",
    "e\u0301x",
    "x".repeat(300),
    `${"x".repeat(300)}y`,
    "\uD800",
    "a\nb",
    "日本".repeat(80),
    "../..",
    "💡".repeat(70),
  ];
  const ids = await Promise.all(entries.map((entry) => externalIdOf("name", entry)));
  for (const id of ids) expect(checkExternalId(id)).toBe(id);
  expect(new Set(ids).size).toBe(entries.length);
});

it("the OpenAPI document describes the sources' routes", async () => {
  const workspace = await createWorkspace();
  const document = await (
    await call(workspace.secret, "GET", "/openapi.json")
  ).json<{ paths: Record<string, object> }>();
  for (const path of [
    "/v1/sources",
    "/v1/sources/{source_id}",
    "/v1/sources/{source_id}/events",
    "/v1/webhooks/{source_id}",
  ])
    expect(Object.keys(document.paths)).toContain(path);
});
