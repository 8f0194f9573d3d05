import type { SourceReference } from "../citations/source.ts";
import type { Services } from "../runtime/services.ts";
import { admit, hashBearer, keyStatement, requireWellFormedOrigin } from "../auth/keys.ts";
import { limitTurn, limitVisitor } from "../auth/burst-limits.ts";
import {
  conversationToken,
  mayOpen,
  ownedStatement,
  unknownConversation,
  type Owned,
} from "./access.ts";
import { Problem } from "../http/problem.ts";
import { allowanceStatement, requireQuota, toAllowance } from "../limits/quotas.ts";
import { liveStatement } from "../generations/generation.ts";
import { startEmbedding } from "./early-embedding.ts";
import { segmentsOf } from "../retrieval/segments.ts";
import { corrections, spellingStatement, type SpellingCandidate } from "../retrieval/spelling.ts";
import { synonyms, synonymStatement, type SynonymRow } from "../retrieval/synonyms.ts";
import { splitQuestion } from "../answering/split-question.ts";
import type { ChatRequest, HistoryMessage, Outcome, Turn } from "../answering/turn.ts";

/** Messages of the conversation that the model and the follow-up see. */
const HISTORY_MESSAGES = 8;

const CONVERSATION_ID = /^cv_[0-9a-f]{32}$/;

interface HistoryRow {
  role: "visitor" | "assistant";
  text: string;
  standalone: string | null;
  embedding: number[] | null;
  seq: number;
  embedding_model: string | null;
  outcome: Outcome | null;
  sources: string | null;
}

/**
 * Authenticate, limit and recall: the key, the conversation and its last messages come in one batch, beside which the
 * question is embedded. A conversation that the caller may not open is the same 404 as one that never was.
 */
export async function recall(services: Services, request: ChatRequest): Promise<Turn> {
  const { conversationId, credentials, access } = request;
  requireWellFormedOrigin(credentials);
  const keyHash = await hashBearer(credentials.authorization);
  if (conversationId !== undefined && !CONVERSATION_ID.test(conversationId))
    throw unknownConversation();
  // First: a caller who has to slow down costs no embedding. The limiter answers on the spot.
  await limitTurn(services, keyHash, request);
  const parts = splitQuestion(request.message);
  // What a long message asks in so many words is searched for; else all of it is.
  const segments = parts.length > 0 ? [] : segmentsOf(request.message);
  const asked = startEmbedding(services, keyHash, [request.message, ...parts, ...segments]);
  const [[keys, conversations, history, spelling, same, live, allowed]] = await Promise.all([
    services.db.batch(recallStatements(services, keyHash, request)),
    asked.embedding,
  ]);
  const caller = await admit(services, keys?.results[0], access, credentials).catch(
    (error: unknown) => {
      asked.refuse();
      throw error;
    },
  );
  await limitVisitor(services.chatLimiter, caller);
  const known = conversations?.results[0] as Owned | undefined;
  if (
    conversationId !== undefined &&
    !(await mayOpen(caller, known, credentials.conversationToken))
  )
    throw unknownConversation();
  const id = conversationId ?? services.newId("cv");
  const isAnonymous = !caller.visitor && !known?.visitor;
  const rows = (history?.results ?? []) as HistoryRow[];
  const allowance = toAllowance(allowed?.results[0]);
  requireQuota(allowance, ["turns", "neurons"], services.now());
  requireRoom(rows[0]?.seq ?? 0, allowance.settings.max_conversation_messages);
  const { generation, vectors } = await asked.settle(live?.results[0], caller.workspaceId);
  return {
    caller,
    conversationId: id,
    isNewConversation: conversationId === undefined,
    conversationToken: isAnonymous ? await conversationToken(caller, id) : null,
    messageId: services.newId("msg"),
    message: request.message,
    metadata: request.metadata,
    history: rows.toReversed().map(({ role, text }): HistoryMessage => ({ role, text })),
    allowance,
    previousQuestion: previousQuestion(rows, generation.model),
    options: offeredOptions(rows[0]),
    corrections: corrections((spelling?.results ?? []) as SpellingCandidate[]),
    synonyms: synonyms((same?.results ?? []) as SynonymRow[]),
    vector: vectors[0] ?? null,
    parts: parts.map((text, index) => ({ text, vector: vectors[index + 1] ?? null })),
    segments: segments.map((text, index) => ({ text, vector: vectors[index + 1] ?? null })),
    generation,
  };
}

function recallStatements(
  { db, now }: Services,
  keyHash: string,
  { conversationId = "", message }: ChatRequest,
): D1PreparedStatement[] {
  const workspace = `(SELECT workspace_id FROM api_keys WHERE hash = ?1 AND revoked_at IS NULL)`;
  const scope = { sql: workspace, value: keyHash };
  return [
    keyStatement(db, keyHash, now()),
    ownedStatement(db, scope, conversationId),
    db
      .prepare(
        `SELECT role, text, standalone, embedding, embedding_model, seq, outcome, sources FROM messages
         WHERE workspace_id = ${workspace} AND conversation_id = ?2 ORDER BY seq DESC LIMIT ${HISTORY_MESSAGES}`,
      )
      .bind(keyHash, conversationId),
    spellingStatement(db, scope, message),
    synonymStatement(db, scope, message),
    liveStatement(db, scope),
    allowanceStatement(db, scope, now()),
  ];
}

/** A turn adds two messages. */
function requireRoom(messages: number, limit: number): void {
  if (messages + 2 <= limit) return;
  throw new Problem(
    "conversation_too_long",
    `A conversation holds at most ${limit} messages. Start a new one.`,
  );
}

function offeredOptions(last: HistoryRow | undefined): string[] {
  if (last?.outcome !== "clarified") return [];
  return (JSON.parse(last.sources ?? "[]") as SourceReference[]).map(({ title }) => title);
}

/** Its embedding counts only where it is of the model that searches now: others cannot be compared. */
function previousQuestion(rows: HistoryRow[], model: string): Turn["previousQuestion"] {
  const last = rows.find((row) => row.role === "visitor");
  if (!last) return undefined;
  const vector =
    last.embedding && last.embedding_model === model
      ? Array.from(new Float32Array(new Uint8Array(last.embedding).buffer))
      : null;
  return { standalone: last.standalone ?? last.text, vector };
}
