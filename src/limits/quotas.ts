import { Problem } from "../http/problem.ts";
import { parseSettings, type WorkspaceSettings } from "../workspaces/settings.ts";

/** What a workspace has used today. */
export interface Usage {
  turns: number;
  documents: number;
  neurons: number;
}

export type Quota = keyof Usage;

/** The limits of a workspace, and what it has used of them today. */
export interface Allowance {
  settings: WorkspaceSettings;
  usage: Usage;
}

const DAY_MS = 86_400_000;

/** Days are those of UTC. */
export function dayOf(now: number): string {
  return new Date(now).toISOString().slice(0, 10);
}

/**
 * The statement that reads the allowance; a turn batches it with its other reads.
 * @param workspace SQL that yields the workspace's id from the statement's first parameter, and that parameter
 */
export function allowanceStatement(
  db: D1Database,
  workspace: { sql: string; value: string },
  now: number,
): D1PreparedStatement {
  return db
    .prepare(
      `WITH scope AS (SELECT ${workspace.sql} AS id)
       SELECT s.settings, u.turns, u.documents, u.neurons FROM scope
       LEFT JOIN workspace_settings s ON s.workspace_id = scope.id
       LEFT JOIN daily_usage u ON u.workspace_id = scope.id AND u.day = ?2`,
    )
    .bind(workspace.value, dayOf(now));
}

/** Reads the row of {@link allowanceStatement}. */
export function toAllowance(row: unknown): Allowance {
  const { settings, turns, documents, neurons } = (row ?? {}) as Partial<Usage> & {
    settings?: string | null;
  };
  return {
    settings: parseSettings(settings),
    usage: { turns: turns ?? 0, documents: documents ?? 0, neurons: neurons ?? 0 },
  };
}

export async function readAllowance(
  db: D1Database,
  workspaceId: string,
  now: number,
): Promise<Allowance> {
  const statement = allowanceStatement(db, { sql: "?1", value: workspaceId }, now);
  return toAllowance(await statement.first());
}

/**
 * Usage is counted when the work is stored, so concurrent requests all pass: a quota can be exceeded by as many as run at once.
 * @throws Problem `quota_exceeded` if one of the quotas is used up
 */
export function requireQuota(allowance: Allowance, quotas: Quota[], now: number): void {
  for (const quota of quotas) {
    const limit = allowance.settings[`${quota}_per_day`];
    if (limit !== null && allowance.usage[quota] >= limit) throw quotaExceeded(quota, limit, now);
  }
}

/** With the header fields of draft-ietf-httpapi-ratelimit-headers: the policy's quota and window, what remains, and for how long. */
function quotaExceeded(quota: Quota, limit: number, now: number): Problem {
  const seconds = Math.ceil((DAY_MS - (now % DAY_MS)) / 1000);
  return new Problem("quota_exceeded", `The workspace has used up its ${quota} of the day.`, {
    headers: {
      "retry-after": String(seconds),
      "ratelimit-policy": `"${quota}-per-day";q=${limit};w=${DAY_MS / 1000}`,
      ratelimit: `"${quota}-per-day";r=0;t=${seconds}`,
    },
  });
}

/** @throws Problem when the workspace may store no more documents today */
export async function requireDocumentQuota(
  db: D1Database,
  workspaceId: string,
  now: number,
): Promise<void> {
  requireQuota(await readAllowance(db, workspaceId, now), ["documents", "neurons"], now);
}

/**
 * The statement that counts the documents that its batch has just changed. An unchanged or stale document is not counted.
 * @param externalIds a JSON array of objects with `external_id`
 * @param now the time that the change wrote into `updated_at`
 */
export function documentsUsageStatement(
  db: D1Database,
  workspaceId: string,
  externalIds: string,
  now: number,
): D1PreparedStatement {
  return db
    .prepare(
      `INSERT INTO daily_usage (workspace_id, day, documents)
       SELECT ?1, ?2, count(*) FROM json_each(?3) AS wanted JOIN documents d
         ON d.workspace_id = ?1 AND d.external_id = wanted.value ->> 'external_id'
       WHERE d.updated_at = ?4 AND d.status = 'pending' HAVING count(*) > 0
       ON CONFLICT (workspace_id, day) DO UPDATE SET documents = documents + excluded.documents`,
    )
    .bind(workspaceId, dayOf(now), externalIds, now);
}

/** The statement that adds to the usage of the day. It belongs into the batch of the work that it counts. */
export function usageStatement(
  db: D1Database,
  workspaceId: string,
  used: Partial<Usage>,
  now: number,
): D1PreparedStatement {
  return db
    .prepare(
      `INSERT INTO daily_usage (workspace_id, day, turns, documents, neurons) VALUES (?1, ?2, ?3, ?4, ?5)
       ON CONFLICT (workspace_id, day) DO UPDATE SET turns = turns + excluded.turns,
         documents = documents + excluded.documents, neurons = neurons + excluded.neurons`,
    )
    .bind(workspaceId, dayOf(now), used.turns ?? 0, used.documents ?? 0, used.neurons ?? 0);
}
