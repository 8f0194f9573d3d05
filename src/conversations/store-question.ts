import type { CachedAnswer } from "../answering/cached-answer.ts";
import { usageStatement } from "../limits/quotas.ts";
import { notErasedSql, personOf } from "../privacy/erasures.ts";
import { batchByName } from "../runtime/named-batch.ts";
import type { Services } from "../runtime/services.ts";
import { unknownConversation } from "./access.ts";
import { ANSWER_WITHIN_MS } from "./due-messages.ts";
import { countEmbedding } from "./early-embedding.ts";
import { isFreeSql, turnRunning } from "./lease.ts";
import { closeStatements, failureText } from "./open-questions.ts";
import { isNewRequestSql } from "./retries.ts";
import type { Admitted } from "./admit.ts";
import { cachedAnswerStatement, toCachedAnswer } from "./cached-answers.ts";
import { visitorStatement, visitorIdOf } from "./visitors.ts";
import { type Turn, NEXT_SEQ, cacheKey, isPersonal } from "./recorded-turn.ts";

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
    cached: isPersonal(turn) ? [] : await cachedAnswerStatement(db, cacheKey(turn, question), at),
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
