import { changesByName } from "../runtime/named-batch.ts";
import type { Services } from "../runtime/services.ts";
import { auditStatement, type Actor } from "../audit/log.ts";

/** Active secrets of a workspace: a new one, and old ones for backends that still use them. A token without `kid` is tried with each. */
export const MAX_IDENTITY_SECRETS = 5;

type Tools = Pick<Services, "db" | "now" | "newId" | "newSecret">;

/** Null if the workspace has {@link MAX_IDENTITY_SECRETS} active ones. */
export async function createIdentitySecret(
  { db, now, newId, newSecret }: Tools,
  workspaceId: string,
  label: string,
  by: Actor,
) {
  const [kid, secret] = [newId("ids"), newSecret("is")];
  const at = now();
  const { created } = await changesByName(db, {
    created: db
      .prepare(
        `INSERT INTO identity_secrets (kid, workspace_id, secret, label, created_at)
         SELECT ?1, ?2, ?3, ?4, ?5
         WHERE (SELECT count(*) FROM identity_secrets WHERE workspace_id = ?2 AND revoked_at IS NULL)
           < ${MAX_IDENTITY_SECRETS}`,
      )
      .bind(kid, workspaceId, secret, label, at),
    audit: auditStatement(db, {
      ...by,
      workspaceId,
      action: "identity_secret.create",
      objectId: kid,
      at,
    }),
  });
  if (created !== 1) return null;
  return { kid, label, created_at: new Date(at).toISOString(), revoked_at: null, secret };
}

/** Revokes an identity secret: every token that it signed is refused from now on. False if no active one has this id. */
export async function revokeIdentitySecret(
  { db, now }: Pick<Tools, "db" | "now">,
  workspaceId: string,
  kid: string,
  by: Actor,
): Promise<boolean> {
  const at = now();
  const { revoked } = await changesByName(db, {
    revoked: db
      .prepare(
        `UPDATE identity_secrets SET revoked_at = ?3, secret = ''
         WHERE workspace_id = ?1 AND kid = ?2 AND revoked_at IS NULL`,
      )
      .bind(workspaceId, kid, at),
    audit: auditStatement(db, {
      ...by,
      workspaceId,
      action: "identity_secret.revoke",
      objectId: kid,
      at,
    }),
  });
  return revoked === 1;
}

/** A workspace's identity secrets, without the secrets themselves. */
export async function listIdentitySecrets(db: D1Database, workspaceId: string) {
  const { results } = await db
    .prepare(
      `SELECT kid, label, created_at, revoked_at FROM identity_secrets WHERE workspace_id = ?1
       ORDER BY revoked_at IS NOT NULL, created_at DESC, kid LIMIT 100`,
    )
    .bind(workspaceId)
    .all<{ kid: string; label: string; created_at: number; revoked_at: number | null }>();
  return results.map((row) => ({
    ...row,
    created_at: new Date(row.created_at).toISOString(),
    revoked_at: row.revoked_at === null ? null : new Date(row.revoked_at).toISOString(),
  }));
}
