import { sha256Hex } from "../../src/crypto/hash.ts";
import { env } from "cloudflare:workers";
import { beforeAll, expect, it } from "vitest";
import { DEMO_KEYS } from "../../local/config.ts";
import { createApp } from "../../src/app.ts";
import { accessTable, type Access, type KeyKind, type Scope } from "../../src/auth/access.ts";
import { addKey, ask, call, createWorkspace, type Workspace } from "../support/workspace.ts";
import { createIdentitySecret, visitorToken } from "../support/visitor.ts";

/** Routes as OpenAPI writes them. Middleware answers to every method, and preflights are CORS's own. */
const routes = [
  ...new Set(
    createApp()
      .routes.filter(({ method }) => method !== "ALL" && method !== "OPTIONS")
      .map(({ method, path }) => `${method} ${path.replace(/:(\w+)/g, "{$1}")}`),
  ),
];

/** What strangers with a key out of a page's source can reach. Whoever adds to it has thought about that. */
const FOR_PUBLISHABLE_KEYS = [
  "GET /v1/config",
  "GET /v1/conversations",
  "GET /v1/conversations/{id}",
  "POST /v1/chat",
  "POST /v1/conversations/{id}/claim",
  "POST /v1/conversations/{id}/stop",
];

/** What answers without any credential. */
const FOR_EVERYBODY = ["GET /demo.json", "GET /health", "GET /openapi.json"];

it("every route has an entry in the access table, and every entry has a route", () => {
  expect(routes.toSorted()).toEqual(Object.keys(accessTable).toSorted());
});

it("only the listed routes are open to strangers", () => {
  const routesWhere = (test: (access: Access) => boolean): string[] =>
    Object.entries(accessTable)
      .filter(([, access]) => test(access))
      .map(([route]) => route)
      .toSorted();
  expect(routesWhere(({ by }) => by === "anyone")).toEqual(FOR_EVERYBODY);
  expect(
    routesWhere((access) => access.by === "key" && access.kinds.includes("publishable")),
  ).toEqual(FOR_PUBLISHABLE_KEYS);
});

interface Credential {
  name: string;
  /** What follows `authorization:`. */
  authorization: string;
  /** The key's rights; undefined for what is no live key. */
  key?: { kind: KeyKind; scopes: Scope[] };
  deployment?: true;
  headers?: Record<string, string>;
  visitor?: true;
}

let workspace: Workspace;
let credentials: Credential[];

