import { Problem } from "../http/problem.ts";
import type { WorkspaceParameter } from "../runtime/workspace-parameter.ts";
import { parseSettings, type WorkspaceSettings } from "../workspaces/settings.ts";

/** What a workspace has used today. */
export interface Usage {
  turns: number;
  documents: number;
  neurons: number;
}

/** What is refused once it is used up. Without neurons nothing is refused: what needs a model waits or does without. */
export type Quota = Exclude<keyof Usage, "neurons">;

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

/** The statement that reads the allowance; a turn batches it with its other reads. */
export function allowanceStatement(
  db: D1Database,
  workspace: WorkspaceParameter,
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

/** Whether the workspace's neurons of the day are used up. No model is asked then. */
export function isOutOfNeurons({ settings, usage }: Allowance): boolean {
  const limit = settings.neurons_per_day;
  return limit !== null && usage.neurons >= limit;
}

/**
 * SQL condition: the same, where many workspaces are asked about.
 * @param day SQL of {@link dayOf}
 * @param share of the day's neurons that may be used
 */
export function outOfNeuronsSql(workspace: string, day: string, share = 1): string {
  return `EXISTS (SELECT 1 FROM workspace_settings s
    LEFT JOIN daily_usage u ON u.workspace_id = s.workspace_id AND u.day = ${day}
    WHERE s.workspace_id = ${workspace} AND coalesce(u.neurons, 0) >= ${share} * (s.settings ->> 'neurons_per_day'))`;
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
  requireQuota(await readAllowance(db, workspaceId, now), ["documents"], now);
}

/**
 * The statement that counts changes of documents against the quota.
 * @param changes SQL that yields a row for each change, from the workspace as ?1 and a value as ?2
 */
export function documentsUsageStatement(
  db: D1Database,
  workspaceId: string,
  changes: { sql: string; value: string },
  now: number,
): D1PreparedStatement {
  return db
    .prepare(
      `INSERT INTO daily_usage (workspace_id, day, documents)
       SELECT ?1, ?3, count(*) FROM (${changes.sql}) HAVING count(*) > 0
       ON CONFLICT (workspace_id, day) DO UPDATE SET documents = documents + excluded.documents`,
    )
    .bind(workspaceId, changes.value, dayOf(now));
}

/**
 * The statement that adds to the usage of the day. It belongs into the batch of the work that it counts.
 * @param where SQL condition with the parameter ?6: the work was done
 */
export function usageStatement(
  db: D1Database,
  workspaceId: string,
  used: Partial<Usage>,
  now: number,
  where: { sql: string; value: string } = { sql: "?6", value: "1" },
): D1PreparedStatement {
  return db
    .prepare(
      `INSERT INTO daily_usage (workspace_id, day, turns, documents, neurons) SELECT ?1, ?2, ?3, ?4, ?5 WHERE ${where.sql}
       ON CONFLICT (workspace_id, day) DO UPDATE SET turns = turns + excluded.turns,
         documents = documents + excluded.documents, neurons = neurons + excluded.neurons`,
    )
    .bind(
      workspaceId,
      dayOf(now),
      used.turns ?? 0,
      used.documents ?? 0,
      used.neurons ?? 0,
      where.value,
    );
}
