/** A question without an answer for so long is one of an interrupted turn: a turn that runs ends much earlier (timer.ts). */
export const ANSWER_WITHIN_MS = 60_000;
/** So long the events queue has to enter an answer in the ledger; then a cron tick does. */
export const LEDGER_WITHIN_MS = 60_000;

export interface DueMessage {
  id: string;
  workspace_id: string;
  /** Of the reply; null in messages from before it was stored. */
  language: string | null;
}

/**
 * Takes the messages of a role, of all workspaces, that a cron tick has to look after, those that have waited longest first.
 * @param nextAt when they are due again: one that cannot be dealt with goes to the end of the queue
 */
export async function takeDueMessages(
  db: D1Database,
  role: "visitor" | "assistant",
  limit: number,
  now: number,
  nextAt: number,
): Promise<DueMessage[]> {
  const { results } = await db
    .prepare(
      `UPDATE messages SET due_at = ?1 WHERE id IN
         (SELECT id FROM messages WHERE role = ?3 AND due_at <= ?2 ORDER BY due_at LIMIT ?4)
       RETURNING id, workspace_id, language`,
    )
    .bind(nextAt, now, role, limit)
    .all<DueMessage>();
  return results;
}
