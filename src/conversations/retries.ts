import type { Applied } from "../answering/apply-playbook.ts";
import type { GuidanceForm } from "../playbook/items.ts";
import type { Choice, Outcome, Rung } from "../answering/answer.ts";
import type { Caller } from "../auth/keys.ts";
import { claimedSubject } from "../auth/visitor-token.ts";
import { sha256Hex } from "../crypto/hash.ts";
import { Problem } from "../http/problem.ts";
import { toLanguageCode } from "../language/language.ts";
import type { WorkspaceParameter } from "../runtime/workspace-parameter.ts";
import { conversationToken, unknownConversation } from "./access.ts";
import { isHeld, turnRunning, type Lease } from "./lease.ts";
import {
  fromCitationJson,
  fromReferenceJson,
  fromUsageJson,
  type CitationJson,
  type ReferenceJson,
  type StoredUsage,
} from "./schema.ts";
import type { TurnResult } from "./turn-events.ts";
import type { TurnRequest } from "./turn-request.ts";
import { isWithheld, usedDocumentsSql, withholdingAudience } from "./withheld.ts";

/** So long a retry is known. */
const REMEMBERED_MS = 86_400_000;

/**
 * A shorter key may be a counter, which two clients use. It names a request only within its conversation. Whoever begins a conversation
 * and is no visitor with a JWT has nothing else to be told apart by.
 */
const LEAST_RANDOM_CHARACTERS = 16;

/**
 * The name of the request in the database; null where it has none. A hash, made of the key of the API, the visitor whom the JWT claims (a turn
 * goes on only if the claim is true), and what the client chose.
 * @throws Problem for a key that is too short for the first message of an anonymous conversation
 */
export async function requestKeyOf(
  keyHash: string,
  { retryKey, conversationId, credentials, message }: TurnRequest,
): Promise<string | null> {
  if (!retryKey) return null;
  const { value, from } = retryKey;
  const subject = claimedSubject(credentials.visitorToken) ?? null;
  const isShort = value.length < LEAST_RANDOM_CHARACTERS;
  if (isShort && conversationId === undefined && subject === null) {
    if (from === "message") return null;
    throw new Problem(
      "validation_failed",
      `A key that begins a conversation without a visitor's JWT needs at least ${LEAST_RANDOM_CHARACTERS} characters, chosen at random.`,
    );
  }
  const within = isShort ? (conversationId ?? null) : null;
  const edited = from === "message" ? message : null;
  return sha256Hex(JSON.stringify([keyHash, subject, within, from, value, edited]));
}

/** Names of requests that this isolate has answered. Beyond so many the oldest go. */
const answered = new Set<string>();
const MAX_REMEMBERED = 1000;

/** Notes that a request has its answer, so that nothing is embedded beside the read that finds it again. */
export function rememberAnswered(requestKey: string | null): void {
  if (requestKey === null) return;
  answered.delete(requestKey);
  answered.add(requestKey);
  if (answered.size <= MAX_REMEMBERED) return;
  const [oldest] = answered;
  if (oldest !== undefined) answered.delete(oldest);
}

/** Whether the request is probably a retry. Only the database knows. */
export function isRemembered(requestKey: string | null): boolean {
  return requestKey !== null && answered.has(requestKey);
}

/** An earlier turn that was asked by the same request. The fields of its answer are null until that is stored. */
export interface EarlierTurn extends Lease {
  question_id: string;
  conversation_id: string;
  /** Place of the question in its conversation, from 1. */
  seq: number;
  question: string;
  /** Subject of the visitor to whom the conversation belongs. */
  visitor: string | null;
  answer_id: string | null;
  text: string;
  language: string | null;
  outcome: Outcome;
  confidence: number;
  rung: Rung;
  release: string;
  model: string | null;
  reranker: string | null;
  citations: string;
  sources: string;
  choices: string | null;
  applied: string | null;
  form: string | null;
  usage: string;
  timings_ms: string;
  stopped: number;
  used_documents: string;
}

