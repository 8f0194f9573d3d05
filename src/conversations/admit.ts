import { limitVisitor } from "../auth/burst-limits.ts";
import { admitKey, type Caller } from "../auth/keys.ts";
import { Problem } from "../http/problem.ts";
import { requireQuota, toAllowance, type Allowance } from "../limits/quotas.ts";
import { contactAddresses, type OwnNames } from "../releases/sentences.ts";
import type { Services } from "../runtime/services.ts";
import { conversationToken, mayOpen, unknownConversation, type Owned } from "./access.ts";
import { countEmbedding } from "./early-embedding.ts";
import type { FirstRead } from "./first-read.ts";
import type { TurnRequest } from "./turn-request.ts";

/** A caller who may take this turn, in a conversation that is theirs. */
export interface Admitted {
  caller: Caller;
  conversation: {
    id: string;
    isNew: boolean;
    /** What opens it from now on; null when it belongs to a visitor, whom only a JWT proves. */
    token: string | null;
  };
  /** What the workspace allows, and what it used today. */
  allowance: Allowance;
}

/**
 * Decides whether the turn may take place: the key, the visitor's limit, the conversation, the day's quotas. A conversation that the
 * caller may not open is the same 404 as one that never was. What embedding the message of a refused turn cost is counted for the
 * workspace of its key.
 * @throws Problem
 */
export async function admit(
  services: Services,
  request: TurnRequest,
  { rows, embedding }: FirstRead,
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
    const [last] = rows.history as { seq: number }[];
    namingContact(allowance.settings, () => {
      requireQuota(allowance, ["turns"], services.now());
      requireRoom(last?.seq ?? 0, allowance.settings.max_conversation_messages);
    });
    return { caller, conversation, allowance };
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
  return { id, isNew, token: isAnonymous ? await conversationToken(caller, id) : null };
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
