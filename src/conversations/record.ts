import type { Answer } from "../answering/answer.ts";
import type { CachedAnswer } from "../answering/cached-answer.ts";
import type { LanguageCode } from "../language/language.ts";
import { usageStatement } from "../limits/quotas.ts";
import { withTimeout } from "../models/deadline.ts";
import { neuronsOf } from "../models/table.ts";
import { notErasedSql, personOf } from "../privacy/erasures.ts";
import { holdsPersonalData } from "../privacy/redact.ts";
import { storeReleaseStatement } from "../releases/live-release.ts";
import type { IdentifiedRelease } from "../releases/release.ts";
import type { Reader } from "../retrieval/visibility.ts";
import { batchByName } from "../runtime/named-batch.ts";
import type { Services } from "../runtime/services.ts";
import { wakeUp } from "../runtime/wake-up.ts";
import { unknownConversation } from "./access.ts";
import { ANSWER_WITHIN_MS, LEDGER_WITHIN_MS } from "./due-messages.ts";
import { countEmbedding } from "./early-embedding.ts";
import { expireStatement, isFreeSql, releaseStatement, turnRunning } from "./lease.ts";
import { closeQuestions, closeStatements, failureText, type Failure } from "./open-questions.ts";
import { isNewRequestSql } from "./retries.ts";
import type { Admitted } from "./admit.ts";
import {
  cachedAnswerStatement,
  keepAnswerStatement,
  toCachedAnswer,
  type CacheKey,
} from "./cached-answers.ts";
import { toCitationJson, toReferenceJson } from "./schema.ts";
import type { TurnResult } from "./turn-events.ts";
import type { TurnRequest } from "./turn-request.ts";
import { visitorStatement, visitorIdOf } from "./visitors.ts";

/** What is known of a turn when its messages are stored. */
export interface Turn {
  request: TurnRequest;
  admitted: Admitted;
  reader: Reader;
  release: IdentifiedRelease;
  /** Of the reply; null where neither the message nor the conversation tells one. */
  language: LanguageCode | null;
  questionId: string;
  /** Of the answer. The question is stored with it. */
  messageId: string;
  hasHistory: boolean;
  /** Until when the turn holds its conversation, in milliseconds since the epoch. */
  leaseExpiresAt: number;
}

const NEXT_SEQ = `(SELECT coalesce(max(seq), 0) + 1 FROM messages WHERE conversation_id = ?2)`;

/**
 * Stores the visitor's message and its conversation, whose lease it takes. An anonymous conversation becomes the visitor's if the message
 * comes with a JWT. Counts the turn. The response starts only after it: a 2xx means that the question is kept.
 * @returns an answer to the same question, kept for when no model can be asked: one wait brings both
 * @throws Problem when nothing was stored: `turn_running` when another turn was faster, or the same request, and `not_found` when the
 * conversation has been claimed by another visitor or erased since it was opened
 */
export async function storeQuestion(
  services: Services,
  turn: Turn,
  question: string,
): Promise<CachedAnswer | undefined> {
  const { db, now } = services;
  const { caller, conversation } = turn.admitted;
  const { workspaceId, visitor } = caller;
  const at = now();
  const person = visitor && (await personOf(caller, { visitor: visitor.subject }));
  const conversationId = conversation.isNew ? null : conversation.id;
  const naming = visitor && person && { visitor, person, conversationId };
  const isStored = {
    sql: `EXISTS (SELECT 1 FROM messages WHERE workspace_id = ?1 AND id = ?6)`,
    value: turn.questionId,
  };
  const { question: stored, cached } = await batchByName(db, {
    ...(naming && { visitor: visitorStatement(services, caller, naming) }),
    abandoned: closeAbandoned(db, turn, at),
    conversation: conversationStatement(db, turn, person, at),
    question: questionStatement(services, turn, question, person),
    usage: usageStatement(db, workspaceId, { turns: 1 }, at, isStored),
    cached: await cachedAnswerStatement(db, cacheKey(turn, question), at),
  });
  if (stored.length !== 1) {
    countEmbedding(services, workspaceId);
    throw (await isBusy(db, turn, person)) ? turnRunning() : unknownConversation();
  }
  return toCachedAnswer(cached[0]);
}

