import { env } from "cloudflare:workers";
import { beforeAll, expect, it, vi } from "vitest";
import type { Env } from "../../src/env.ts";
import { brokenDatabase } from "../support/broken-database.ts";
import { call, createWorkspace, type Workspace } from "../support/workspace.ts";
import { SILENT } from "../support/pipeline.ts";
import { countRows, expectNothingInternal, expectProblem } from "../support/expect-problem.ts";

const DOCUMENT = { title: "Pump", content: "Rinse the pump with lukewarm water once a month." };
const ROUTES: [method: string, path: string, body?: unknown][] = [
  ["POST", "/v1/chat", { message: "How do I rinse the pump?" }],
  ["GET", "/v1/conversations/cv_1"],
  ["PUT", "/v1/documents/other", DOCUMENT],
  ["GET", "/v1/documents/pump"],
  ["DELETE", "/v1/documents/pump"],
  ["GET", "/v1/documents"],
  ["POST", "/v1/search", { query: "How do I rinse the pump?" }],
];
const JSON_ANSWER = { accept: "application/json" };

let workspace: Workspace;

beforeAll(async () => {
  workspace = await createWorkspace({ pump: DOCUMENT });
});

it("every response carries a new id and the security headers, and is not cached", async () => {
  const requests: [method: string, path: string, body?: unknown][] = [
    ...ROUTES.filter(([method]) => method !== "DELETE"),
    ["GET", "/health"],
    ["HEAD", "/health"],
    ["GET", "/openapi.json"],
    ["GET", "/demo.json"],
    ["GET", "/nowhere"],
    ["OPTIONS", "/v1/chat"],
    ["POST", "/v1/chat", "{"],
    ["GET", "/v1/documents/%FF"],
  ];
  const ids = new Set<string>();
  for (const [method, path, body] of requests) {
    const response = await call(workspace.secret, method, path, body, {
      overrides: SILENT,
      headers: { "x-request-id": "00000000-0000-4000-8000-000000000000" },
    });
    const id = response.headers.get("x-request-id") ?? "";
    expect(id, `${method} ${path}`).toMatch(/^[0-9a-f-]{36}$/);
    expect(id).not.toMatch(/^0{8}/);
    ids.add(id);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
      "strict-transport-security": "max-age=31536000",
      "x-content-type-options": "nosniff",
      "referrer-policy": "no-referrer",
    });
    expect(response.headers.get("cache-control")).toMatch(/no-store|no-cache/);
    await response.body?.cancel();
  }
  expect(ids.size).toBe(requests.length);
});

it("a request to a path or method that does not exist gets a problem, and nothing is stored", async () => {
  const before = await countRows();
  const nowhere: [method: string, path: string][] = [
    ["GET", "/v1"],
    ["GET", "/v1/"],
    ["GET", "/v2/chat"],
    ["GET", "/V1/documents"],
    ["GET", "/v1/documents/"],
    ["GET", "/v1/documents/a/b"],
    ["GET", "/v1//documents"],
    ["GET", "/.env"],
    ["GET", "/v1/chat"],
    ["DELETE", "/v1/chat"],
    ["POST", "/v1/documents"],
    ["POST", "/v1/documents/pump"],
    ["PATCH", "/v1/documents/pump"],
    ["GET", "/v1/search"],
    ["DELETE", "/v1/conversations"],
    ["GET", "/v1/visitors/ada"],
    ["POST", "/health"],
    ["PROPFIND", "/v1/documents"],
    ["GET", "/%FF"],
    ["GET", "/__proto__"],
    ["GET", `/${"a/".repeat(2000)}`],
  ];
  for (const [method, path] of nowhere) {
    const body = method === "POST" ? DOCUMENT : undefined;
    const response = await call(workspace.secret, method, path, body);
    await expectProblem(response, 404, "not_found").catch((error: unknown) => {
      throw new Error(`${method} ${path.slice(0, 40)}: ${String(error)}`);
    });
  }
  expect(await countRows()).toEqual(before);
});

it("a response reveals nothing internal when the database fails", async () => {
  const error = vi.spyOn(console, "error").mockImplementation(() => {});
  const before = await countRows();
  const failing: Partial<Env>[] = [
    brokenDatabase("api_keys"),
    brokenDatabase("documents", "conversations", "chunks", "messages"),
    {
      DB: new Proxy(env.DB, {
        get() {
          throw new Error("D1_ERROR: Network connection lost. SELECT secret FROM workspaces");
        },
      }),
    },
  ];
  for (const overrides of failing) {
    for (const [method, path, body] of ROUTES) {
      const options = { overrides: { ...SILENT, ...overrides }, headers: JSON_ANSWER };
      const response = await call(workspace.secret, method, path, body, options);
      expect([500, 503], `${method} ${path}`).toContain(response.status);
      const code = response.status === 500 ? "internal" : "unavailable";
      await expectProblem(response, response.status, code);
    }
    const streamed = await call(
      workspace.secret,
      "POST",
      "/v1/chat",
      { message: "Pump?" },
      { overrides },
    );
    expectNothingInternal(await streamed.text());
  }
  expect(await countRows()).toEqual(before);
  expect(error).toHaveBeenCalled();
});

it("a response reveals nothing of a wrong configuration", async () => {
  const error = vi.spyOn(console, "error").mockImplementation(() => {});
  for (const EMBEDDING_MODEL of ["@cf/no/such-model", "constructor"]) {
    for (const [method, path, body] of ROUTES) {
      const response = await call(workspace.secret, method, path, body, {
        overrides: { EMBEDDING_MODEL },
      });
      await expectProblem(response, 500, "internal");
    }
  }
  // Whoever operates it learns what is wrong.
  expect(JSON.stringify(error.mock.calls)).toContain("EMBEDDING_MODEL");
});
