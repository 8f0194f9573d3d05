import type { KeyKind, Scope } from "../auth/access.ts";
import { sha256Hex } from "../crypto/hash.ts";
import { changesByName } from "../runtime/named-batch.ts";
import type { Services } from "../runtime/services.ts";
import { auditStatement, type Actor } from "../audit/log.ts";
import type { Position } from "../http/paging.ts";

export interface NewKey {
  kind: KeyKind;
  scopes: Scope[];
  origins: string[];
  label: string;
}

/** Live keys of one workspace. */
export const MAX_KEYS = 100;

const PREFIX: Record<KeyKind, string> = { publishable: "pk", secret: "sk" };

const COLUMNS = `id, kind, scopes, origins, label, last_used_day, created_at, expires_at, revoked_at, replaced_by`;
const IS_LIVE = `revoked_at IS NULL AND (expires_at IS NULL OR expires_at > ?)`;

interface KeyRow {
  id: string;
  kind: KeyKind;
  scopes: string;
  origins: string;
  label: string;
  last_used_day: string | null;
  created_at: number;
  expires_at: number | null;
  revoked_at: number | null;
  replaced_by: string | null;
}

type Tools = Pick<Services, "db" | "now" | "newId" | "newSecret">;

/** A new key, which is not stored, and the statements that store its hash; the caller batches them. */
export async function newKey(
  { db, now, newId, newSecret }: Tools,
  workspaceId: string,
  { kind, scopes, origins, label }: NewKey,
  by: Actor,
): Promise<{
  id: string;
  key: string;
  statements: { key: D1PreparedStatement; keyAudit: D1PreparedStatement };
}> {
  const [id, key] = [newId("key"), newSecret(PREFIX[kind])];
  const at = now();
  const insert = db
    .prepare(
      `INSERT INTO api_keys (id, workspace_id, kind, hash, scopes, origins, label, created_at)
       SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8
       WHERE (SELECT count(*) FROM api_keys WHERE workspace_id = ?2
              AND ${IS_LIVE.replace("?", "?8")}) < ${MAX_KEYS}`,
    )
    .bind(
      id,
      workspaceId,
      kind,
      await sha256Hex(key),
      JSON.stringify(scopes),
      JSON.stringify(origins),
      label,
      at,
    );
  const detail = { kind, scopes, origins };
  const audit = { ...by, workspaceId, action: "key.create", objectId: id, detail, at };
  return { id, key, statements: { key: insert, keyAudit: auditStatement(db, audit) } };
}

/** Null if the workspace has {@link MAX_KEYS} live keys. */
export async function createKey(
  tools: Tools,
  workspaceId: string,
  wanted: NewKey,
  by: Actor,
): Promise<{ id: string; key: string } | null> {
  const { id, key, statements } = await newKey(tools, workspaceId, wanted, by);
  const { key: inserted } = await changesByName(tools.db, statements);
  return inserted === 1 ? { id, key } : null;
}

/**
 * Makes a key with the rights of an old one. The old key works on for a grace period, in which its holders change to the new one.
 * Null if no live key has this id, or it has been rotated already; "limit" if the two would be more than {@link MAX_KEYS} live keys:
 * without a grace period the new key takes the old one's place.
 */
export async function rotateKey(
  { db, now, newId, newSecret }: Tools,
  workspaceId: string,
  oldId: string,
  graceMs: number,
  by: Actor,
): Promise<{ id: string; key: string; kind: KeyKind } | "limit" | null> {
  const old = await readKey(db, workspaceId, oldId);
  if (!old) return null;
  const [id, key] = [newId("key"), newSecret(PREFIX[old.kind])];
  const at = now();
  const expiresAt = at + graceMs;
  const { replaced } = await changesByName(db, {
    replaced: db
      .prepare(
        `UPDATE api_keys SET replaced_by = ?3, expires_at = ?4
         WHERE workspace_id = ?1 AND id = ?2 AND replaced_by IS NULL AND ${IS_LIVE.replace("?", "?5")}
           AND (?4 <= ?5 OR (SELECT count(*) FROM api_keys WHERE workspace_id = ?1
             AND ${IS_LIVE.replace("?", "?5")}) < ${MAX_KEYS})`,
      )
      .bind(workspaceId, oldId, id, expiresAt, at),
    audit: auditStatement(db, {
      ...by,
      workspaceId,
      action: "key.rotate",
      objectId: oldId,
      detail: { replaced_by: id, expires_at: new Date(expiresAt).toISOString() },
      at,
    }),
    successor: db
      .prepare(
        `INSERT INTO api_keys (id, workspace_id, kind, hash, scopes, origins, label, created_at)
         SELECT ?3, workspace_id, kind, ?4, scopes, origins, label, ?5 FROM api_keys
         WHERE workspace_id = ?1 AND id = ?2 AND replaced_by = ?3`,
      )
      .bind(workspaceId, oldId, id, await sha256Hex(key), at),
  });
  if (replaced === 1) return { id, key, kind: old.kind };
  const isLive = statusOf(old, at) !== "expired" && old.revoked_at === null;
  return isLive && old.replaced_by === null ? "limit" : null;
}

