import type { CachedAnswer } from "../answering/cached-answer.ts";
import type { Query } from "../retrieval/candidates.ts";
import type { Source } from "../citations/source.ts";
import type { Services } from "../runtime/services.ts";
import { unknownConversation } from "./access.ts";
import { noteVisitor, visitorIdOf } from "./visitors.ts";
import { usageStatement } from "../limits/quotas.ts";
import { notErasedSql, personOf } from "../privacy/erasures.ts";
import { neuronsOf } from "../models/table.ts";
import { detectPersonalData } from "../privacy/redact.ts";
import {
  cachedAnswerStatement,
  keepAnswerStatement,
  toCachedAnswer,
  type CacheKey,
} from "./cached-answers.ts";
import { NO_TOKENS, type Draft } from "../answering/generate.ts";
import type { Turn, TurnResult } from "../answering/turn.ts";

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
  question: Query,
  key: CacheKey,
): Promise<CachedAnswer | undefined> {
  const { db, now } = services;
  const { workspaceId, visitor } = turn.caller;
  const at = now();
  const person = visitor && (await personOf(turn.caller, { visitor: visitor.subject }));
  const conversationId = turn.isNewConversation ? null : turn.conversationId;
  const results = await db.batch([
    usageStatement(db, workspaceId, { turns: 1 }, at),
    ...(visitor && person
      ? [noteVisitor(services, turn.caller, { visitor, person, conversationId })]
      : []),
    conversationStatement(db, turn, person, at),
    questionStatement(services, turn, question, person),
    await cachedAnswerStatement(db, key, at),
  ]);
  const kept = results.pop();
  if (results.at(-1)?.meta.changes !== 1) throw unknownConversation();
  return toCachedAnswer(kept?.results[0]);
}

/** Only a new conversation is inserted: one that was erased while the turn ran does not come back. */
function conversationStatement(
  db: D1Database,
  turn: Turn,
  person: string | null,
  at: number,
): D1PreparedStatement {
  const { workspaceId, visitor, erasures } = turn.caller;
  const sql = turn.isNewConversation
    ? `INSERT INTO conversations (id, workspace_id, visitor_id, created_at, updated_at, metadata)
       SELECT ?1, ?2, ${visitorIdOf("?2", "?3")}, ?4, ?4, ?7 WHERE ${notErasedSql("?2", "?5", "?6")}`
    : `UPDATE conversations SET updated_at = ?4, visitor_id = coalesce(visitor_id, ${visitorIdOf("?2", "?3")})
       WHERE id = ?1 AND workspace_id = ?2 AND ${notErasedSql("?2", "?5", "?6")}`;
  return db
    .prepare(sql)
    .bind(
      turn.conversationId,
      workspaceId,
      visitor?.subject ?? null,
      at,
      person,
      erasures,
      ...(turn.isNewConversation ? [JSON.stringify(turn.metadata)] : []),
    );
}

function questionStatement(
  { db, now, newId }: Services,
  turn: Turn,
  question: Query,
  person: string | null,
): D1PreparedStatement {
  const { workspaceId, visitor, kind, erasures } = turn.caller;
  return db
    .prepare(
      `INSERT INTO messages (id, conversation_id, workspace_id, seq, role, text, standalone, embedding,
         embedding_model, created_at)
       SELECT ?1, ?2, ?3, ${NEXT_SEQ}, 'visitor', ?4, ?5, ?6, ?7, ?8 FROM conversations
       WHERE id = ?2 AND workspace_id = ?3 AND (visitor_id IS ${visitorIdOf("?3", "?9")} OR ?10)
         AND ${notErasedSql("?3", "?11", "?12")}`,
    )
    .bind(
      newId("msg"),
      turn.conversationId,
      workspaceId,
      turn.message,
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
  made: { draft: Draft | undefined; sources: Source[]; key: CacheKey },
): Promise<void> {
  const { db, eventsQueue, now } = services;
  const { workspaceId } = turn.caller;
  const at = now();
  const message = db
    .prepare(
      `INSERT INTO messages (id, conversation_id, workspace_id, seq, role, text, outcome, confidence, rung, release,
         model, citations, sources, usage, timings_ms, created_at)
       SELECT ?1, ?2, ?3, ${NEXT_SEQ}, 'assistant', ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14
       FROM conversations WHERE id = ?2 AND workspace_id = ?3`,
    )
    .bind(
      turn.messageId,
      turn.conversationId,
      workspaceId,
      result.text,
      result.outcome,
      result.confidence,
      result.rung,
      result.release,
      result.model,
      JSON.stringify(result.citations),
      JSON.stringify(result.sources),
      JSON.stringify(result.usage),
      JSON.stringify(result.timings_ms),
      at,
    );
  const { sources, key } = made;
  const answer = { messageId: turn.messageId, text: result.text, sources };
  const [stored] = await db.batch([
    message,
    usageStatement(db, workspaceId, { neurons: neuronsUsed(services, made.draft) }, at),
    ...(mayBeKept(turn, result) ? [await keepAnswerStatement(db, key, answer, at)] : []),
  ]);
  if (stored?.meta.changes !== 1) return;
  services.waitUntil(
    eventsQueue.send({ message_id: turn.messageId }).catch((error: unknown) => {
      console.warn("record: ledger not woken", { message: turn.messageId, error: String(error) });
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
    turn.history.length === 0 &&
    detectPersonalData(turn.message).length === 0
  );
}

function neuronsUsed({ calls }: Services, draft: Draft | undefined): number {
  const answers = [
    { model: draft?.model ?? "", usage: draft?.usage ?? NO_TOKENS },
    ...(draft?.wasted ?? []),
  ];
  return answers.reduce((sum, call) => sum + neuronsOf(call.model, call.usage), calls.neurons);
}
