import type { Services } from "../runtime/services.ts";
import { parseSettings } from "../workspaces/settings.ts";
import { removeConversations } from "./remove-conversations.ts";

const DAY_MS = 86_400_000;
/** A cached answer that is older is not served, even if its sources have not changed. */
export const MAX_CACHED_AGE_MS = 7 * DAY_MS;
/** The most workspaces and steps of one tick. The next tick goes on. */
const WORKSPACES = 50;
const MAX_STEPS = 80;
/** The most cached answers that one tick removes. */
const CACHED_ANSWERS = 1000;

/**
 * Removes conversations in which nobody has written for the workspace's number of days, with all rows that depend on them, and
 * cached answers that are too old to be served. A workspace that has not set a number of days keeps its conversations. Runs on
 * every cron tick.
 * @returns how many conversations and cached answers were removed
 */
export async function sweepRetention(
  services: Pick<Services, "db" | "now">,
): Promise<{ conversations: number; cached: number }> {
  const cached = await removeCachedAnswers(services);
  let due = await workspacesDue(services);
  let conversations = 0;
  let steps = 0;
  // One step for each workspace in turn: one with years of conversations to remove does not delay the others.
  while (due.length > 0 && steps < MAX_STEPS) {
    const unfinished: Due[] = [];
    for (const workspace of due.slice(0, MAX_STEPS - steps)) {
      const removed = await removeConversations(services.db, workspace.workspaceId, {
        where: "c.updated_at < ?2",
        value: workspace.before,
      });
      steps++;
      conversations += removed.conversations;
      if (removed.conversations + removed.messages > 0) unfinished.push(workspace);
    }
    due = unfinished;
  }
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
       LIMIT ${WORKSPACES}`,
    )
    .bind(at)
    .all<{ workspace_id: string; settings: string }>();
  return results.flatMap((row) => {
    const { retention_days: days } = parseSettings(row.settings);
    return days === null ? [] : [{ workspaceId: row.workspace_id, before: at - days * DAY_MS }];
  });
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
