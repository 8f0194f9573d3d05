import { z } from "zod";
import { EXTRACTIVE, type Config } from "../runtime/config.ts";
import { batchByName } from "../runtime/named-batch.ts";
import type { WorkspaceParameter } from "../runtime/workspace-parameter.ts";
import { auditStatement, type Actor } from "../audit/log.ts";
import type { Position } from "../http/paging.ts";
import {
  canonicalJson,
  identify,
  shippedRelease,
  withOverlays,
  type IdentifiedRelease,
  type Overlay,
  type Release,
} from "./release.ts";

/** The most characters of releases in an isolate's cache. Beyond that the oldest entries are removed. */
const MAX_REMEMBERED_CHARACTERS = 4_000_000;
/** About as many has a release beside its overlay. */
const RELEASE_CHARACTERS = canonicalJson(shippedRelease).length;
const remembered = new Map<string, Promise<IdentifiedRelease>>();
let rememberedCharacters = 0;

/** The part of a deployment's configuration that concerns releases. */
export type Deployment = Pick<Config, "releaseOverlays" | "allowedModels">;

/** A workspace's part of its release. */
export interface OverlayRow {
  overlay: string;
  /** The hash of its playbook's items; null or absent where it has none. */
  playbook?: string | null;
}

/** The statement that reads a workspace's overlay; a turn batches it with its other reads. */
export function overlayStatement(
  db: D1Database,
  workspace: WorkspaceParameter,
): D1PreparedStatement {
  return db
    .prepare(
      `SELECT overlay, playbook FROM releases WHERE workspace_id = ${workspace.sql} ORDER BY number DESC LIMIT 1`,
    )
    .bind(workspace.value);
}

/**
 * The live release of a workspace: the shipped one with the overlays of the deployment and then of the workspace. A workspace's
 * overlay that is no longer valid is ignored, so that the deployment's release answers.
 * @param row of {@link overlayStatement}
 */
export function liveRelease(deployment: Deployment, row: unknown): Promise<IdentifiedRelease> {
  const { overlay, playbook = null } = (row ?? { overlay: "{}" }) as OverlayRow;
  const { releaseOverlays, allowedModels } = deployment;
  const key = `${JSON.stringify([releaseOverlays, allowedModels, playbook])}\n${overlay}`;
  const known = remembered.get(key);
  if (known) return known;
  const resolved = identify(withPlaybook(validRelease(deployment, overlay), playbook));
  remembered.set(key, resolved);
  rememberedCharacters += key.length + RELEASE_CHARACTERS;
  for (const [oldest] of remembered) {
    if (rememberedCharacters <= MAX_REMEMBERED_CHARACTERS) break;
    remembered.delete(oldest);
    rememberedCharacters -= oldest.length + RELEASE_CHARACTERS;
  }
  return resolved;
}

function withPlaybook(release: Release, name: string | null): Release {
  return { ...release, playbook: { ...release.playbook, name } };
}

function validRelease(deployment: Deployment, overlay: string): Release {
  try {
    return workspaceRelease(deployment, JSON.parse(overlay) as Overlay);
  } catch (error) {
    console.error("release: the workspace's overlay is not valid", { error: String(error) });
    return workspaceRelease(deployment, {});
  }
}

/**
 * Makes a release from a workspace's overlay. The deployment pays for the models, so it decides which ones are allowed: those
 * of its own release and those in `ALLOWED_MODELS`.
 * @throws {z.ZodError} if the result is not a valid release, or names another model
 */
export function workspaceRelease(
  { releaseOverlays, allowedModels }: Deployment,
  overlay: Overlay,
): Release {
  const base = withOverlays(shippedRelease, ...releaseOverlays);
  const release = withOverlays(base, overlay);
  const { chat, small, reranker } = base.models;
  const allowed = new Set([EXTRACTIVE, null, chat, small, reranker, ...allowedModels]);
  if (release.playbook.name !== base.playbook.name)
    throw new z.ZodError([
      {
        code: "custom",
        path: ["playbook", "name"],
        message: "follows from the owner's answers and guidance. Change them by their own routes.",
        input: release.playbook.name,
      },
    ]);
  for (const name of ["chat", "small", "reranker"] as const) {
    const model = release.models[name];
    const message =
      "This deployment does not allow the model. Its operator can add it to ALLOWED_MODELS.";
    if (!allowed.has(model))
      throw new z.ZodError([{ code: "custom", path: ["models", name], message, input: model }]);
  }
  return release;
}

/**
 * The statement that stores a turn's release under its id, so that it can be read later. It belongs to the transaction that
 * records the turn.
 */
export function storeReleaseStatement(
  db: D1Database,
  workspaceId: string,
  { id, json }: IdentifiedRelease,
  now: number,
): D1PreparedStatement {
  return db
    .prepare(
      `INSERT INTO release_values (workspace_id, id, content, created_at) VALUES (?1, ?2, ?3, ?4)
       ON CONFLICT (workspace_id, id) DO NOTHING`,
    )
    .bind(workspaceId, id, json, now);
}

interface OverlayChange {
  number: number;
  created_by: string;
  created_at: number;
}

/**
 * Makes an overlay the workspace's live one. It replaces the previous one as a whole. Every change is a new row. The same
 * overlay again changes nothing.
 * @param exemplars name of its exemplars, where it has its own (exemplar-vectors.ts)
 * @returns the overlay as it is stored, as {@link liveRelease} reads it
 */
export async function publishOverlay(
  db: D1Database,
  workspaceId: string,
  overlay: Overlay,
  exemplars: string | null,
  by: Actor,
  now: number,
): Promise<OverlayRow> {
  const stored = canonicalJson(overlay);
  const { row } = await batchByName<{ row: OverlayRow }>(db, {
    published: db
      .prepare(
        `INSERT INTO releases (workspace_id, number, overlay, created_by, created_at, exemplars, playbook)
         SELECT ?1, coalesce(max(number), 0) + 1, ?2, ?3, ?4, ?5,
           (SELECT playbook FROM releases WHERE workspace_id = ?1 ORDER BY number DESC LIMIT 1)
         FROM releases WHERE workspace_id = ?1
         HAVING ?2 IS NOT (SELECT overlay FROM releases WHERE workspace_id = ?1 ORDER BY number DESC LIMIT 1)`,
      )
      .bind(workspaceId, stored, by.actor, now, exemplars),
    audit: auditStatement(db, {
      ...by,
      workspaceId,
      action: "release.publish",
      objectId: workspaceId,
      detail: { fields: Object.keys(overlay) },
      at: now,
    }),
    row: overlayStatement(db, { sql: "?1", value: workspaceId }),
  });
  return row[0] ?? { overlay: stored };
}

/** A page of the changes to a workspace's overlay, the live one first. */
export async function listOverlays(
  db: D1Database,
  workspaceId: string,
  page: { after: Position | undefined; limit: number },
): Promise<OverlayChange[]> {
  const { results } = await db
    .prepare(
      `SELECT number, created_by, created_at FROM releases
       WHERE workspace_id = ?1 AND (?2 IS NULL OR number < ?2) ORDER BY number DESC LIMIT ?3`,
    )
    .bind(workspaceId, page.after?.at ?? null, page.limit)
    .all<OverlayChange>();
  return results;
}
