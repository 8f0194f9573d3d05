import { auditStatement, type Actor } from "../audit/log.ts";
import type { Seal } from "../crypto/seal.ts";
import { changesByName } from "../runtime/named-batch.ts";
import type { Source } from "./contract/vendor.ts";
import type { SourceView } from "./schema.ts";
import { vendorOf, type SourceType } from "./source-types.ts";

/** What is stored encrypted. */
interface Credentials {
  /** The newest first; several while a secret is being changed. */
  secrets: string[];
  token?: string | undefined;
}

export interface NewSource {
  type: SourceType;
  name: string;
  options: unknown;
  credentials: Credentials;
}

/** Everything needed to verify and apply a source's events. */
export interface OpenSource extends Source<unknown> {
  id: string;
  workspaceId: string;
  type: SourceType;
  secrets: string[];
}

const sealContext = (sourceId: string): string => `source:${sourceId}`;

/** False when the workspace has a source of this name. */
export async function createSource(
  db: D1Database,
  seal: Seal,
  workspaceId: string,
  id: string,
  { type, name, options, credentials }: NewSource,
  by: Actor,
  now: number,
): Promise<boolean> {
  const sealed = await seal.seal(sealContext(id), JSON.stringify(credentials));
  const insert = db
    .prepare(
      `INSERT INTO sources (id, workspace_id, type, name, options, sealed, secret_count, has_token, created_at, updated_at)
       VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?9)
       ON CONFLICT (workspace_id, name) DO NOTHING`,
    )
    .bind(
      id,
      workspaceId,
      type,
      name,
      JSON.stringify(options),
      sealed,
      credentials.secrets.length,
      credentials.token === undefined ? 0 : 1,
      now,
    );
  const audit = { ...by, workspaceId, action: "source.create", objectId: id, at: now };
  const { inserted } = await changesByName(db, {
    inserted: insert,
    audit: auditStatement(db, { ...audit, detail: { type, name } }),
  });
  return inserted > 0;
}

export interface SourceRow {
  id: string;
  workspaceId: string;
  type: SourceType;
  name: string;
  options: string;
  sealed: string;
  /** When a delivery was last noted as refused. */
  refusedAt: number | null;
}

/** By id alone, without the workspace's: a webhook's sender knows nothing else. The signature decides what it may do. */
export async function findSource(db: D1Database, id: string): Promise<SourceRow | null> {
  return db
    .prepare(
      `SELECT id, workspace_id AS workspaceId, type, name, options, sealed, refused_at AS refusedAt
       FROM sources WHERE id = ?1`,
    )
    .bind(id)
    .first<SourceRow>();
}

export async function openSource(seal: Seal, row: SourceRow): Promise<OpenSource> {
  const { secrets, token } = JSON.parse(
    await seal.open(sealContext(row.id), row.sealed),
  ) as Credentials;
  const { id, workspaceId, type, name } = row;
  const options = vendorOf[type].options.parse(JSON.parse(row.options));
  return { id, workspaceId, type, name, options, secrets, token };
}

export async function updateSource(
  db: D1Database,
  seal: Seal,
  source: OpenSource,
  changed: string[],
  by: Actor,
  now: number,
): Promise<void> {
  const { id, workspaceId, options, secrets, token } = source;
  const sealed = await seal.seal(sealContext(id), JSON.stringify({ secrets, token }));
  const update = db
    .prepare(
      `UPDATE sources SET options = ?3, sealed = ?4, secret_count = ?5, has_token = ?6, updated_at = ?7,
         refused_deliveries = iif(?8, 0, refused_deliveries), refused_at = iif(?8, NULL, refused_at),
         refused_reason = iif(?8, NULL, refused_reason)
       WHERE workspace_id = ?1 AND id = ?2`,
    )
    .bind(
      workspaceId,
      id,
      JSON.stringify(options),
      sealed,
      secrets.length,
      token === undefined ? 0 : 1,
      now,
      changed.includes("secrets") ? 1 : 0,
    );
  const audit = { ...by, workspaceId, action: "source.change", objectId: id, at: now };
  await db.batch([update, auditStatement(db, { ...audit, detail: { changed } })]);
}

