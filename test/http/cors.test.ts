import { beforeAll, expect, it } from "vitest";
import { isAllowedOrigin, normaliseOrigin } from "../../src/auth/origins.ts";
import {
  ask,
  call,
  countStored,
  createWorkspace,
  tokenOf,
  type Workspace,
} from "../support/workspace.ts";

const SHOP = "https://shop.example.com";
const EVIL = "https://evil.example";

let workspace: Workspace;
beforeAll(async () => {
  workspace = await createWorkspace();
  const { keys } = await (
    await call(workspace.secret, "GET", "/v1/keys")
  ).json<{ keys: { id: string; kind: string }[] }>();
  const id = keys.find(({ kind }) => kind === "publishable")?.id;
  const origins = [SHOP, "https://*.brand.example", "http://localhost:*"];
  const changed = await call(workspace.secret, "PATCH", `/v1/keys/${id}`, { origins });
  expect([changed.status, await changed.text()]).toEqual([200, expect.any(String)]);
});

function from(origin: string, key = workspace.publishable): Promise<Response> {
  const headers = { origin, accept: "application/json" };
  return call(key, "POST", "/v1/chat", { message: "Hello" }, { headers });
}

function variesByOrigin(response: Response): boolean {
  return /(^|,)\s*origin\s*(,|$)/i.test(response.headers.get("vary") ?? "");
}

it("pages of the listed origins may send requests and read responses, without cookies", async () => {
  const origins = [
    SHOP,
    "https://a.brand.example",
    "https://a.b.brand.example",
    "http://localhost:3000",
    "http://localhost",
    // The Worker's own pages.
    "https://edgewise.test",
  ];
  for (const origin of origins) {
    const response = await from(origin);
    expect([origin, response.status]).toEqual([origin, 200]);
    expect(response.headers.get("access-control-allow-origin")).toBe(origin);
    expect(response.headers.get("access-control-allow-credentials")).toBeNull();
    expect(response.headers.get("access-control-expose-headers")).toContain("x-request-id");
    expect(variesByOrigin(response)).toBe(true);
  }
  // A stream is read from another site, too.
  const stream = await call(
    workspace.publishable,
    "POST",
    "/v1/chat",
    { message: "Hello" },
    { headers: { origin: SHOP } },
  );
  expect(stream.headers.get("access-control-allow-origin")).toBe(SHOP);
  expect(stream.headers.get("content-type")).toMatch(/^text\/event-stream/);
  await stream.text();
});

const FOREIGN = [
  EVIL,
  "null",
  "",
  "http://shop.example.com",
  "https://shop.example.com:8443",
  "https://shop.example.com:443",
  "https://shop.example.com.evil.example",
  "https://evilshop.example.com",
  "https://shop.example.com@evil.example",
  "https://shop.example.com/",
  "https://shop.example.com/path",
  "https://SHOP.example.com",
  "HTTPS://shop.example.com",
  "https://shop.example.com.",
  "https://xn--shp-example.com",
  "https://shop.example.com, https://evil.example",
  "https://evil.example, https://shop.example.com",
  "https://shop.example.com https://evil.example",
  "https://brand.example",
  "https://evilbrand.example",
  "https://a.brand.example.evil.example",
  "https://a.brand.example:8443",
  "https://evil.example/.brand.example",
  "https://evil.example#.brand.example",
  "https://evil.example?.brand.example",
  "http://a.brand.example",
  "https://*.brand.example",
  "http://localhost.evil.example",
  "http://localhost:3000.evil.example",
  "http://localhost:x",
  "http://localhost:",
  "https://localhost:3000",
  "http://127.0.0.1:3000",
  "*",
  "file://",
  "javascript:alert(1)",
  "https://",
  "chrome-extension://abcdefghijklmnop",
];

it.each(FOREIGN)(
  "no page of the origin %j, which is not listed, may send requests or read responses",
  async (origin) => {
    const before = await countStored(workspace);
    const { conversation_id: id } = await ask(await createWorkspace(), "Hello");
    for (const response of [
      await from(origin),
      await call(workspace.publishable, "GET", `/v1/conversations/${id}`, undefined, {
        headers: { origin, ...tokenOf(id) },
      }),
    ]) {
      expect(response.status).toBe(403);
      expect(await response.json()).toMatchObject({ code: "origin_not_allowed" });
      expect(response.headers.get("access-control-allow-origin")).toBeNull();
      expect(variesByOrigin(response)).toBe(true);
    }
    expect(await countStored(workspace)).toBe(before);
  },
);

it("a secret key in a page of another site is refused, even if the workspace's publishable key lists the site", async () => {
  for (const origin of [SHOP, EVIL]) {
    const response = await from(origin, workspace.secret);
    expect(response.status).toBe(403);
    expect(response.headers.get("access-control-allow-origin")).toBeNull();
    const documents = await call(workspace.secret, "GET", "/v1/documents", undefined, {
      headers: { origin },
    });
    expect(documents.status).toBe(403);
  }
  expect((await from("https://edgewise.test", workspace.secret)).status).toBe(200);
});

