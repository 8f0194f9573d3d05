import { unknownConversation } from "../conversations/access.ts";
import { noteVisitor, visitorIdOf } from "../conversations/visitors.ts";
import type { Query } from "../retrieval/retrieve.ts";
import type { Services } from "../services.ts";
import type { Turn, TurnResult } from "./turn.ts";

const NEXT_SEQ = `(SELECT coalesce(max(seq), 0) + 1 FROM messages WHERE conversation_id = ?2)`;

/**
 * Stores the visitor's message, and the conversation with whom it belongs to: asking in an anonymous one with a JWT claims it.
 * The response starts only after it: a 2xx means that the question is kept.
 * @throws Problem `not_found` when another visitor has claimed the conversation since it was opened
 */
export async function storeQuestion(
  services: Services,
  turn: Turn,
  question: Query,
): Promise<void> {
  const { db, now, newId } = services;
  const { workspaceId, visitor, kind } = turn.caller;
  const at = now();
  const subject = visitor?.subject ?? null;
  const written = await db.batch([
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
        `INSERT INTO messages (id, conversation_id, workspace_id, seq, role, text, standalone, embedding, created_at)
         SELECT ?1, ?2, ?3, ${NEXT_SEQ}, 'visitor', ?4, ?5, ?6, ?7 FROM conversations
         WHERE id = ?2 AND workspace_id = ?3 AND (visitor_id IS ${visitorIdOf("?3", "?8")} OR ?9)`,
      )
      .bind(
        newId("msg"),
        turn.conversationId,
        workspaceId,
        turn.message,
        question.text,
        question.vector ? new Float32Array(question.vector).buffer : null,
        at,
        subject,
        kind === "secret" && !visitor ? 1 : 0,
      ),
  ]);
  if (written.at(-1)?.meta.changes !== 1) throw unknownConversation();
}

/** Stores the answer and wakes the ledger. Runs to its end even if the visitor has gone. */
export async function recordAnswer(
  services: Services,
  turn: Turn,
  result: TurnResult,
): Promise<void> {
  const { db, eventsQueue, now } = services;
  await db
    .prepare(
      `INSERT INTO messages (id, conversation_id, workspace_id, seq, role, text, outcome, confidence, rung, release,
         model, citations, sources, usage, timings_ms, created_at)
       VALUES (?1, ?2, ?3, ${NEXT_SEQ}, 'assistant', ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)`,
    )
    .bind(
      turn.messageId,
      turn.conversationId,
      turn.caller.workspaceId,
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
      now(),
    )
    .run();
  services.waitUntil(
    eventsQueue.send({ message_id: turn.messageId }).catch((error: unknown) => {
      console.warn("record: ledger not woken", { message: turn.messageId, error: String(error) });
    }),
  );
}
