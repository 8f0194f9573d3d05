import type { KeyKind, KeyAccess } from "./access.ts";
import type { Services } from "../runtime/services.ts";
import { sha256Hex } from "../crypto/hash.ts";
import { Problem } from "../http/problem.ts";
import type { Credentials } from "./credentials.ts";
import { isAllowedOrigin, isWebOrigin } from "./origins.ts";
import {
  verifyVisitorToken,
  visitorTokenProblem,
  type IdentitySecret,
  type Visitor,
} from "./visitor-token.ts";

/** An authenticated caller. `workspaceSecret` signs cursors and conversation tokens; it never leaves the server. */
export interface Caller {
  keyId: string;
  kind: KeyKind;
  workspaceId: string;
  workspaceSecret: string;
  /** For whom the call is made, when a token says so. */
  visitor: Visitor | null;
  /** Number of the workspace's latest erasure when the request began (privacy/erasures.ts). */
  erasures: number;
}

interface KeyRow {
  id: string;
  kind: KeyKind;
  scopes: string;
  origins: string;
  last_used_day: string | null;
  workspace_id: string;
  secret: string;
  identity_secrets: string;
  erasures: number;
}

/** SHA-256 of the bearer key as hex, or 401. Only hashes are stored and compared. */
export async function hashBearer(authorization: string | undefined): Promise<string> {
  const key = /^Bearer ((?:pk|sk)_[A-Za-z0-9_]{1,128})$/i.exec(authorization ?? "")?.[1];
  if (!key) throw unauthorized();
  return sha256Hex(key);
}

/** The statement that reads a live key and the secrets that verify its visitors' tokens. A turn batches it with its other reads. */
export function keyStatement(db: D1Database, keyHash: string, now: number): D1PreparedStatement {
  return db
    .prepare(
      `SELECT k.id, k.kind, k.scopes, k.origins, k.last_used_day, k.workspace_id, w.secret,
         (SELECT json_group_array(json_object('kid', s.kid, 'secret', s.secret)) FROM identity_secrets s
          WHERE s.workspace_id = k.workspace_id AND s.revoked_at IS NULL) AS identity_secrets,
         (SELECT coalesce(max(e.number), 0) FROM erasures e WHERE e.workspace_id = k.workspace_id) AS erasures
       FROM api_keys k JOIN workspaces w ON w.id = k.workspace_id
       WHERE k.hash = ?1 AND k.revoked_at IS NULL AND (k.expires_at IS NULL OR k.expires_at > ?2)`,
    )
    .bind(keyHash, now);
}

/** Turns the row of {@link keyStatement} into the caller. @throws Problem 401 or 403 if the key may not call the route, or not from this origin */
export async function admitKey(
  services: Pick<Services, "db" | "now" | "waitUntil">,
  row: unknown,
  access: KeyAccess,
  credentials: Credentials,
): Promise<Caller> {
  if (!row) throw unauthorized();
  const key = row as KeyRow;
  if (!access.kinds.includes(key.kind)) {
    throw new Problem("forbidden", "A publishable key may not be used here; use a secret key.");
  }
  if (!(JSON.parse(key.scopes) as string[]).includes(access.scope)) {
    throw new Problem("forbidden", `The key lacks the scope "${access.scope}".`);
  }
  requireOrigin(key, credentials);
  const { visitorToken } = credentials;
  const secrets = JSON.parse(key.identity_secrets) as IdentitySecret[];
  const visitor =
    visitorToken === undefined
      ? null
      : await verifyVisitorToken(visitorToken, secrets, services.now());
  if (access.needsVisitor && key.kind === "publishable" && !visitor)
    throw visitorTokenProblem("Send the visitor's JWT as `x-visitor-token`.");
  recordUse(services, key);
  return {
    keyId: key.id,
    kind: key.kind,
    workspaceId: key.workspace_id,
    workspaceSecret: key.secret,
    visitor,
    erasures: key.erasures,
  };
}

/** Authenticates a request outside the chat turn, with one read. */
export async function authenticate(
  services: Pick<Services, "db" | "now" | "waitUntil">,
  credentials: Credentials,
  access: KeyAccess,
): Promise<Caller> {
  requireWellFormedOrigin(credentials);
  const keyHash = await hashBearer(credentials.authorization);
  const row = await keyStatement(services.db, keyHash, services.now()).first();
  return admitKey(services, row, access, credentials);
}

/** A browser sends exactly one origin. Anything else is forged and refused before the key is read. */
export function requireWellFormedOrigin({ origin }: Credentials): void {
  if (origin !== undefined && !isWebOrigin(origin))
    throw new Problem("origin_not_allowed", "`Origin` is not a web origin.");
}

/**
 * Pages of other sites need a publishable key that lists their origin. A secret key lists none, because everybody could read it
 * in a page. Requests of servers carry no origin and are not restricted.
 */
function requireOrigin(key: KeyRow, { origin, ownOrigin }: Credentials): void {
  if (origin === undefined || origin === ownOrigin) return;
  const allowed = key.kind === "publishable" ? (JSON.parse(key.origins) as string[]) : [];
  if (isAllowedOrigin(origin, allowed)) return;
  const reason =
    key.kind === "publishable"
      ? "The key does not list this origin."
      : "A secret key must not be used in a web page.";
  throw new Problem("origin_not_allowed", reason);
}

/** Records the day of a key's last use. The first request of the day writes it, and does not wait for it. */
function recordUse(
  { db, now, waitUntil }: Pick<Services, "db" | "now" | "waitUntil">,
  key: KeyRow,
) {
  const today = new Date(now()).toISOString().slice(0, 10);
  if (key.last_used_day === today) return;
  const update = db
    .prepare(
      `UPDATE api_keys SET last_used_day = ?3
       WHERE workspace_id = ?1 AND id = ?2 AND last_used_day IS NOT ?3`,
    )
    .bind(key.workspace_id, key.id, today)
    .run();
  waitUntil(
    update.catch((error: unknown) => {
      console.warn("auth: last use not recorded", { key: key.id, error: String(error) });
    }),
  );
}

export function unauthorized(): Problem {
  return new Problem("unauthorized", "Send a valid key as `Authorization: Bearer …`.", {
    headers: { "www-authenticate": "Bearer" },
  });
}
