import type { Query } from "../retrieval/retrieve.ts";
import type { Services } from "../services.ts";
import type { Turn, TurnResult } from "./turn.ts";

const NEXT_SEQ = `(SELECT coalesce(max(seq), 0) + 1 FROM messages WHERE conversation_id = ?2)`;

/** Stores the visitor's message. The response starts only after it: a 2xx means that the question is kept. */
export async function storeQuestion(
  services: Services,
  turn: Turn,
  question: Query,
): Promise<void> {
  const { db, now, newId } = services;
  const { workspaceId } = turn.caller;
  const at = now();
  await db.batch([
    db
      .prepare(
        `INSERT INTO conversations (id, workspace_id, metadata, created_at, updated_at) VALUES (?1, ?2, ?3, ?4, ?4)
         ON CONFLICT (id) DO UPDATE SET updated_at = excluded.updated_at`,
      )
      .bind(turn.conversationId, workspaceId, JSON.stringify(turn.metadata), at),
    db
      .prepare(
        `INSERT INTO messages (id, conversation_id, workspace_id, seq, role, text, standalone, embedding,
           embedding_model, created_at)
         VALUES (?1, ?2, ?3, ${NEXT_SEQ}, 'visitor', ?4, ?5, ?6, ?7, ?8)`,
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
      ),
  ]);
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
