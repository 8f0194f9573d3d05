import { scopes } from "../auth/access.ts";
import type { Services } from "../runtime/services.ts";
import { auditStatement } from "../audit/log.ts";
import type { Position } from "../http/paging.ts";
import { newKey } from "./key-ring.ts";
import { NEW_WORKSPACE_SETTINGS } from "./settings.ts";

/** Creates a workspace and its first key, which has every scope, in one transaction. */
export async function createWorkspace(
  services: Pick<Services, "db" | "now" | "newId" | "newSecret">,
  name: string,
  requestId: string,
) {
  const { db, now, newId, newSecret } = services;
  const id = newId("ws");
  const at = now();
  const by = { actor: "deployment", requestId };
  const label = "First key";
  const wanted = { kind: "secret" as const, scopes: [...scopes], origins: [], label };
  const first = await newKey(services, id, wanted, by);
  await db.batch([
    db
      .prepare(`INSERT INTO workspaces (id, name, secret, created_at) VALUES (?1, ?2, ?3, ?4)`)
      .bind(id, name, newSecret("ws"), at),
    auditStatement(db, {
      ...by,
      workspaceId: id,
      action: "workspace.create",
      objectId: id,
      at,
    }),
    ...Object.values(first.statements),
    db
      .prepare(
        `INSERT INTO workspace_settings (workspace_id, settings, updated_at) VALUES (?1, ?2, ?3)`,
      )
      .bind(id, JSON.stringify(NEW_WORKSPACE_SETTINGS), at),
  ]);
  return { id, name, created_at: new Date(at).toISOString(), key: first.key };
}

interface WorkspaceRow {
  id: string;
  name: string;
  created_at: number;
}

/** A page of the deployment's workspaces, in the order of creation. */
export async function listWorkspaces(
  db: D1Database,
  page: { after: Position | undefined; limit: number },
): Promise<WorkspaceRow[]> {
  const { results } = await db
    .prepare(
      `SELECT id, name, created_at FROM workspaces
       WHERE ?1 IS NULL OR (created_at, id) > (?1, ?2) ORDER BY created_at, id LIMIT ?3`,
    )
    .bind(page.after?.at ?? null, page.after?.id ?? null, page.limit)
    .all<WorkspaceRow>();
  return results;
}