it("a page may read a refusal on routes for pages, and on no others", async () => {
  const readable = await from(SHOP, `pk_${"0".repeat(40)}`);
  expect(readable.status).toBe(401);
  expect(readable.headers.get("access-control-allow-origin")).toBe(SHOP);
  const missing = await call(workspace.publishable, "GET", "/v1/conversations/cv_1", undefined, {
    headers: { origin: SHOP },
  });
  expect(missing.status).toBe(404);
  expect(missing.headers.get("access-control-allow-origin")).toBe(SHOP);
  for (const path of ["/v1/documents", "/v1/keys", "/health", "/openapi.json", "/nowhere"]) {
    const response = await call(workspace.publishable, "GET", path, undefined, {
      headers: { origin: SHOP },
    });
    expect([path, response.headers.get("access-control-allow-origin")]).toEqual([path, null]);
  }
});

it("a preflight lets every site send the allowed headers, to routes for pages only, because it carries no key", async () => {
  const preflight = (path: string, method: string, origin = SHOP): Promise<Response> =>
    call("", "OPTIONS", path, undefined, {
      headers: {
        authorization: "",
        origin,
        "access-control-request-method": method,
        "access-control-request-headers": "authorization,content-type,x-visitor-token",
      },
    });
  for (const [path, method] of [
    ["/v1/chat", "POST"],
    ["/v1/conversations", "GET"],
    ["/v1/conversations/cv_1", "GET"],
    ["/v1/conversations/cv_1/stop", "POST"],
  ] as const) {
    const response = await preflight(path, method);
    expect(response.status).toBe(204);
    expect(response.headers.get("access-control-allow-origin")).toBe(SHOP);
    expect(response.headers.get("access-control-allow-methods")?.split(", ")).toContain(method);
    expect(response.headers.get("access-control-allow-headers")).toMatch(
      /authorization.*content-type.*idempotency-key.*x-visitor-token.*x-conversation-token/,
    );
    expect(response.headers.get("access-control-allow-credentials")).toBeNull();
    expect(variesByOrigin(response)).toBe(true);
  }
  for (const path of [
    "/v1/documents",
    "/v1/documents/x",
    "/v1/search",
    "/v1/keys",
    "/v1/workspaces",
    "/health",
  ]) {
    const response = await preflight(path, "PUT");
    expect([path, response.headers.get("access-control-allow-origin")]).toEqual([path, null]);
  }
  for (const origin of ["null", "https://a.example, https://b.example", "*"]) {
    const response = await preflight("/v1/chat", "POST", origin);
    expect(response.headers.get("access-control-allow-origin")).toBeNull();
  }
});

it("every response carries the headers that keep it from being run or framed", async () => {
  for (const [method, path] of [
    ["GET", "/health"],
    ["GET", "/openapi.json"],
    ["GET", "/demo.json"],
    ["GET", "/nowhere"],
    ["GET", "/v1/documents"],
    ["OPTIONS", "/v1/chat"],
    ["POST", "/v1/chat"],
  ] as const) {
    const response = await call(
      "",
      method,
      path,
      method === "POST" ? { message: "Hi" } : undefined,
    );
    const { headers } = response;
    expect([path, headers.get("content-security-policy")]).toEqual([
      path,
      "default-src 'none'; frame-ancestors 'none'",
    ]);
    expect(headers.get("x-content-type-options")).toBe("nosniff");
    expect(headers.get("referrer-policy")).toBe("no-referrer");
    expect(headers.get("strict-transport-security")).toMatch(/^max-age=\d{8}/);
  }
});

it.each([
  ["https://www.example.com", "https://www.example.com"],
  ["https://www.example.com/", "https://www.example.com"],
  [" HTTPS://WWW.Example.com ", "https://www.example.com"],
  ["https://www.example.com:443", "https://www.example.com"],
  ["https://www.example.com:8443", "https://www.example.com:8443"],
  ["https://bücher.example", "https://xn--bcher-kva.example"],
  ["https://*.example.com", "https://*.example.com"],
  ["http://localhost:*", "http://localhost:*"],
  ["http://localhost:5173", "http://localhost:5173"],
  ["http://[::1]:*", "http://[::1]:*"],
  ["*", undefined],
  ["null", undefined],
  ["https://*", undefined],
  ["https://*.com", undefined],
  ["https://*.*.example.com", undefined],
  ["https://www.*.com", undefined],
  ["https://*.1.2.3.4", undefined],
  ["https://www.example.com:*", undefined],
  ["http://www.example.com", undefined],
  ["www.example.com", undefined],
  ["https://www.example.com/path", undefined],
  ["https://user@www.example.com", undefined],
  ["https://www.example.com?x", undefined],
  ["https://www.example.com\\@evil.example", undefined],
  ["ftp://www.example.com", undefined],
  ["", undefined],
])("the list entry %j is %j", (entry, normalised) => {
  expect(normaliseOrigin(entry)).toBe(normalised);
  if (normalised && !normalised.includes("*"))
    expect(isAllowedOrigin(normalised, [normalised])).toBe(true);
});
