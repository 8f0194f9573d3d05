export const scopes = ["chat", "documents", "insight", "admin"] as const;
export type Scope = (typeof scopes)[number];
export type KeyKind = "publishable" | "secret";

/** Who may call a route. */
export type Access =
  /** Everybody; such a route shows nothing of a workspace. */
  | { by: "anyone" }
  /** The holder of the deployment's `ADMIN_TOKEN`. */
  | { by: "deployment" }
  /** A sender whose message is signed; the route itself verifies the signature. */
  | { by: "signature" }
  | KeyAccess;

export interface KeyAccess {
  by: "key";
  scope: Scope;
  kinds: readonly KeyKind[];
  /** `turn`: the chat turn checks its key in the batch that also reads the conversation. `guard`: checked before the handler. */
  checkedBy: "guard" | "turn";
  /** A publishable key needs a visitor's JWT beside it. */
  needsVisitor?: true;
}

const anyone: Access = { by: "anyone" };
const deployment: Access = { by: "deployment" };

/** For visitors' browsers, which hold a publishable key, and for servers. */
const anyKey = (scope: Scope): KeyAccess => ({
  by: "key",
  scope,
  kinds: ["publishable", "secret"],
  checkedBy: "guard",
});

const secretKey = (scope: Scope): KeyAccess => ({ ...anyKey(scope), kinds: ["secret"] });

/**
 * Every route and who may call it. `auth/guard.ts` enforces it, refusing a route that is not listed; `/openapi.json` and
 * CORS read it; `test/auth/routes.test.ts` tries each route with every kind of credential.
 */
export const accessTable: Record<string, Access> = {
  "GET /health": anyone,
  "GET /openapi.json": anyone,
  "GET /demo.json": anyone,

  "POST /v1/chat": { ...anyKey("chat"), checkedBy: "turn" },
  "GET /v1/conversations": { ...anyKey("chat"), needsVisitor: true },
  "GET /v1/conversations/{id}": anyKey("chat"),
  "POST /v1/conversations/{id}/claim": { ...anyKey("chat"), needsVisitor: true },
  "POST /v1/conversations/{id}/stop": anyKey("chat"),
  "DELETE /v1/conversations/{id}": secretKey("admin"),
  "DELETE /v1/visitors/{id}": secretKey("admin"),
  "GET /v1/visitors/{id}/export": secretKey("admin"),

  "PUT /v1/documents/{external_id}": secretKey("documents"),
  "GET /v1/documents/{external_id}": secretKey("documents"),
  "DELETE /v1/documents/{external_id}": secretKey("documents"),
  "GET /v1/documents": secretKey("documents"),
  "POST /v1/search": secretKey("documents"),
  "POST /v1/documents/import": secretKey("documents"),
  "POST /v1/documents/{external_id}/retry": secretKey("documents"),
  "GET /v1/generations": secretKey("admin"),
  "POST /v1/generations": secretKey("admin"),
  "POST /v1/generations/{number}/switch": secretKey("admin"),
  "DELETE /v1/generations/{number}": secretKey("admin"),
  "GET /v1/synonyms": secretKey("documents"),
  "PUT /v1/synonyms": secretKey("documents"),

  "POST /v1/webhooks/{source_id}": { by: "signature" },
  "GET /v1/sources": secretKey("documents"),
  "POST /v1/sources": secretKey("documents"),
  "GET /v1/sources/{source_id}": secretKey("documents"),
  "PATCH /v1/sources/{source_id}": secretKey("documents"),
  "DELETE /v1/sources/{source_id}": secretKey("documents"),
  "GET /v1/sources/{source_id}/events": secretKey("documents"),
  "POST /v1/sources/{source_id}/events/{event_id}/retry": secretKey("documents"),

  "GET /v1/keys": secretKey("admin"),
  "POST /v1/keys": secretKey("admin"),
  "PATCH /v1/keys/{id}": secretKey("admin"),
  "POST /v1/keys/{id}/rotate": secretKey("admin"),
  "DELETE /v1/keys/{id}": secretKey("admin"),
  "GET /v1/identity-secrets": secretKey("admin"),
  "POST /v1/identity-secrets": secretKey("admin"),
  "DELETE /v1/identity-secrets/{kid}": secretKey("admin"),
  "GET /v1/config": anyKey("chat"),
  "GET /v1/settings": secretKey("admin"),
  "PATCH /v1/settings": secretKey("admin"),
  "GET /v1/releases": secretKey("admin"),
  "GET /v1/releases/live": secretKey("admin"),
  "PUT /v1/releases/live": secretKey("admin"),
  "GET /v1/answers": secretKey("admin"),
  "PUT /v1/answers/{id}": secretKey("admin"),
  "GET /v1/answers/{id}": secretKey("admin"),
  "DELETE /v1/answers/{id}": secretKey("admin"),
  "GET /v1/guidance": secretKey("admin"),
  "PUT /v1/guidance/{id}": secretKey("admin"),
  "GET /v1/guidance/{id}": secretKey("admin"),
  "DELETE /v1/guidance/{id}": secretKey("admin"),
  "GET /v1/tools": secretKey("admin"),
  "PUT /v1/tools/{id}": secretKey("admin"),
  "GET /v1/tools/{id}": secretKey("admin"),
  "DELETE /v1/tools/{id}": secretKey("admin"),
  "GET /v1/procedures": secretKey("admin"),
  "PUT /v1/procedures/{id}": secretKey("admin"),
  "GET /v1/procedures/{id}": secretKey("admin"),
  "DELETE /v1/procedures/{id}": secretKey("admin"),
  "GET /v1/audit": secretKey("admin"),

  "GET /v1/workspaces": deployment,
  "POST /v1/workspaces": deployment,
};

/** @param path in Hono's spelling (`/v1/keys/:id`) or OpenAPI's; undefined for a route that is not in the table */
export function accessTo(method: string, path: string): Access | undefined {
  return accessTable[`${method} ${path.replace(/:(\w+)/g, "{$1}")}`];
}

/** Whether pages of other sites may call the route. Only such routes answer preflights and send CORS headers. */
export function isForBrowsers(access: Access | undefined): boolean {
  return access?.by === "key" && access.kinds.includes("publishable");
}