/** Revokes a key at once. False if there is no such key, or it was revoked before. */
export async function revokeKey(
  { db, now }: Pick<Tools, "db" | "now">,
  workspaceId: string,
  id: string,
  by: Actor,
): Promise<boolean> {
  const at = now();
  const { revoked } = await changesByName(db, {
    revoked: db
      .prepare(
        `UPDATE api_keys SET revoked_at = ?3 WHERE workspace_id = ?1 AND id = ?2 AND revoked_at IS NULL`,
      )
      .bind(workspaceId, id, at),
    audit: auditStatement(db, { ...by, workspaceId, action: "key.revoke", objectId: id, at }),
  });
  return revoked === 1;
}

/** Changes a key's label or origins. Its rights never change. False if there is no such key. */
export async function changeKey(
  { db, now }: Pick<Tools, "db" | "now">,
  workspaceId: string,
  id: string,
  change: { label?: string | undefined; origins?: string[] | undefined },
  by: Actor,
): Promise<boolean> {
  const { changed } = await changesByName(db, {
    changed: db
      .prepare(
        `UPDATE api_keys SET label = coalesce(?3, label), origins = coalesce(?4, origins)
         WHERE workspace_id = ?1 AND id = ?2`,
      )
      .bind(
        workspaceId,
        id,
        change.label ?? null,
        change.origins ? JSON.stringify(change.origins) : null,
      ),
    audit: auditStatement(db, {
      ...by,
      workspaceId,
      action: "key.change",
      objectId: id,
      detail: { origins: change.origins, relabelled: change.label !== undefined },
      at: now(),
    }),
  });
  return changed === 1;
}

export async function readKey(
  db: D1Database,
  workspaceId: string,
  id: string,
): Promise<KeyRow | null> {
  return db
    .prepare(`SELECT ${COLUMNS} FROM api_keys WHERE workspace_id = ?1 AND id = ?2`)
    .bind(workspaceId, id)
    .first<KeyRow>();
}

/** A page of a workspace's keys in the order of creation, expired and revoked ones included. */
export async function listKeys(
  db: D1Database,
  workspaceId: string,
  page: { after: Position | undefined; limit: number },
): Promise<KeyRow[]> {
  const { results } = await db
    .prepare(
      `SELECT ${COLUMNS} FROM api_keys
       WHERE workspace_id = ?1 AND (?2 IS NULL OR (created_at, id) > (?2, ?3))
       ORDER BY created_at, id LIMIT ?4`,
    )
    .bind(workspaceId, page.after?.at ?? null, page.after?.id ?? null, page.limit)
    .all<KeyRow>();
  return results;
}

/** A key as its workspace's administrators see it, without the key itself. */
export function toKeyView(row: KeyRow, now: number) {
  return {
    id: row.id,
    kind: row.kind,
    scopes: JSON.parse(row.scopes) as Scope[],
    origins: JSON.parse(row.origins) as string[],
    label: row.label,
    status: statusOf(row, now),
    last_used_on: row.last_used_day,
    created_at: new Date(row.created_at).toISOString(),
    expires_at: toIso(row.expires_at),
    revoked_at: toIso(row.revoked_at),
    replaced_by: row.replaced_by,
  };
}

function statusOf(row: KeyRow, now: number): "active" | "expiring" | "expired" | "revoked" {
  if (row.revoked_at !== null) return "revoked";
  if (row.expires_at === null) return "active";
  return row.expires_at > now ? "expiring" : "expired";
}

function toIso(ms: number | null): string | null {
  return ms === null ? null : new Date(ms).toISOString();
}
