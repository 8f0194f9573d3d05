import { Problem } from "../http/problem.ts";

/**
 * One turn runs in a conversation at a time. A turn holds a lease on the conversation's row, which it takes in the statement that checks that
 * nobody else holds one, and gives back in the transaction that stores its answer or closes its question. A turn that is killed gives
 * nothing back: its lease ends when the turn would have ended.
 */
export interface Lease {
  /** The question that is being answered; null where no turn runs. */
  lease_question_id: string | null;
  /** Milliseconds since the epoch. */
  lease_expires_at: number | null;
}

/** Seconds. Most turns take less; a turn takes at most half a minute (timer.ts). */
const RETRY_AFTER = 2;

export function isHeld({ lease_expires_at }: Lease, now: number): boolean {
  return lease_expires_at !== null && lease_expires_at > now;
}

/** SQL condition on a conversation's row: no turn runs in it. */
export function isFreeSql(now: string): string {
  return `(lease_expires_at IS NULL OR lease_expires_at <= ${now})`;
}

/** SQL: what to set so that no lease is held. */
export const NO_LEASE =
  "lease_question_id = NULL, lease_expires_at = NULL, stop_requested_at = NULL";

/** The statement that gives back the lease of a turn, if the turn still holds it. */
export function releaseStatement(
  db: D1Database,
  workspaceId: string,
  { conversationId, questionId }: { conversationId: string; questionId: string },
): D1PreparedStatement {
  return db
    .prepare(
      `UPDATE conversations SET ${NO_LEASE} WHERE workspace_id = ?1 AND id = ?2 AND lease_question_id = ?3`,
    )
    .bind(workspaceId, conversationId, questionId);
}

/** The statement that ends the lease of a turn whose question is left open: the next turn of the conversation closes it. */
export function expireStatement(
  db: D1Database,
  workspaceId: string,
  { conversationId, questionId }: { conversationId: string; questionId: string },
  now: number,
): D1PreparedStatement {
  return db
    .prepare(
      `UPDATE conversations SET lease_expires_at = ?4 WHERE workspace_id = ?1 AND id = ?2 AND lease_question_id = ?3`,
    )
    .bind(workspaceId, conversationId, questionId, now);
}

export function turnRunning(): Problem {
  return new Problem(
    "turn_running",
    "Another message of this conversation is being answered. Send this one again when it is done, or stop it.",
    { headers: { "retry-after": String(RETRY_AFTER) } },
  );
}
