import { splitQuestion } from "../answering/split-question.ts";
import { hashBearer, keyStatement, requireWellFormedOrigin } from "../auth/keys.ts";
import { limitTurn } from "../auth/burst-limits.ts";
import { allowanceStatement } from "../limits/quotas.ts";
import { overlayStatement } from "../releases/live-release.ts";
import { segmentsOf } from "../retrieval/segments.ts";
import { wordContextStatements } from "../retrieval/word-context.ts";
import { namedBatch } from "../runtime/named-batch.ts";
import type { Services } from "../runtime/services.ts";
import { ownedStatement, unknownConversation } from "./access.ts";
import { startEmbedding, type EarlyEmbedding } from "./early-embedding.ts";
import type { TurnRequest } from "./turn-request.ts";

/** Messages of the conversation that the model and the follow-up see. */
const HISTORY_MESSAGES = 8;

const CONVERSATION_ID = /^cv_[0-9a-f]{32}$/;

/** The pieces of a message that are embedded beside the whole of it; none for a message as it is usually typed. */
interface Pieces {
  /** The questions of a message that asks several things, or what a message is divided into that is too long for one embedding. */
  kind: "questions" | "segments";
  texts: string[];
}

/** What one round trip brings for everything that comes before the engine. */
export interface FirstRead {
  message: string;
  pieces: Pieces;
  embedding: EarlyEmbedding;
  /** Rows by the name of their statement. */
  rows: Record<keyof ReturnType<typeof statements>, unknown[]>;
}

/**
 * The turn's first round trip: the key, the conversation and its last messages, limits, release and what the workspace knows of the words
 * come in one batch, beside which the message is embedded. Nothing of it is trusted before `admit` has checked the key.
 * @throws Problem for a caller who has to slow down or sent no well-formed credentials: such a turn reads and embeds nothing
 */
export async function readFirst(services: Services, request: TurnRequest): Promise<FirstRead> {
  const { conversationId, credentials, message } = request;
  requireWellFormedOrigin(credentials);
  const keyHash = await hashBearer(credentials.authorization);
  if (conversationId !== undefined && !CONVERSATION_ID.test(conversationId))
    throw unknownConversation();
  await limitTurn(services, keyHash, request);
  const pieces = piecesOf(message);
  const embedding = startEmbedding(services, keyHash, [message, ...pieces.texts]);
  const [rows] = await Promise.all([
    namedBatch(services.db, statements(services, keyHash, request)),
    embedding.started,
  ]);
  return { message, pieces, embedding, rows };
}

/** What a long message asks in so many words is searched for; else all of it is. */
function piecesOf(message: string): Pieces {
  const questions = splitQuestion(message);
  if (questions.length > 0) return { kind: "questions", texts: questions };
  return { kind: "segments", texts: segmentsOf(message) };
}

function statements(
  { db, now }: Pick<Services, "db" | "now">,
  keyHash: string,
  { conversationId = "", message }: TurnRequest,
) {
  const workspace = `(SELECT workspace_id FROM api_keys WHERE hash = ?1 AND revoked_at IS NULL)`;
  const scope = { sql: workspace, value: keyHash };
  return {
    key: keyStatement(db, keyHash, now()),
    conversation: ownedStatement(db, scope, conversationId),
    history: db
      .prepare(
        `SELECT role, text, standalone, embedding, embedding_model, seq, outcome, sources FROM messages
         WHERE workspace_id = ${workspace} AND conversation_id = ?2 ORDER BY seq DESC LIMIT ${HISTORY_MESSAGES}`,
      )
      .bind(keyHash, conversationId),
    allowance: allowanceStatement(db, scope, now()),
    release: overlayStatement(db, scope),
    ...wordContextStatements(db, scope, message),
  };
}
