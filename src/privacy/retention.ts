import type { Services } from "../runtime/services.ts";
import { parseSettings } from "../workspaces/settings.ts";
import { removeConversations } from "./remove-conversations.ts";

const DAY_MS = 86_400_000;
/** An answer older than this is not served, whatever its sources say. */
export const MAX_CACHED_AGE_MS = 7 * DAY_MS;
/** Workspaces that a tick looks after, and steps that it takes for all of them: the next one goes on. */
const WORKSPACES = 50;
const MAX_STEPS = 80;
/** Cached answers that one tick forgets. */
const CACHED_ANSWERS = 1000;

/**
 * Removes what has been kept long enough: conversations that nobody has written in for as many days as their workspace
 * keeps them, with all that depends on them, and cached answers that are not served any more. A workspace that has not set
 * a number of days keeps its conversations. Runs on every cron tick.
 * @returns how many conversations and cached answers are gone
 */
export async function sweepRetention(
  services: Pick<Services, "db" | "now">,
): Promise<{ conversations: number; cached: number }> {
  const cached = await forgetCachedAnswers(services);
  let due = await workspacesDue(services);
  let conversations = 0;
  let steps = 0;
  // A step for each in turn: a workspace with years to remove does not hold up the others.
  while (due.length > 0 && steps < MAX_STEPS) {
    const goingOn: Due[] = [];
    for (const one of due.slice(0, MAX_STEPS - steps)) {
      const removed = await removeConversations(services.db, one.workspaceId, {
        where: "c.updated_at < ?2",
        value: one.before,
      });
      steps++;
      conversations += removed.conversations;
      if (removed.conversations + removed.messages > 0) goingOn.push(one);
    }
    due = goingOn;
  }
  return { conversations, cached };
}

interface Due {
  workspaceId: string;
  /** Conversations without a message since then go. */
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

async function forgetCachedAnswers({ db, now }: Pick<Services, "db" | "now">): Promise<number> {
  const { meta } = await db
    .prepare(
      `DELETE FROM cached_answers WHERE rowid IN (
         SELECT rowid FROM cached_answers WHERE created_at <= ?1 ORDER BY created_at LIMIT ${CACHED_ANSWERS})`,
    )
    .bind(now() - MAX_CACHED_AGE_MS)
    .run();
  return meta.changes;
}
