import type { Services } from "../runtime/services.ts";
import { parseSettings } from "../workspaces/settings.ts";
import { REMOVAL_STATEMENTS, removeConversations } from "./remove-conversations.ts";

const DAY_MS = 86_400_000;
/** A cached answer that is older is not served, even if its sources have not changed. */
export const MAX_CACHED_AGE_MS = 7 * DAY_MS;
/** The most workspaces of one tick. */
const WORKSPACES = 50;
/** One step takes so much, and the note of the workspaces at the end one statement more. */
const STEP = { statements: REMOVAL_STATEMENTS + 1, subrequests: 2 };
/** The most cached answers that one tick removes. */
const CACHED_ANSWERS = 1000;

/**
 * Removes conversations in which nobody has written for the workspace's number of days, with all rows that depend on them, and
 * cached answers that are too old to be served. A workspace that has not set a number of days keeps its conversations. Runs on
 * every cron tick, as far as the invocation's budget goes. The workspaces that have waited longest come first.
 * @returns how many conversations and cached answers were removed
 */
export async function sweepRetention(
  services: Pick<Services, "db" | "now" | "calls">,
): Promise<{ conversations: number; cached: number }> {
  const { db, calls } = services;
  const cached = await removeCachedAnswers(services);
  let due = await workspacesDue(services);
  let conversations = 0;
  const swept = new Set<string>();
  const failed: unknown[] = [];
  // One step for each workspace in turn: one with years of conversations to remove does not delay the others.
  while (due.length > 0 && calls.hasRoomFor(STEP)) {
    const unfinished: Due[] = [];
    for (const workspace of due) {
      if (!calls.hasRoomFor(STEP)) break;
      swept.add(workspace.workspaceId);
      try {
        const removed = await removeConversations(db, workspace.workspaceId, {
          where: "c.updated_at < ?2",
          value: workspace.before,
        });
        conversations += removed.conversations;
        if (removed.conversations + removed.messages > 0) unfinished.push(workspace);
      } catch (error) {
        failed.push(error);
      }
    }
    due = unfinished;
  }
  await noteSwept(services, [...swept]);
  if (failed.length > 0) throw new AggregateError(failed, "Retention failed in a workspace");
  return { conversations, cached };
}

interface Due {
  workspaceId: string;
  /** Conversations without a message since then are removed. */
  before: number;
}

async function workspacesDue({ db, now }: Pick<Services, "db" | "now">): Promise<Due[]> {
  const at = now();
  const { results } = await db
    .prepare(
      `SELECT s.workspace_id, s.settings FROM workspace_settings s
       WHERE s.settings ->> 'retention_days' > 0 AND EXISTS (SELECT 1 FROM conversations c
         WHERE c.workspace_id = s.workspace_id AND c.updated_at < ?1 - ${DAY_MS} * (s.settings ->> 'retention_days'))
       ORDER BY s.retention_swept_at, s.workspace_id LIMIT ${WORKSPACES}`,
    )
    .bind(at)
    .all<{ workspace_id: string; settings: string }>();
  return results.flatMap((row) => {
    const { retention_days: days } = parseSettings(row.settings);
    return days === null ? [] : [{ workspaceId: row.workspace_id, before: at - days * DAY_MS }];
  });
}

/** These workspaces go to the end of the queue, those with more to remove and those that failed, too. */
async function noteSwept(
  { db, now }: Pick<Services, "db" | "now">,
  workspaceIds: string[],
): Promise<void> {
  if (workspaceIds.length === 0) return;
  await db
    .prepare(
      `UPDATE workspace_settings SET retention_swept_at = ?1
       WHERE workspace_id IN (SELECT value FROM json_each(?2))`,
    )
    .bind(now(), JSON.stringify(workspaceIds))
    .run();
}

async function removeCachedAnswers({ db, now }: Pick<Services, "db" | "now">): Promise<number> {
  const { meta } = await db
    .prepare(
      `DELETE FROM cached_answers WHERE rowid IN (
         SELECT rowid FROM cached_answers WHERE created_at <= ?1 ORDER BY created_at LIMIT ${CACHED_ANSWERS})`,
    )
    .bind(now() - MAX_CACHED_AGE_MS)
    .run();
  return meta.changes;
}