beforeAll(async () => {
  workspace = await createWorkspace();
  const other = await createWorkspace();
  const secret = await createIdentitySecret(workspace);
  const token = await visitorToken(secret, { sub: "u1" });
  const foreign = await visitorToken(await createIdentitySecret(other), { sub: "u1" });
  const { conversation_token } = await ask(workspace, "Hello");
  const all: Scope[] = ["chat", "documents", "insight", "admin"];
  const secretKeys = await Promise.all(
    all.map(async (scope): Promise<Credential> => {
      const key = `sk_${scope}${workspace.id}`;
      await addKey(workspace, key, "secret", [scope]);
      const rights = { kind: "secret" as const, scopes: [scope] };
      return { name: `a secret key for ${scope}`, authorization: `Bearer ${key}`, key: rights };
    }),
  );
  const ended = async (name: string, column: string, at: number): Promise<string> => {
    const key = `sk_${name}${workspace.id}`;
    await addKey(workspace, key, "secret", all);
    await env.DB.prepare(`UPDATE api_keys SET ${column} = ?2 WHERE hash = ?1`)
      .bind(await sha256Hex(key), at)
      .run();
    return `Bearer ${key}`;
  };
  const bearer = (text: string): string => `Bearer ${text}`;
  const chat = { kind: "publishable" as const, scopes: ["chat" as const] };
  const everything = { kind: "secret" as const, scopes: all };
  const { publishable, secret: sk } = workspace;
  await addKey(workspace, `pk_chatter${workspace.id}`, "publishable", ["chat"]);
  credentials = [
    { name: "nothing", authorization: "" },
    { name: "a publishable key", authorization: bearer(publishable), key: chat },
    {
      name: "a publishable key and a visitor",
      authorization: bearer(publishable),
      key: chat,
      headers: { "x-visitor-token": token },
      visitor: true,
    },
    ...secretKeys,
    { name: "a secret key", authorization: bearer(sk), key: everything },
    {
      name: "another scheme's spelling",
      authorization: `bearer ${sk}`,
      key: everything,
    },
    {
      name: "a rotated key in its grace time",
      authorization: await ended("grace", "expires_at", Date.now() + 60_000),
      key: everything,
    },
    {
      name: "a rotated key after it",
      authorization: await ended("over", "expires_at", Date.now() - 1),
    },
    { name: "a revoked key", authorization: await ended("old", "revoked_at", 1) },
    {
      name: "the deployment's token",
      authorization: bearer(DEMO_KEYS.deployment),
      deployment: true,
    },
    { name: "nearly the deployment's token", authorization: bearer(`${DEMO_KEYS.deployment}x`) },
    { name: "a visitor's token as key", authorization: bearer(token) },
    {
      name: "a visitor's token alone",
      authorization: "",
      headers: { "x-visitor-token": token },
    },
    {
      name: "a visitor of another workspace",
      authorization: bearer(sk),
      headers: { "x-visitor-token": foreign },
    },
    { name: "a conversation's token as key", authorization: bearer(conversation_token ?? "") },
    { name: "a key's hash", authorization: bearer(`sk_${await sha256Hex(sk)}`) },
    { name: "a key that never was", authorization: bearer(`pk_${"0".repeat(40)}`) },
    { name: "a key without its prefix", authorization: bearer(sk.slice(3)) },
    { name: "a secret key called publishable", authorization: bearer(`pk_admin${workspace.id}`) },
    {
      name: "a publishable key called secret",
      authorization: bearer(`sk_chatter${workspace.id}`),
    },
    { name: "a key with a capital prefix", authorization: bearer(sk.replace("sk_", "SK_")) },
    { name: "a key with a homoglyph", authorization: bearer(sk.replace("s", "\u00df")) },
    // U+0455, which looks like an s, as its bytes arrive in a header.
    {
      name: "a key with a Cyrillic letter",
      authorization: bearer(sk.replace("s", "\u00d1\u0095")),
    },
    { name: "a key and a no-break space", authorization: bearer(`${sk}\u00a0`) },
    { name: "a key with an unknown prefix", authorization: bearer(sk.replace("sk_", "rk_")) },
    {
      name: "a key with a full-width letter",
      authorization: bearer(encodeURI(sk.replace("k", "\uff4b"))),
    },
    { name: "a key and a space", authorization: bearer(`${sk} x`) },
    { name: "a key in two parts", authorization: bearer(`${sk.slice(0, 9)} ${sk.slice(9)}`) },
    { name: "two keys", authorization: `${bearer(sk)}, ${bearer(publishable)}` },
    { name: "a tab for a space", authorization: `Bearer\t${sk}` },
    { name: "two spaces", authorization: `Bearer  ${sk}` },
    { name: "a quoted key", authorization: bearer(`"${sk}"`) },
    { name: "basic authentication", authorization: `Basic ${btoa(`${sk}:`)}` },
    { name: "a key without a scheme", authorization: sk },
    { name: "a long key", authorization: bearer(`sk_${"a".repeat(8000)}`) },
  ];
});

/** The chat turn reads its key together with its conversation, so it looks at the body first. */
const BODIES: Record<string, object> = { "POST /v1/chat": { message: "Hello" } };

/** What the table says that a credential gets: 200 stands for having reached the route. */
function expected(access: Access, credential: Credential): 200 | 401 | 403 {
  switch (access.by) {
    case "anyone":
      return 200;
    case "signature":
      // No key is a signature.
      return 401;
    case "deployment":
      return credential.deployment ? 200 : 401;
    case "key": {
      const { key } = credential;
      if (!key) return 401;
      if (!access.kinds.includes(key.kind) || !key.scopes.includes(access.scope)) return 403;
      return access.needsVisitor && key.kind === "publishable" && !credential.visitor ? 401 : 200;
    }
  }
}

