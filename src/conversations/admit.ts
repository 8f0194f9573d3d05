import type { Run } from "../actions/run.ts";
import { limitVisitor } from "../auth/burst-limits.ts";
import { admitKey, type Caller } from "../auth/keys.ts";
import { Problem } from "../http/problem.ts";
import { requireQuota, toAllowance, type Allowance } from "../limits/quotas.ts";
import { contactAddresses, type OwnNames } from "../releases/sentences.ts";
import type { Services } from "../runtime/services.ts";
import { conversationToken, mayOpen, unknownConversation, type Owned } from "./access.ts";
import { toChosen, type ChosenValue } from "./chosen-values.ts";
import { countEmbedding } from "./early-embedding.ts";
import type { FirstRead } from "./first-read.ts";
import { isHeld, turnRunning } from "./lease.ts";
import { repeatedAnswer, type EarlierTurn, type Repeated } from "./retries.ts";
import { toRun } from "./runs.ts";
import type { TurnRequest } from "./turn-request.ts";

/** A caller who may take this turn, in a conversation that is theirs. */
export interface Admitted {
  caller: Caller;
  conversation: {
    id: string;
    isNew: boolean;
    /** What opens it from now on; null when it belongs to a visitor, whom only a JWT proves. */
    token: string | null;
    /** What its first message sent as `metadata`. */
    metadata: Record<string, unknown>;
    chosen: ChosenValue[];
    /** The procedure that the visitor is in, here or in an earlier conversation. */
    run: Run | undefined;
    left: { run: Run; conversationId: string } | undefined;
    /** Position of the last message that the turn knows of. */
    lastSeq: number;
  };
  /** The answer that was given to the same request before: it is repeated, and no turn is taken. */
  repeated: Repeated | undefined;
  /** Questions of turns that ended without an answer and without saying so. The turn closes them. */
  abandoned: string[];
  requestKey: string | null;
  /** What the workspace allows, and what it used today. */
  allowance: Allowance;
}

/**
 * Decides whether the turn may take place: the key, the visitor's limit, the conversation, whether another turn runs in it, the day's
 * quotas. A retry takes no turn, so it needs neither. A conversation that the caller may not open is the same 404 as one that never was.
 * What embedding the message of a refused turn cost is counted for the workspace of its key.
 * @throws Problem
 */
export async function admit(
  services: Services,
  request: TurnRequest,
  { rows, embedding, requestKey }: FirstRead,
): Promise<Admitted> {
  const { access, credentials } = request;
  const caller = await admitKey(services, rows.key[0], access, credentials).catch(
    (error: unknown) => {
      embedding.refuse();
      throw error;
    },
  );
  embedding.verified();
  try {
    await limitVisitor(services.chatLimiter, caller);
    const conversation = await openConversation(services, request, caller, rows);
    const allowance = toAllowance(rows.allowance[0]);
    const now = services.now();
    const earlier = rows.earlier[0] as EarlierTurn | undefined;
    const repeated = earlier && (await repeatedAnswer(earlier, request, caller, now));
    const lease = rows.conversation[0] as Owned | undefined;
    if (!repeated) {
      if (lease && isHeld(lease, now)) throw turnRunning();
      namingContact(allowance.settings, () => {
        requireQuota(allowance, ["turns"], now);
        requireRoom(conversation.lastSeq, allowance.settings.max_conversation_messages);
      });
    }
    const left = [lease?.lease_question_id, earlier?.question_id];
    const abandoned = [...new Set(left.filter((id) => id !== undefined && id !== null))];
    return { caller, conversation, allowance, repeated, abandoned, requestKey };
  } catch (error) {
    countEmbedding(services, caller.workspaceId);
    throw error;
  }
}

async function openConversation(
  { newId }: Pick<Services, "newId">,
  { conversationId, credentials }: TurnRequest,
  caller: Caller,
  rows: FirstRead["rows"],
): Promise<Admitted["conversation"]> {
  const known = rows.conversation[0] as Owned | undefined;
  const isNew = conversationId === undefined;
  if (!isNew && !(await mayOpen(caller, known, credentials.conversationToken)))
    throw unknownConversation();
  const id = conversationId ?? newId("cv");
  const isAnonymous = !caller.visitor && !known?.visitor;
  const token = isAnonymous ? await conversationToken(caller, id) : null;
  const [last] = rows.history as { seq: number }[];
  const metadata = JSON.parse(known?.metadata ?? "{}") as Record<string, unknown>;
  return {
    id,
    isNew,
    token,
    metadata,
    chosen: toChosen(known?.chosen),
    run: toRun(known?.run),
    left: leftRun(caller, rows),
    lastSeq: last?.seq ?? 0,
  };
}

/** Only for a visitor whose token has been verified: the rows were read by what it claims. */
function leftRun({ visitor }: Caller, rows: FirstRead["rows"]): Admitted["conversation"]["left"] {
  const [row] = rows.left as { id: string; run: string }[];
  const run = visitor ? toRun(row?.run) : undefined;
  return run && row ? { run, conversationId: row.id } : undefined;
}

/** Whoever is refused is told whom to ask instead. */
function namingContact(names: OwnNames, require: () => void): void {
  try {
    require();
  } catch (error) {
    const addresses = contactAddresses(names);
    const isNamed = error instanceof Problem && addresses.length > 0;
    throw isNamed ? error.adding(`Contact: ${addresses.join(", ")}`) : error;
  }
}

/** A turn adds two messages. */
function requireRoom(messages: number, limit: number): void {
  if (messages + 2 <= limit) return;
  throw new Problem(
    "conversation_too_long",
    `A conversation holds at most ${limit} messages. Start a new one.`,
  );
}
