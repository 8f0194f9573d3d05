import { Problem } from "../http/problem.ts";

export const scopes = ["chat", "documents", "insight", "admin"] as const;
export type Scope = (typeof scopes)[number];
export type KeyKind = "publishable" | "secret";

/** What a route asks of the key that calls it. `scope` is enough for either kind unless `secretOnly`. */
export interface Access {
  scope: Scope;
  secretOnly: boolean;
}

/** An authenticated caller. `workspaceSecret` signs cursors; it never leaves the server. */
export interface Caller {
  keyId: string;
  kind: KeyKind;
  workspaceId: string;
  workspaceSecret: string;
}

interface KeyRow {
  id: string;
  kind: KeyKind;
  scopes: string;
  workspace_id: string;
  secret: string;
}

/** SHA-256 of the bearer key as hex, or 401. Only hashes are stored and compared. */
export async function hashBearer(authorization: string | undefined): Promise<string> {
  const key = /^Bearer ((?:pk|sk)_[A-Za-z0-9_]{1,128})$/.exec(authorization ?? "")?.[1];
  if (!key) throw unauthorized();
  return sha256Hex(key);
}

export async function sha256Hex(source: string | Uint8Array<ArrayBuffer>): Promise<string> {
  const bytes = typeof source === "string" ? new TextEncoder().encode(source) : source;
  const digest = await crypto.subtle.digest("SHA-256", bytes);
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** The statement that finds a live key; a turn batches it with its other reads, so it is not run here. */
export function keyStatement(db: D1Database, keyHash: string): D1PreparedStatement {
  return db
    .prepare(
      `SELECT k.id, k.kind, k.scopes, k.workspace_id, w.secret
       FROM api_keys k JOIN workspaces w ON w.id = k.workspace_id
       WHERE k.hash = ?1 AND k.revoked_at IS NULL`,
    )
    .bind(keyHash);
}

/** Turns the row of `keyStatement` into a caller who may use the route, or throws 401 or 403. */
export function requireAccess(row: unknown, access: Access): Caller {
  if (!row) throw unauthorized();
  const key = row as KeyRow;
  if (access.secretOnly && key.kind !== "secret") {
    throw new Problem("forbidden", "A publishable key may not be used here; use a secret key.");
  }
  if (!(JSON.parse(key.scopes) as string[]).includes(access.scope)) {
    throw new Problem("forbidden", `The key lacks the scope "${access.scope}".`);
  }
  return {
    keyId: key.id,
    kind: key.kind,
    workspaceId: key.workspace_id,
    workspaceSecret: key.secret,
  };
}

/** Authenticates a request outside the chat turn: one read. */
export async function authenticate(
  db: D1Database,
  authorization: string | undefined,
  access: Access,
): Promise<Caller> {
  const keyHash = await hashBearer(authorization);
  return requireAccess(await keyStatement(db, keyHash).first(), access);
}

function unauthorized(): Problem {
  return new Problem("unauthorized", "Send a valid key as `Authorization: Bearer …`.", {
    headers: { "www-authenticate": "Bearer" },
  });
}
