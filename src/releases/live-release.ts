import { auditStatement, type Actor } from "../audit/log.ts";
import type { Position } from "../http/paging.ts";
import {
  canonicalJson,
  identify,
  shippedRelease,
  withOverlays,
  type IdentifiedRelease,
  type Overlay,
} from "./release.ts";

/** Resolved releases that an isolate remembers; beyond it the oldest go. */
const MAX_REMEMBERED = 200;
const remembered = new Map<string, Promise<IdentifiedRelease>>();

/**
 * The statement that reads a workspace's overlay; a turn batches it with its other reads.
 * @param workspace SQL that yields the workspace's id from the statement's first parameter, and that parameter
 */
export function overlayStatement(
  db: D1Database,
  workspace: { sql: string; value: string },
): D1PreparedStatement {
  return db
    .prepare(
      `SELECT overlay FROM releases WHERE workspace_id = ${workspace.sql} ORDER BY number DESC LIMIT 1`,
    )
    .bind(workspace.value);
}

/**
 * The release that answers a workspace's visitors: the shipped one, with what the deployment and then what the workspace changes. An
 * overlay that a newer version no longer understands is left out: answers go on, as the deployment gives them.
 * @param row of {@link overlayStatement}
 */
export async function liveRelease(deployment: Overlay[], row: unknown): Promise<IdentifiedRelease> {
  const { overlay } = (row ?? { overlay: "{}" }) as { overlay: string };
  try {
    return await resolve(deployment, overlay);
  } catch (error) {
    console.error("release: the workspace's overlay is not valid", { error: String(error) });
    return resolve(deployment, "{}");
  }
}

async function resolve(deployment: Overlay[], overlay: string): Promise<IdentifiedRelease> {
  const key = `${JSON.stringify(deployment)}\n${overlay}`;
  const known = remembered.get(key);
  if (known) return known;
  const release = withOverlays(shippedRelease, ...deployment, JSON.parse(overlay) as Overlay);
  const resolved = identify(release);
  remembered.set(key, resolved);
  const [oldest] = remembered.keys();
  if (remembered.size > MAX_REMEMBERED && oldest !== undefined) remembered.delete(oldest);
  return resolved;
}

/**
 * The statement that keeps what a turn's release says under its id, for whoever looks at the turn later. It joins the transaction that
 * records the turn.
 */
export function keepReleaseStatement(
  db: D1Database,
  workspaceId: string,
  { id, release }: IdentifiedRelease,
  now: number,
): D1PreparedStatement {
  return db
    .prepare(
      `INSERT INTO release_values (workspace_id, id, content, created_at) VALUES (?1, ?2, ?3, ?4)
       ON CONFLICT (workspace_id, id) DO NOTHING`,
    )
    .bind(workspaceId, id, canonicalJson(release), now);
}

export interface StoredOverlay {
  number: number;
  overlay: Overlay;
  createdBy: string;
  createdAt: number;
}

/** Makes an overlay the workspace's live one. It replaces the one before as a whole; every change is a new row. */
export async function publishOverlay(
  db: D1Database,
  workspaceId: string,
  overlay: Overlay,
  by: Actor,
  now: number,
): Promise<void> {
  await db.batch([
    db
      .prepare(
        `INSERT INTO releases (workspace_id, number, overlay, created_by, created_at)
         SELECT ?1, coalesce(max(number), 0) + 1, ?2, ?3, ?4 FROM releases WHERE workspace_id = ?1`,
      )
      .bind(workspaceId, JSON.stringify(overlay), by.actor, now),
    auditStatement(db, {
      ...by,
      workspaceId,
      action: "release.publish",
      objectId: workspaceId,
      detail: { fields: Object.keys(overlay) },
      at: now,
    }),
  ]);
}

/** A page of a workspace's overlays, the live one first. */
export async function listOverlays(
  db: D1Database,
  workspaceId: string,
  page: { after: Position | undefined; limit: number },
): Promise<StoredOverlay[]> {
  const { results } = await db
    .prepare(
      `SELECT number, overlay, created_by AS createdBy, created_at AS createdAt FROM releases
       WHERE workspace_id = ?1 AND (?2 IS NULL OR number < ?2) ORDER BY number DESC LIMIT ?3`,
    )
    .bind(workspaceId, page.after?.at ?? null, page.limit)
    .all<Omit<StoredOverlay, "overlay"> & { overlay: string }>();
  return results.map((row) => ({ ...row, overlay: JSON.parse(row.overlay) as Overlay }));
}
