import { unknownConversation } from "../conversations/access.ts";
import { noteVisitor, visitorIdOf } from "../conversations/visitors.ts";
import type { Query } from "../retrieval/retrieve.ts";
import type { Services } from "../services.ts";
import { usageStatement } from "../limits/quotas.ts";
import { neuronsOf } from "../models/table.ts";
import { detectPersonalData } from "../privacy/redact.ts";
import {
  cachedAnswerStatement,
  keepAnswerStatement,
  toCachedAnswer,
  type CachedAnswer,
  type CacheKey,
} from "./cached-answers.ts";
import { NO_TOKENS, type Draft } from "./generate.ts";
import type { Source, Turn, TurnResult } from "./turn.ts";

const NEXT_SEQ = `(SELECT coalesce(max(seq), 0) + 1 FROM messages WHERE conversation_id = ?2)`;

/**
 * Stores the visitor's message, and the conversation with whom it belongs to: asking in an anonymous one with a JWT claims it.
 * Counts the turn. The response starts only after it: a 2xx means that the question is kept.
 * @returns an answer to the same question, kept for when no model can be asked: one wait brings both
 * @throws Problem `not_found` when another visitor has claimed the conversation since it was opened
 */
export async function storeQuestion(
  services: Services,
  turn: Turn,
  question: Query,
  key: CacheKey,
): Promise<CachedAnswer | undefined> {
  const { db, now, newId } = services;
  const { workspaceId, visitor, kind } = turn.caller;
  const at = now();
  const subject = visitor?.subject ?? null;
  const results = await db.batch([
    usageStatement(db, workspaceId, { turns: 1 }, at),
    ...(visitor ? [noteVisitor(services, workspaceId, visitor)] : []),
    db
      .prepare(
        `INSERT INTO conversations (id, workspace_id, metadata, visitor_id, created_at, updated_at)
         VALUES (?1, ?2, ?3, ${visitorIdOf("?2", "?4")}, ?5, ?5)
         ON CONFLICT (id) DO UPDATE SET updated_at = excluded.updated_at,
           visitor_id = coalesce(visitor_id, excluded.visitor_id)
         WHERE workspace_id = excluded.workspace_id`,
      )
      .bind(turn.conversationId, workspaceId, JSON.stringify(turn.metadata), subject, at),
    db
      .prepare(
        `INSERT INTO messages (id, conversation_id, workspace_id, seq, role, text, standalone, embedding,
           embedding_model, created_at)
         SELECT ?1, ?2, ?3, ${NEXT_SEQ}, 'visitor', ?4, ?5, ?6, ?7, ?8 FROM conversations
         WHERE id = ?2 AND workspace_id = ?3 AND (visitor_id IS ${visitorIdOf("?3", "?9")} OR ?10)`,
      )
      .bind(
        newId("msg"),
        turn.conversationId,
        workspaceId,
        turn.message,
        question.text,
        question.vector ? new Float32Array(question.vector).buffer : null,
        question.vector ? question.generation.model : null,
        at,
        subject,
        kind === "secret" && !visitor ? 1 : 0,
      ),
    await cachedAnswerStatement(db, key, at),
  ]);
  const kept = results.pop();
  if (results.at(-1)?.meta.changes !== 1) throw unknownConversation();
  return toCachedAnswer(kept?.results[0]);
}

/** Stores the answer with what it used, and wakes the ledger. Runs to its end even if the visitor has gone. */
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
       VALUES (?1, ?2, ?3, ${NEXT_SEQ}, 'assistant', ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)`,
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
  await db.batch([
    message,
    usageStatement(db, workspaceId, { neurons: neuronsUsed(services, made.draft) }, at),
    ...(mayBeKept(turn, result) ? [await keepAnswerStatement(db, key, answer, at)] : []),
  ]);
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