/** The statement that finds the {@link EarlierTurn} of a request. A question that failed has lost its name, so its retry is a new turn. */
export function earlierTurnStatement(
  db: D1Database,
  workspace: WorkspaceParameter,
  requestKey: string,
  now: number,
): D1PreparedStatement {
  return db
    .prepare(
      `SELECT q.id AS question_id, q.conversation_id, q.seq, q.text AS question, v.subject AS visitor, c.lease_question_id,
         c.lease_expires_at, a.id AS answer_id, a.text, a.language, a.outcome, a.confidence, a.rung, a.release, a.model, a.reranker,
         a.citations, a.sources, a.choices, a.applied, a.form, a.usage, a.timings_ms, a.stopped, ${usedDocumentsSql("a")} AS used_documents
       FROM messages q JOIN conversations c ON c.id = q.conversation_id LEFT JOIN visitors v ON v.id = c.visitor_id
       LEFT JOIN messages a ON a.id = q.answer_id AND a.workspace_id = q.workspace_id
       WHERE q.workspace_id = ${workspace.sql} AND q.request_key = ?2 AND q.created_at > ?3`,
    )
    .bind(workspace.value, requestKey, now - REMEMBERED_MS);
}

/** SQL condition: no question within the time has this name. */
export function isNewRequestSql(workspace: string, requestKey: string, now: string): string {
  return `NOT EXISTS (SELECT 1 FROM messages r WHERE r.workspace_id = ${workspace} AND r.request_key = ${requestKey}
    AND r.created_at > ${now} - ${REMEMBERED_MS})`;
}

/** What a retry is answered with: all of the earlier turn but what this request took, and what the release says. */
export type Repeated = Omit<TurnResult, "bindingCalls" | "disclosure"> & { isFirst: boolean };

/**
 * The answer that a retry gets again; undefined where the earlier turn ended without one.
 * @throws Problem when the earlier turn still runs, asked something else, or is in a conversation that the caller may not open
 */
export async function repeatedAnswer(
  earlier: EarlierTurn,
  { conversationId, message }: TurnRequest,
  caller: Caller,
  now: number,
): Promise<Repeated | undefined> {
  if (conversationId === undefined) requireOwn(earlier, caller);
  const isSame =
    earlier.question === message &&
    (conversationId ?? earlier.conversation_id) === earlier.conversation_id;
  if (!isSame)
    throw new Problem(
      "idempotency_key_reused",
      "The key names an earlier request, which said something else.",
    );
  if (earlier.answer_id === null) {
    if (earlier.lease_question_id === earlier.question_id && isHeld(earlier, now))
      throw turnRunning();
    return undefined;
  }
  const token =
    earlier.visitor === null ? await conversationToken(caller, earlier.conversation_id) : null;
  return toRepeated({ ...earlier, answer_id: earlier.answer_id }, token, caller);
}

/** A retry of a first message knows neither the conversation nor its token. Its key opens what it has begun, unless another visitor has claimed that. */
function requireOwn({ visitor }: EarlierTurn, caller: Caller): void {
  const opensAll = caller.kind === "secret" && !caller.visitor;
  if (!opensAll && visitor !== (caller.visitor?.subject ?? null)) throw unknownConversation();
}

/** An answer whose documents the caller may no longer see is repeated without what it said, as the conversation shows it. */
function toRepeated(
  earlier: EarlierTurn & { answer_id: string },
  token: string | null,
  caller: Caller,
): Repeated {
  const audience = withholdingAudience(caller);
  const withheld = audience !== undefined && isWithheld(earlier.used_documents, audience);
  const { saved, ...usage } = JSON.parse(earlier.usage) as StoredUsage;
  return {
    isFirst: earlier.seq === 1,
    conversationId: earlier.conversation_id,
    conversationToken: token,
    messageId: earlier.answer_id,
    text: withheld ? "" : earlier.text,
    own: "",
    language: toLanguageCode(earlier.language) ?? "en",
    outcome: earlier.outcome,
    confidence: earlier.confidence,
    rung: earlier.rung,
    applied: JSON.parse(earlier.applied ?? "[]") as Applied[],
    ...(earlier.form !== null && !withheld && { form: JSON.parse(earlier.form) as GuidanceForm }),
    release: earlier.release,
    model: earlier.model,
    reranker: earlier.reranker,
    citations: withheld
      ? []
      : (JSON.parse(earlier.citations) as CitationJson[]).map(fromCitationJson),
    sources: withheld
      ? []
      : (JSON.parse(earlier.sources) as ReferenceJson[]).map(fromReferenceJson),
    choices: withheld ? [] : (JSON.parse(earlier.choices ?? "[]") as Choice[]),
    usage: fromUsageJson(usage),
    ...(saved && { saved: { model: saved.model, usage: fromUsageJson(saved) } }),
    timingsMs: JSON.parse(earlier.timings_ms) as Record<string, number>,
    ...(earlier.stopped === 1 && { stopped: true as const }),
    ...(withheld && { withheld: true as const }),
  };
}
