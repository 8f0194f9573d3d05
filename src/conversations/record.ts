import type { Answer } from "../answering/answer.ts";
import type { CachedAnswer } from "../answering/cached-answer.ts";
import type { Standalone } from "../answering/understand.ts";
import { usageStatement } from "../limits/quotas.ts";
import { neuronsOf } from "../models/table.ts";
import { notErasedSql, personOf } from "../privacy/erasures.ts";
import { detectPersonalData } from "../privacy/redact.ts";
import { keepReleaseStatement } from "../releases/live-release.ts";
import type { IdentifiedRelease } from "../releases/release.ts";
import type { Reader } from "../retrieval/candidates.ts";
import { batchByName } from "../runtime/named-batch.ts";
import type { Services } from "../runtime/services.ts";
import { unknownConversation } from "./access.ts";
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
import { noteVisitor, visitorIdOf } from "./visitors.ts";

/** What is known of a turn when its messages are stored. */
export interface Turn {
  request: TurnRequest;
  admitted: Admitted;
  reader: Reader;
  release: IdentifiedRelease;
  messageId: string;
  hasHistory: boolean;
}

const NEXT_SEQ = `(SELECT coalesce(max(seq), 0) + 1 FROM messages WHERE conversation_id = ?2)`;

/**
 * Stores the visitor's message, and the conversation with whom it belongs to: asking in an anonymous one with a JWT claims it.
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
    ...(naming && { visitor: noteVisitor(services, caller, naming) }),
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
  { db, now, newId }: Services,
  turn: Turn,
  question: Standalone,
  person: string | null,
): D1PreparedStatement {
  const { caller, conversation } = turn.admitted;
  const { workspaceId, visitor, kind, erasures } = caller;
  return db
    .prepare(
      `INSERT INTO messages (id, conversation_id, workspace_id, seq, role, text, standalone, embedding,
         embedding_model, created_at)
       SELECT ?1, ?2, ?3, ${NEXT_SEQ}, 'visitor', ?4, ?5, ?6, ?7, ?8 FROM conversations
       WHERE id = ?2 AND workspace_id = ?3 AND (visitor_id IS ${visitorIdOf("?3", "?9")} OR ?10)
         AND ${notErasedSql("?3", "?11", "?12")}
       RETURNING id`,
    )
    .bind(
      newId("msg"),
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
    );
}

/**
 * Stores the answer with what it used, and wakes the ledger. Runs to its end even if the visitor has gone. Of a conversation
 * that was erased meanwhile only what the workspace used is kept.
 */
export async function recordAnswer(
  services: Services,
  turn: Turn,
  result: TurnResult,
  { standalone, wasted }: Pick<Answer, "standalone" | "wasted">,
): Promise<void> {
  const { db, now, calls } = services;
  const { workspaceId } = turn.reader;
  const at = now();
  const neurons = neuronsUsed(calls.neurons, result, wasted);
  const keeps = mayBeKept(turn, result);
  const { answer } = await batchByName(db, {
    answer: answerStatement(db, turn, result, at),
    usage: usageStatement(db, workspaceId, { neurons }, at),
    release: keepReleaseStatement(db, workspaceId, turn.release, at),
    ...(keeps && { kept: await keepAnswerStatement(db, cacheKey(turn, standalone), result, at) }),
  });
  if (answer.length === 1) wakeLedger(services, turn.messageId);
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
         model, citations, sources, usage, timings_ms, created_at)
       SELECT ?1, ?2, ?3, ${NEXT_SEQ}, 'assistant', ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14
       FROM conversations WHERE id = ?2 AND workspace_id = ?3
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
    );
}

function wakeLedger(
  { eventsQueue, waitUntil }: Pick<Services, "eventsQueue" | "waitUntil">,
  messageId: string,
): void {
  waitUntil(
    eventsQueue.send({ message_id: messageId }).catch((error: unknown) => {
      console.warn("record: ledger not woken", { message: messageId, error: String(error) });
    }),
  );
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
    detectPersonalData(turn.request.message).length === 0
  );
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