it.each(routes)(
  "%s answers the callers that its entry in the access table allows, and no others",
  async (route) => {
    const access = accessTable[route];
    if (!access) throw new Error("no entry");
    const [method = "", pattern = ""] = route.split(" ");
    const path = pattern.replace(/{\w+}/g, "x");
    const body = ["POST", "PUT", "PATCH"].includes(method) ? (BODIES[route] ?? {}) : undefined;
    for (const credential of credentials) {
      const { authorization, headers } = credential;
      const response = await call("", method, path, body, {
        headers: { authorization, ...headers },
      });
      const { status } = response;
      const text = await response.text();
      const reached = status !== 401 && status !== 403 ? 200 : status;
      expect([credential.name, reached]).toEqual([credential.name, expected(access, credential)]);
      // Whoever gets through meets the route itself: its answer, or what it thinks of `x` and `{}`.
      if (reached === 200) expect([200, 201, 202, 400, 404, 415, 422], text).toContain(status);
      else expect(JSON.parse(text)).toMatchObject({ status, code: expect.any(String) });
      if (status === 401 && access.by !== "signature") {
        expect(response.headers.get("www-authenticate")).toBe("Bearer");
      }
    }
  },
);

it("no route takes a credential from the URL or the body", async () => {
  for (const route of routes) {
    const access = accessTable[route];
    if (access?.by !== "key" && access?.by !== "deployment") continue;
    const [method = "", pattern = ""] = route.split(" ");
    const token = access.by === "key" ? workspace.secret : DEMO_KEYS.deployment;
    const path = `${pattern.replace(/{\w+}/g, "x")}?key=${token}&authorization=Bearer%20${token}`;
    const body =
      method === "GET" || method === "DELETE" ? undefined : (BODIES[route] ?? { key: token });
    const response = await call("", method, path, body, { headers: { authorization: "" } });
    expect([route, response.status]).toEqual([route, 401]);
  }
});

it("a route without an entry in the access table answers nobody", async () => {
  const app = createApp();
  app.get("/v1/forgotten", (c) => c.json({ secret: "x" }));
  const request = new Request("https://edgewise.test/v1/forgotten", {
    headers: { authorization: `Bearer ${workspace.secret}` },
  });
  const context = {
    waitUntil: () => {},
    passThroughOnException: () => {},
  } as unknown as ExecutionContext;
  const response = await app.fetch(request, env, context);
  expect(response.status).toBe(500);
  expect(await response.text()).not.toContain("secret");
});

it("/openapi.json states the security and the refusals of each route as the access table does", async () => {
  interface Operation {
    security: Record<string, string[]>[];
    responses: Record<string, unknown>;
  }
  const response = await call("", "GET", "/openapi.json");
  const { paths, components } = await response.json<{
    paths: Record<string, Record<string, Operation>>;
    components: { securitySchemes: Record<string, object> };
  }>();
  const described = Object.entries(paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => ({
      route: `${method.toUpperCase()} ${path}`,
      operation,
    })),
  );
  // The three that need no credential describe themselves.
  expect(described.map(({ route }) => route).toSorted()).toEqual(
    routes.filter((route) => !FOR_EVERYBODY.includes(route)).toSorted(),
  );
  for (const { route, operation } of described) {
    const access = accessTable[route];
    const schemes = new Set(operation.security.flatMap((need) => Object.keys(need)));
    for (const scheme of schemes) expect(components.securitySchemes).toHaveProperty(scheme);
    if (access?.by === "key") {
      expect([route, schemes.has("secret_key")]).toEqual([route, access.kinds.includes("secret")]);
      expect([route, schemes.has("publishable_key")]).toEqual([
        route,
        access.kinds.includes("publishable"),
      ]);
      const scopes = operation.security.map((need) => need.secret_key ?? need.publishable_key);
      expect(new Set(scopes.flat())).toEqual(new Set([access.scope]));
      expect([route, Object.keys(operation.responses)]).toEqual([
        route,
        expect.arrayContaining(["401", "403"]),
      ]);
    }
    if (access?.by === "deployment") expect([...schemes]).toEqual(["deployment_token"]);
  }
});