/** Closes what killed turns have left open, before the next question follows it. */
function closeAbandoned(db: D1Database, turn: Turn, at: number): D1PreparedStatement[] {
  const { abandoned, allowance } = turn.admitted;
  if (abandoned.length === 0) return [];
  const { workspaceId } = turn.reader;
  const { language } = turn;
  const text = failureText(turn.release.release, allowance.settings, language);
  const closings = abandoned.map((id) => ({ id, workspace_id: workspaceId, language, text }));
  return Object.values(closeStatements(db, closings, "interrupted", at));
}

/** Whether a question was not stored because of another turn; else the conversation is the caller's no longer. */
async function isBusy(db: D1Database, { admitted }: Turn, person: string | null): Promise<boolean> {
  const { caller, conversation, requestKey } = admitted;
  const { workspaceId, visitor, erasures } = caller;
  const row = await db
    .prepare(
      `SELECT ${notErasedSql("?1", "?6", "?7")}
         AND (EXISTS (SELECT 1 FROM messages WHERE workspace_id = ?1 AND request_key = ?2)
           OR EXISTS (SELECT 1 FROM conversations WHERE workspace_id = ?1 AND id = ?3
             AND (visitor_id IS NULL OR visitor_id = ${visitorIdOf("?1", "?4")} OR ?5))) AS busy`,
    )
    .bind(
      workspaceId,
      requestKey,
      conversation.id,
      visitor?.subject ?? null,
      opensAll(caller),
      person,
      erasures,
    )
    .first<{ busy: 0 | 1 }>();
  return row?.busy === 1;
}

/** Whether the caller acts for no visitor in particular: 1 or 0, as SQL has it. */
function opensAll({ kind, visitor }: Admitted["caller"]): 0 | 1 {
  return kind === "secret" && !visitor ? 1 : 0;
}

/** Who asks the same again under the same conditions gets the same answer, where one was kept. */
function cacheKey({ reader, release }: Turn, question: string): CacheKey {
  return { ...reader, release: release.id, question };
}

/**
 * Takes the lease. Only a new conversation is inserted: one that was erased while the turn ran does not come back. In one that exists the
 * lease is taken if nobody holds it, if nothing was said since the turn read the history, and if the conversation is still the caller's.
 */
function conversationStatement(
  db: D1Database,
  turn: Turn,
  person: string | null,
  at: number,
): D1PreparedStatement {
  const { caller, conversation, requestKey } = turn.admitted;
  const { workspaceId, visitor, erasures } = caller;
  const mayTake = `${notErasedSql("?2", "?5", "?6")} AND ${isNewRequestSql("?2", "?7", "?4")}`;
  const sql = conversation.isNew
    ? `INSERT INTO conversations (id, workspace_id, visitor_id, created_at, updated_at, lease_question_id, lease_expires_at, metadata)
       SELECT ?1, ?2, ${visitorIdOf("?2", "?3")}, ?4, ?4, ?8, ?9, ?10 WHERE ${mayTake}`
    : `UPDATE conversations SET updated_at = ?4, visitor_id = coalesce(visitor_id, ${visitorIdOf("?2", "?3")}),
         lease_question_id = ?8, lease_expires_at = ?9, stop_requested_at = NULL
       WHERE id = ?1 AND workspace_id = ?2 AND ${isFreeSql("?4")} AND ${mayTake}
         AND (visitor_id IS NULL OR visitor_id = ${visitorIdOf("?2", "?3")} OR ?11)
         AND NOT EXISTS (SELECT 1 FROM messages m WHERE m.conversation_id = ?1 AND m.seq > ?10 AND m.failure IS NULL)`;
  const own = conversation.isNew
    ? [JSON.stringify(turn.request.metadata)]
    : [conversation.lastSeq, opensAll(caller)];
  return db
    .prepare(sql)
    .bind(
      conversation.id,
      workspaceId,
      visitor?.subject ?? null,
      at,
      person,
      erasures,
      requestKey,
      turn.questionId,
      turn.leaseExpiresAt,
      ...own,
    );
}