/** Deletes the source and its events. Its documents stay; those that are hidden are removed once their time is over. */
export async function deleteSource(
  db: D1Database,
  workspaceId: string,
  id: string,
  by: Actor,
  now: number,
): Promise<boolean> {
  const audit = { ...by, workspaceId, action: "source.delete", objectId: id, at: now };
  const { deleted } = await changesByName(db, {
    events: db
      .prepare(`DELETE FROM source_events WHERE workspace_id = ?1 AND source_id = ?2`)
      .bind(workspaceId, id),
    deleted: db
      .prepare(`DELETE FROM sources WHERE workspace_id = ?1 AND id = ?2`)
      .bind(workspaceId, id),
    audit: auditStatement(db, audit),
  });
  return deleted > 0;
}

/** The workspace's sources, or the one with this id, by name. Workspaces have few. */
export async function listSources(
  db: D1Database,
  workspaceId: string,
  id?: string,
): Promise<SourceView[]> {
  const latest = (column: string, where = ""): string =>
    `(SELECT ${column} FROM source_events e WHERE e.source_id = s.id ${where} ORDER BY e.id DESC LIMIT 1)`;
  const waiting = "AND e.status = 'pending' AND e.failing_since IS NOT NULL";
  const failed = "AND e.status = 'failed'";
  const count = (status: string): string =>
    `(SELECT count(*) FROM source_events e WHERE e.source_id = s.id AND e.status = '${status}')`;
  const { results } = await db
    .prepare(
      `SELECT id, type, name, options, secret_count, has_token, created_at, updated_at,
         refused_deliveries, refused_at, refused_reason, failing_since,
         (SELECT max(received_at) FROM source_events e WHERE e.source_id = s.id) AS last_event_at,
         ${latest("status", "AND e.status <> 'pending'")} AS last_status,
         coalesce(iif(s.failing_since IS NULL, NULL, ${latest("reason", waiting)}), ${latest("reason", failed)}) AS last_error,
         coalesce(s.failing_since, ${latest("finished_at", failed)}) AS last_error_at,
         ${count("pending")} AS pending_events, ${count("failed")} AS failed_events
       FROM sources s WHERE workspace_id = ?1 AND (?2 IS NULL OR id = ?2) ORDER BY name LIMIT 1000`,
    )
    .bind(workspaceId, id ?? null)
    .all<ViewRow>();
  return results.map(toView);
}

interface ViewRow {
  id: string;
  type: SourceType;
  name: string;
  options: string;
  secret_count: number;
  has_token: number;
  created_at: number;
  updated_at: number;
  last_event_at: number | null;
  last_status: string | null;
  last_error: string | null;
  last_error_at: number | null;
  pending_events: number;
  failed_events: number;
  refused_deliveries: number;
  refused_at: number | null;
  refused_reason: string | null;
  failing_since: number | null;
}

function toView(row: ViewRow): SourceView {
  const time = (ms: number | null): string | null =>
    ms === null ? null : new Date(ms).toISOString();
  return {
    id: row.id,
    type: row.type,
    name: row.name,
    options: JSON.parse(row.options) as Record<string, unknown>,
    secrets: row.secret_count,
    has_token: row.has_token === 1,
    status:
      row.failing_since !== null || row.last_status === "failed"
        ? "failing"
        : row.last_status === null
          ? "waiting"
          : "working",
    failing_since: time(row.failing_since),
    last_event_at: time(row.last_event_at),
    pending_events: row.pending_events,
    failed_events: row.failed_events,
    last_error: row.last_error,
    last_error_at: time(row.last_error_at),
    refused_deliveries: row.refused_deliveries,
    last_refused_at: time(row.refused_at),
    last_refused_reason: row.refused_reason,
    created_at: new Date(row.created_at).toISOString(),
    updated_at: new Date(row.updated_at).toISOString(),
  };
}
