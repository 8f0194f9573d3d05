import { mayDepend } from "../answering/in-context.ts";
import { readMessage, type ReadQuestions } from "../answering/read-message.ts";
import { limitTurn } from "../auth/burst-limits.ts";
import { hashBearer, keyStatement, requireWellFormedOrigin } from "../auth/keys.ts";
import { claimedAudience, claimedSubject } from "../auth/visitor-token.ts";
import { allowanceStatement } from "../limits/quotas.ts";
import { deploymentExemplars, exemplarStatement } from "../releases/exemplar-vectors.ts";
import { playbookStatement } from "../playbook/playbook.ts";
import { overlayStatement } from "../releases/live-release.ts";
import { ownHostsStatement } from "../retrieval/own-hosts.ts";
import { wordContextStatements } from "../retrieval/word-context.ts";
import { batchByName } from "../runtime/named-batch.ts";
import type { Services } from "../runtime/services.ts";
import { ownedStatement, unknownConversation } from "./access.ts";
import { earlierTurnStatement, isRemembered, requestKeyOf } from "./retries.ts";
import { leftRunStatement } from "./runs.ts";
import { usedDocumentsSql } from "./withheld.ts";
import { startEmbedding, type EarlyEmbedding } from "./early-embedding.ts";
import type { TurnRequest } from "./turn-request.ts";

/** Messages of the conversation that the model and the follow-up see. */
const HISTORY_MESSAGES = 8;
/** Messages of the visitor before those, of which a model is told the beginnings; and characters of each that are read. */
const QUESTIONS_BEFORE = 12;
const MAX_BEFORE_CHARACTERS = 400;

const CONVERSATION_ID = /^cv_[0-9a-f]{32}$/;

/** What one round trip brings for everything that comes before the engine. */
export interface FirstRead {
  read: ReadQuestions;
  /** Of the sub-queries, unless the message may depend on what was said before. */
  embedding: EarlyEmbedding;
  /** What the request is known by, if it is sent again. */
  requestKey: string | null;
  /** Rows by the name of their statement. */
  rows: Record<keyof ReturnType<typeof statements>, unknown[]>;
}

/**
 * The turn's first round trip: the key, the conversation and its last messages, limits, release and what the workspace knows of the words
 * come in one batch, beside which a message is embedded that does not depend on what was said before. Nothing of it is trusted before `admit` has checked the key.
 * @throws Problem for a caller who has to slow down or sent no well-formed credentials: such a turn reads and embeds nothing
 */
export async function readFirst(services: Services, request: TurnRequest): Promise<FirstRead> {
  const { conversationId, credentials, message } = request;
  requireWellFormedOrigin(credentials);
  const keyHash = await hashBearer(credentials.authorization);
  if (conversationId !== undefined && !CONVERSATION_ID.test(conversationId))
    throw unknownConversation();
  const requestKey = await requestKeyOf(keyHash, request);
  const exemplars = await deploymentExemplars(services.config);
  await limitTurn(services, keyHash, request);
  const read = readMessage(message);
  const waits =
    isRemembered(requestKey) || (conversationId !== undefined && mayDepend(message, read));
  const early = waits ? undefined : read.subQueries.flat();
  const embedding = startEmbedding(services, keyHash, early);
  const [rows] = await Promise.all([
    batchByName(
      services.db,
      statements(services, keyHash, request, { asked: read.asked, requestKey, exemplars }),
    ),
    embedding.started,
  ]);
  return { read, embedding, rows, requestKey };
}

function statements(
  { db, now, config }: Pick<Services, "db" | "now" | "config">,
  keyHash: string,
  { conversationId = "", credentials }: TurnRequest,
  { asked, requestKey, exemplars }: { asked: string; requestKey: string | null; exemplars: string },
) {
  const workspace = `(SELECT workspace_id FROM api_keys WHERE hash = ?1 AND revoked_at IS NULL)`;
  const scope = { sql: workspace, value: keyHash };
  const subject = claimedSubject(credentials.visitorToken);
  return {
    key: keyStatement(db, keyHash, now()),
    conversation: ownedStatement(db, scope, conversationId),
    earlier: requestKey === null ? [] : [earlierTurnStatement(db, scope, requestKey, now())],
    history: db
      .prepare(
        `SELECT id, role, text, standalone, seq, outcome, sources, citations, choices, answer_id, failure, stopped, language,
           ${usedDocumentsSql("m")} AS used_documents FROM messages m
         WHERE workspace_id = ${workspace} AND conversation_id = ?2 ORDER BY seq DESC LIMIT ${HISTORY_MESSAGES}`,
      )
      .bind(keyHash, conversationId),
    before: questionsBefore(db, workspace, keyHash, conversationId),
    handover: db
      .prepare(
        `SELECT 1 FROM handover_requested WHERE workspace_id = ${workspace} AND conversation_id = ?2 LIMIT 1`,
      )
      .bind(keyHash, conversationId),
    allowance: allowanceStatement(db, scope, now()),
    release: overlayStatement(db, scope),
    exemplars: exemplarStatement(db, scope, exemplars, config.embeddingModel),
    playbook: playbookStatement(db, scope, config.embeddingModel),
    hosts: ownHostsStatement(db, scope),
    left: subject === undefined ? [] : [leftRunStatement(db, scope, subject, conversationId)],
    ...wordContextStatements(
      db,
      { workspace: scope, audience: claimedAudience(credentials.visitorToken), now: now() },
      asked,
    ),
  };
}

/** What the visitor said before the messages of the history, the latest first: what is left of a long conversation. */
function questionsBefore(
  db: D1Database,
  workspace: string,
  keyHash: string,
  conversationId: string,
): D1PreparedStatement {
  return db
    .prepare(
      `SELECT substr(text, 1, ${MAX_BEFORE_CHARACTERS}) AS text FROM messages
       WHERE workspace_id = ${workspace} AND conversation_id = ?2 AND role = 'visitor' AND seq <= -${HISTORY_MESSAGES} +
         (SELECT max(seq) FROM messages WHERE workspace_id = ${workspace} AND conversation_id = ?2)
       ORDER BY seq DESC LIMIT ${QUESTIONS_BEFORE}`,
    )
    .bind(keyHash, conversationId);
}
