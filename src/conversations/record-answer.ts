import type { Answer } from "../answering/answer.ts";
import { usageStatement } from "../limits/quotas.ts";
import { withTimeout } from "../models/deadline.ts";
import { neuronsOf } from "../models/table.ts";
import { storeReleaseStatement } from "../releases/live-release.ts";
import { batchByName } from "../runtime/named-batch.ts";
import type { Services } from "../runtime/services.ts";
import { wakeUp } from "../runtime/wake-up.ts";
import { LEDGER_WITHIN_MS } from "./due-messages.ts";
import { expireStatement, releaseStatement } from "./lease.ts";
import { closeQuestions, failureText, type Failure } from "./open-questions.ts";
import { keepAnswerStatement } from "./cached-answers.ts";
import { toCitationJson, toReferenceJson, toUsageJson } from "./schema.ts";
import { actedStatements } from "./tool-calls.ts";
import type { TurnResult } from "./turn-events.ts";
import { type CacheUse, type Turn, NEXT_SEQ, cacheKey, leaseOf } from "./recorded-turn.ts";

/**
 * Stores the answer with what it used, gives the conversation back, and wakes the ledger. Runs to its end even if the visitor has gone.
 * Of a conversation that was erased meanwhile only what the workspace used is kept.
 * @throws Error when the question has been closed meanwhile: it has no second answer
 */
export async function recordAnswer(
  services: Services,
  turn: Turn,
  { result, standalone, sources, wasted, personWanted }: Answered,
): Promise<void> {
  const { db, now, calls } = services;
  const { workspaceId } = turn.reader;
  const at = now();
  const neurons = neuronsUsed(calls.neurons, result, wasted);
  const keeps = personWanted ? undefined : mayBeKept(turn, result);
  const { answer } = await batchByName(db, {
    answer: answerStatement(db, turn, result, at),
    question: answeredStatement(db, turn, standalone),
    ...(personWanted && {
      handover: handoverStatement(db, turn, result.acted?.handover, at),
    }),
    ...(result.acted && { acted: actedStatements(services, turn, result.acted, at) }),
    ...(turn.chosen.length > 0 && { chosen: chosenStatement(db, turn) }),
    lease: releaseStatement(db, workspaceId, leaseOf(turn)),
    usage: usageStatement(db, workspaceId, { neurons }, at),
    release: storeReleaseStatement(db, workspaceId, turn.release, at),
    ...(keeps && {
      kept: await keepAnswerStatement(
        db,
        cacheKey(turn, keeps, standalone),
        { ...withoutOwn(result), model: result.model ?? "", sources },
        at,
      ),
    }),
  });
  if (answer.length === 1) return wakeLedger(services, turn.messageId);
  const closed = await db
    .prepare(`SELECT failure FROM messages WHERE workspace_id = ?1 AND id = ?2`)
    .bind(workspaceId, turn.messageId)
    .first();
  if (closed) throw new Error("The question was closed before its answer was stored");
}

/** The statement that notes that the visitor asked for a person. It finds the message only while nobody has erased it. */
function handoverStatement(
  db: D1Database,
  turn: Turn,
  data: object | undefined,
  at: number,
): D1PreparedStatement {
  return db
    .prepare(
      `INSERT INTO handover_requested (message_id, conversation_id, workspace_id, created_at, data)
       SELECT q.id, q.conversation_id, q.workspace_id, ?3, ?4 FROM messages q
       JOIN messages a ON a.id = q.answer_id AND a.workspace_id = q.workspace_id
       WHERE q.id = ?1 AND q.workspace_id = ?2 ON CONFLICT (message_id) DO NOTHING`,
    )
    .bind(turn.questionId, turn.reader.workspaceId, at, data ? JSON.stringify(data) : null);
}

function chosenStatement(db: D1Database, { admitted, reader, chosen }: Turn): D1PreparedStatement {
  return db
    .prepare(`UPDATE conversations SET chosen = ?3 WHERE id = ?1 AND workspace_id = ?2`)
    .bind(admitted.conversation.id, reader.workspaceId, JSON.stringify(chosen));
}

