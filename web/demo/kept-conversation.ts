import { readMessages, type Conversation } from "./api.ts";
import { asRecord, asText, toOutcome, type Outcome } from "./stream.ts";

/** A question of the past, with its outcome unless its answer was never finished. */
export type PastTurn = { question: string; messageId: string; outcome: Outcome | null };

const NAME = "edgewise.conversation";

/** A conversation with what its first turn said of who answers. */
export type KeptConversation = Conversation & { disclosure: string };

/** Keeps the conversation for this tab, so that it survives a refresh. */
export function keep(key: string, conversation: KeptConversation | null): void {
  try {
    if (conversation) sessionStorage.setItem(NAME, JSON.stringify({ key, ...conversation }));
    else sessionStorage.removeItem(NAME);
  } catch {
    // Where the browser forbids storage, the conversation ends with the page.
  }
}

/** The conversation that this tab kept for the key, if the server still opens it. */
export async function recall(
  key: string,
): Promise<{ conversation: KeptConversation; turns: PastTurn[] } | null> {
  const conversation = readKept(key);
  const messages = conversation && (await readMessages(key, conversation));
  return messages && { conversation, turns: toTurns(messages) };
}

function readKept(key: string): KeptConversation | null {
  try {
    const kept = asRecord(JSON.parse(sessionStorage.getItem(NAME) ?? "null"));
    const conversation = {
      id: asText(kept.id),
      token: asText(kept.token),
      disclosure: asText(kept.disclosure),
    };
    return kept.key === key && conversation.id && conversation.token ? conversation : null;
  } catch {
    return null;
  }
}

/** An answer of which the text is withheld, or that failed, leaves its question without an outcome. */
function toTurns(messages: Record<string, unknown>[]): PastTurn[] {
  const turns: PastTurn[] = [];
  for (const message of messages) {
    if (message.role === "visitor") {
      turns.push({ question: asText(message.text), messageId: "", outcome: null });
      continue;
    }
    const turn = turns.at(-1);
    if (!turn || message.failure !== null || message.withheld) continue;
    turn.messageId = asText(message.id);
    turn.outcome = toOutcome(message);
  }
  return turns;
}
