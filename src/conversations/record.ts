import type { Answer } from "../answering/answer.ts";
import type { CachedAnswer } from "../answering/cached-answer.ts";
import type { Standalone } from "../answering/understand.ts";
import type { LanguageCode } from "../language/language.ts";
import { usageStatement } from "../limits/quotas.ts";
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
import { closeQuestions, failureText, type Failure } from "./open-questions.ts";
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
}

const NEXT_SEQ = `(SELECT coalesce(max(seq), 0) + 1 FROM messages WHERE conversation_id = ?2)`;

/**
 * Stores the visitor's message and its conversation. An anonymous conversation becomes the visitor's if the message comes with a JWT.
 * Counts the turn. The response starts only after it: a 2xx means that the question is kept.
 * @returns an answer to the same question, kept for when no model can be asked: one wait brings both
 * @throws Problem `not_found` when the conversation has been claimed by another visitor or erased since it was opened
 */
export async function storeQuestion(
  services: Services,
  turn: Turn,
  question: Standalone,
): Promise<CachedAnswer | undefined> {
  const { db, now } = services;
  const { caller, conversation } = turn.admitted;
  const { workspaceId, visitor } = caller;
  const at = now();
  const person = visitor && (await personOf(caller, { visitor: visitor.subject }));
  const conversationId = conversation.isNew ? null : conversation.id;
  const naming = visitor && person && { visitor, person, conversationId };
  const { question: stored, cached } = await batchByName(db, {
    usage: usageStatement(db, workspaceId, { turns: 1 }, at),
    ...(naming && { visitor: visitorStatement(services, caller, naming) }),
    conversation: conversationStatement(db, turn, person, at),
    question: questionStatement(services, turn, question, person),
    cached: await cachedAnswerStatement(db, cacheKey(turn, question), at),
  });
  if (stored.length !== 1) throw unknownConversation();
  return toCachedAnswer(cached[0]);
}

/** Who asks the same again under the same conditions gets the same answer, where one was kept. */
function cacheKey({ reader, release }: Turn, standalone: Standalone): CacheKey {
  return { ...reader, release: release.id, question: standalone.text };
}

/** Only a new conversation is inserted: one that was erased while the turn ran does not come back. */
function conversationStatement(
  db: D1Database,
  turn: Turn,
  person: string | null,
  at: number,
): D1PreparedStatement {
  const { caller, conversation } = turn.admitted;
  const { workspaceId, visitor, erasures } = caller;
  const sql = conversation.isNew
    ? `INSERT INTO conversations (id, workspace_id, visitor_id, created_at, updated_at, metadata)
       SELECT ?1, ?2, ${visitorIdOf("?2", "?3")}, ?4, ?4, ?7 WHERE ${notErasedSql("?2", "?5", "?6")}`
    : `UPDATE conversations SET updated_at = ?4, visitor_id = coalesce(visitor_id, ${visitorIdOf("?2", "?3")})
       WHERE id = ?1 AND workspace_id = ?2 AND ${notErasedSql("?2", "?5", "?6")}`;
  return db
    .prepare(sql)
    .bind(
      conversation.id,
      workspaceId,
      visitor?.subject ?? null,
      at,
      person,
      erasures,
      ...(conversation.isNew ? [JSON.stringify(turn.request.metadata)] : []),
    );
}

function questionStatement(
  { db, now }: Services,
  turn: Turn,
  question: Standalone,
  person: string | null,
): D1PreparedStatement {
  const { caller, conversation } = turn.admitted;
  const { workspaceId, visitor, kind, erasures } = caller;
  return db
    .prepare(
      `INSERT INTO messages (id, conversation_id, workspace_id, seq, role, text, standalone, embedding,
         embedding_model, created_at, answer_id, due_at, language)
       SELECT ?1, ?2, ?3, ${NEXT_SEQ}, 'visitor', ?4, ?5, ?6, ?7, ?8, ?13, ?8 + ${ANSWER_WITHIN_MS}, ?14 FROM conversations
       WHERE id = ?2 AND workspace_id = ?3 AND (visitor_id IS ${visitorIdOf("?3", "?9")} OR ?10)
         AND ${notErasedSql("?3", "?11", "?12")}
       RETURNING id`,
    )
    .bind(
      turn.questionId,
      conversation.id,
      workspaceId,
      turn.request.message,
      question.text,
      question.vector ? new Float32Array(question.vector).buffer : null,
      question.vector ? question.generation.model : null,
      now(),
      visitor?.subject ?? null,
      kind === "secret" && !visitor ? 1 : 0,
      person,
      erasures,
      turn.messageId,
      turn.language,
    );
}

/**
 * Stores the answer with what it used, and wakes the ledger. Runs to its end even if the visitor has gone. Of a conversation
 * that was erased meanwhile only what the workspace used is kept.
 * @throws Error when the question has been closed meanwhile: it has no second answer
 */
export async function recordAnswer(
  services: Services,
  turn: Turn,
  { result, standalone, wasted }: Answered,
): Promise<void> {
  const { db, now, calls } = services;
  const { workspaceId } = turn.reader;
  const at = now();
  const neurons = neuronsUsed(calls.neurons, result, wasted);
  const keeps = mayBeKept(turn, result);
  const { answer } = await batchByName(db, {
    answer: answerStatement(db, turn, result, at),
    question: answeredStatement(db, turn),
    usage: usageStatement(db, workspaceId, { neurons }, at),
    release: storeReleaseStatement(db, workspaceId, turn.release, at),
    ...(keeps && {
      kept: await keepAnswerStatement(db, cacheKey(turn, standalone), withoutOwn(result), at),
    }),
  });
  if (answer.length === 1) return wakeLedger(services, turn.messageId);
  const closed = await db
    .prepare(`SELECT failure FROM messages WHERE workspace_id = ?1 AND id = ?2`)
    .bind(workspaceId, turn.messageId)
    .first();
  if (closed) throw new Error("The question was closed before its answer was stored");
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
         model, citations, sources, usage, timings_ms, created_at, due_at, language)
       SELECT ?1, ?2, ?3, ${NEXT_SEQ}, 'assistant', ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?14 + ${LEDGER_WITHIN_MS}, language
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
    );
}

/** The statement that notes that the question has its answer. */
function answeredStatement(db: D1Database, { reader, questionId }: Turn): D1PreparedStatement {
  return db
    .prepare(`UPDATE messages SET due_at = NULL WHERE id = ?1 AND workspace_id = ?2`)
    .bind(questionId, reader.workspaceId);
}

/**
 * Closes the question of a turn that has failed, if it was stored. Nobody waits for it: a cron tick closes what is left open. What the
 * turn used stays counted.
 * @param answered the answer, if there was one that could not be stored
 */
export function closeFailedTurn(
  services: Services,
  turn: Turn,
  failure: Failure,
  answered: Answered | undefined,
): void {
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
  waitUntil(
    close().catch((error: unknown) => {
      console.warn("turn: not closed", { question: turn.questionId, error: String(error) });
    }),
  );
}

/** An answer as it is to be stored. */
export interface Answered extends Pick<Answer, "standalone" | "wasted"> {
  result: TurnResult;
}

function wakeLedger(
  services: Pick<Services, "eventsQueue" | "waitUntil">,
  messageId: string,
): void {
  wakeUp(services, services.eventsQueue, { message_id: messageId });
}

/**
 * Only what a model said to a question that stands alone is kept: an answer within a conversation, or to a question that
 * holds something personal, is for the one who asked.
 */
function mayBeKept(turn: Turn, result: TurnResult): boolean {
  return (
    result.outcome === "answered" &&
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