function questionStatement(
  { db, now }: Services,
  turn: Turn,
  question: string,
  person: string | null,
): D1PreparedStatement {
  const { caller, conversation, requestKey } = turn.admitted;
  const { workspaceId, visitor, erasures } = caller;
  return db
    .prepare(
      `INSERT INTO messages (id, conversation_id, workspace_id, seq, role, text, standalone, created_at,
         answer_id, due_at, request_key, language)
       SELECT ?1, ?2, ?3, ${NEXT_SEQ}, 'visitor', ?4, ?5, ?6, ?11, ?6 + ${ANSWER_WITHIN_MS}, ?12, ?13 FROM conversations
       WHERE id = ?2 AND workspace_id = ?3 AND lease_question_id = ?1 AND (visitor_id IS ${visitorIdOf("?3", "?7")} OR ?8)
         AND ${notErasedSql("?3", "?9", "?10")}
       RETURNING id`,
    )
    .bind(
      turn.questionId,
      conversation.id,
      workspaceId,
      turn.request.message,
      question,
      now(),
      visitor?.subject ?? null,
      opensAll(caller),
      person,
      erasures,
      turn.messageId,
      requestKey,
      turn.language,
    );
}

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
  const keeps = mayBeKept(turn, result);
  const { answer } = await batchByName(db, {
    answer: answerStatement(db, turn, result, at),
    question: answeredStatement(db, turn, standalone),
    ...(personWanted && { handover: handoverStatement(db, turn, at) }),
    lease: releaseStatement(db, workspaceId, leaseOf(turn)),
    usage: usageStatement(db, workspaceId, { neurons }, at),
    release: storeReleaseStatement(db, workspaceId, turn.release, at),
    ...(keeps && {
      kept: await keepAnswerStatement(
        db,
        cacheKey(turn, standalone),
        { ...withoutOwn(result), sources },
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
function handoverStatement(db: D1Database, turn: Turn, at: number): D1PreparedStatement {
  return db
    .prepare(
      `INSERT INTO handover_requested (message_id, conversation_id, workspace_id, created_at)
       SELECT q.id, q.conversation_id, q.workspace_id, ?3 FROM messages q
       JOIN messages a ON a.id = q.answer_id AND a.workspace_id = q.workspace_id
       WHERE q.id = ?1 AND q.workspace_id = ?2 ON CONFLICT (message_id) DO NOTHING`,
    )
    .bind(turn.questionId, turn.reader.workspaceId, at);
}

function leaseOf({ admitted, questionId }: Turn): { conversationId: string; questionId: string } {
  return { conversationId: admitted.conversation.id, questionId };
}

function answerStatement(
  db: D1Database,
  turn: Turn,
  result: TurnResult,
  at: number,
): D1PreparedStatement {
  const { inputTokens, outputTokens } = result.usage;
  return db
    .prepare(
      `INSERT INTO messages (id, conversation_id, workspace_id, seq, role, text, outcome, confidence, rung, release,
         model, citations, sources, usage, timings_ms, created_at, due_at, reranker, stopped, language)
       SELECT ?1, ?2, ?3, ${NEXT_SEQ}, 'assistant', ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?14 + ${LEDGER_WITHIN_MS},
         ?16, ?17, language
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
      JSON.stringify({ input_tokens: inputTokens, output_tokens: outputTokens }),
      JSON.stringify(result.timingsMs),
      at,
      turn.questionId,
      result.reranker,
      result.stopped ? 1 : 0,
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
 * Only what a model said, to its end, to a question that stands alone is kept: an answer within a conversation, or to a question that
 * holds something personal, is for the one who asked.
 */
function mayBeKept(turn: Turn, result: TurnResult): boolean {
  return (
    result.outcome === "answered" &&
    !result.stopped &&
    (result.rung === "model" || result.rung === "small_model") &&
    !turn.hasHistory &&
    !holdsPersonalData(turn.request.message)
  );
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
