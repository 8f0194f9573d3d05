import type { Caller } from "../auth/keys.ts";
import { batchByName } from "../runtime/named-batch.ts";
import type { Services } from "../runtime/services.ts";
import { mayOpen, ownedStatement, type Owned } from "./access.ts";

/** How often a turn looks whether it is to stop. */
const LOOK_EVERY_MS = 1000;

/** What a request to stop found. */
export interface Stopping {
  /** Id of the answer that ends; null where no turn runs. */
  messageId: string | null;
}

/**
 * Asks the turn that runs in a conversation to stop. The turn, which another invocation runs, sees it within a second or two.
 * @returns null for a conversation that the caller may not open
 */
export async function requestStop(
  { db, now }: Pick<Services, "db" | "now">,
  caller: Caller,
  id: string,
  token: string | undefined,
): Promise<Stopping | null> {
  const { workspaceId } = caller;
  const owned = await ownedStatement(db, { sql: "?1", value: workspaceId }, id).first<Owned>();
  if (!(await mayOpen(caller, owned ?? undefined, token))) return null;
  const { answer } = await batchByName<{ answer: { answer_id: string } }>(db, {
    flag: db
      .prepare(
        `UPDATE conversations SET stop_requested_at = coalesce(stop_requested_at, ?3)
         WHERE workspace_id = ?1 AND id = ?2 AND lease_expires_at > ?3`,
      )
      .bind(workspaceId, id, now()),
    answer: db
      .prepare(
        `SELECT q.answer_id FROM conversations c JOIN messages q ON q.id = c.lease_question_id
         WHERE c.workspace_id = ?1 AND c.id = ?2 AND c.stop_requested_at IS NOT NULL AND c.lease_expires_at > ?3`,
      )
      .bind(workspaceId, id, now()),
  });
  return { messageId: answer[0]?.answer_id ?? null };
}

/** A turn's question and conversation. */
interface Watched {
  workspaceId: string;
  conversationId: string;
  questionId: string;
}

/**
 * Looks beside a turn, once a second, whether somebody has asked to stop it. Nothing waits for a look, and one that fails stops nothing.
 * @param stop called once, when somebody has
 * @returns ends the watch
 */
export function watchForStop(
  { sideDb, calls }: Pick<Services, "sideDb" | "calls">,
  { workspaceId, conversationId, questionId }: Watched,
  stop: () => void,
): () => void {
  let isOver = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const isAsked = async (): Promise<boolean> => {
    const asked = await sideDb
      .prepare(
        `SELECT 1 FROM conversations WHERE workspace_id = ?1 AND id = ?2 AND lease_question_id = ?3 AND stop_requested_at IS NOT NULL`,
      )
      .bind(workspaceId, conversationId, questionId)
      .first();
    return asked !== null;
  };
  const look = async (): Promise<void> => {
    if (!calls.hasRoomFor({ statements: 1, subrequests: 1 })) return;
    const asked = await isAsked().catch((error: unknown) => {
      console.warn("stop: could not look", { question: questionId, error: String(error) });
      return false;
    });
    if (isOver) return;
    if (asked) return stop();
    lookLater();
  };
  const lookLater = (): void => {
    timer = setTimeout(() => void look(), LOOK_EVERY_MS);
  };
  lookLater();
  return () => {
    isOver = true;
    clearTimeout(timer);
  };
}