function answerStatement(
  db: D1Database,
  turn: Turn,
  result: TurnResult,
  at: number,
): D1PreparedStatement {
  const { usage, saved } = result;
  return db
    .prepare(
      `INSERT INTO messages (id, conversation_id, workspace_id, seq, role, text, outcome, confidence, rung, release,
         model, citations, sources, usage, timings_ms, created_at, due_at, reranker, stopped, choices, applied, form, language)
       SELECT ?1, ?2, ?3, ${NEXT_SEQ}, 'assistant', ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?14 + ${LEDGER_WITHIN_MS},
         ?16, ?17, ?18, ?19, ?20, language
       FROM messages WHERE id = ?15 AND workspace_id = ?3 AND due_at IS NOT NULL
       RETURNING id`,
    )
    .bind(
      turn.messageId,
      turn.admitted.conversation.id,
      turn.reader.workspaceId,
      result.text,
      result.outcome,
      result.confidence,
      result.rung,
      result.release,
      result.model,
      JSON.stringify(result.citations.map(toCitationJson)),
      JSON.stringify(result.sources.map(toReferenceJson)),
      JSON.stringify({
        ...toUsageJson(usage),
        ...(saved && { saved: { model: saved.model, ...toUsageJson(saved.usage) } }),
      }),
      JSON.stringify(result.timingsMs),
      at,
      turn.questionId,
      result.reranker,
      result.stopped ? 1 : 0,
      result.choices.length > 0 ? JSON.stringify(result.choices) : null,
      result.applied.length > 0 ? JSON.stringify(result.applied) : null,
      result.form ? JSON.stringify(result.form) : null,
    );
}

/** The statement that notes that the question has its answer, and as what it was answered: the next follow-up starts from that. */
function answeredStatement(
  db: D1Database,
  { reader, questionId }: Turn,
  standalone: string,
): D1PreparedStatement {
  return db
    .prepare(
      `UPDATE messages SET due_at = NULL, standalone = ?3 WHERE id = ?1 AND workspace_id = ?2`,
    )
    .bind(questionId, reader.workspaceId, standalone);
}

/**
 * Closes the question of a turn that has failed, if it was stored: when the returned promise resolves, the visitor may ask again. It waits
 * a second for that at most; a cron tick closes what is left open. What the turn used stays counted.
 * @param answered the answer, if there was one that could not be stored
 */
export function closeFailedTurn(
  services: Services,
  turn: Turn,
  failure: Failure,
  answered: Answered | undefined,
): Promise<void> {
  const { db, calls, now, waitUntil } = services;
  const { allowance, caller } = turn.admitted;
  const { workspaceId } = caller;
  const text = failureText(turn.release.release, allowance.settings, turn.language);
  const neurons = answered
    ? neuronsUsed(calls.neurons, answered.result, answered.wasted)
    : calls.neurons;
  const close = async (): Promise<void> => {
    const { questionId: id, language } = turn;
    const question = { id, workspace_id: workspaceId, language, text };
    const [closed] = await closeQuestions(services, [question], failure);
    if (closed === undefined) return;
    wakeLedger(services, closed);
    await usageStatement(db, workspaceId, { neurons }, now()).run();
  };
  // The conversation's next turn, or a cron tick, closes what cannot be closed now.
  const giveUp = async (error: unknown): Promise<void> => {
    console.warn("turn: not closed", { question: turn.questionId, error: String(error) });
    await expireStatement(db, workspaceId, leaseOf(turn), now()).run();
  };
  const closed = close()
    .catch(giveUp)
    .catch((error: unknown) => {
      console.warn("turn: its lease is left to expire", { error: String(error) });
    });
  waitUntil(closed);
  return withTimeout(closed, CLOSED_WITHIN_MS, "Closing a question").catch(() => undefined);
}

/** The turn's time may be over (timer.ts): a database that hangs must not hold up its last word. */
const CLOSED_WITHIN_MS = 1000;

/** An answer as it is to be stored. */
export interface Answered extends Pick<
  Answer,
  "standalone" | "sources" | "wasted" | "personWanted"
> {
  result: TurnResult;
}

function wakeLedger(
  services: Pick<Services, "eventsQueue" | "waitUntil">,
  messageId: string,
): void {
  wakeUp(services, services.eventsQueue, { message_id: messageId });
}

/**
 * Only what a model said, to its end, to a question that stands alone is kept: an answer within a conversation is for the one who asked. One
 * as long as the limit was most likely cut.
 * @returns how the answer is kept; undefined where it is not
 */
function mayBeKept(turn: Turn, result: TurnResult): CacheUse | undefined {
  const isWhole =
    !result.stopped &&
    !result.isCut &&
    result.usage.outputTokens < turn.release.release.models.parameters.tokens;
  const isModels = result.rung === "model" || result.rung === "small_model";
  const isPlain = result.applied.length === 0 && !turn.hasHistory;
  return isWhole && isModels && result.outcome === "answered" && isPlain ? turn.cache : undefined;
}

/** An answer as a model wrote it. What Edgewise says itself is said anew with it. */
function withoutOwn({ text, own, ...answer }: TurnResult): Omit<TurnResult, "own"> {
  return { ...answer, text: text.slice(0, text.length - own.length) };
}

/** @param searching what embedding and reranking cost */
function neuronsUsed(
  searching: number,
  { model, usage }: TurnResult,
  wasted: Answer["wasted"],
): number {
  const texts = [{ model: model ?? "", usage }, ...wasted];
  return texts.reduce((sum, text) => sum + neuronsOf(text.model, text.usage), searching);
}
