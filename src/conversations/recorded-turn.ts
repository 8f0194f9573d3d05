import type { LanguageCode } from "../language/language.ts";
import type { IdentifiedRelease } from "../releases/release.ts";
import type { VisitorValues } from "../retrieval/attributes.ts";
import type { Reader } from "../retrieval/visibility.ts";
import type { Admitted } from "./admit.ts";
import type { ChosenValue } from "./chosen-values.ts";
import { type CacheKey } from "./cached-answers.ts";
import type { TurnRequest } from "./turn-request.ts";

/** What is known of a turn when its messages are stored. */
export interface Turn {
  request: TurnRequest;
  admitted: Admitted;
  reader: Reader;
  release: IdentifiedRelease;
  /** Of the reply; null where neither the message nor the conversation tells one. */
  language: LanguageCode | null;
  /** The attributes and chosen values that the answer may depend on. */
  visitor: VisitorValues;
  chosen: ChosenValue[];
  questionId: string;
  /** Of the answer. The question is stored with it. */
  messageId: string;
  hasHistory: boolean;
  /** Until when the turn holds its conversation, in milliseconds since the epoch. */
  leaseExpiresAt: number;
}

export const NEXT_SEQ = `(SELECT coalesce(max(seq), 0) + 1 FROM messages WHERE conversation_id = ?2)`;

/** Who asks the same again under the same conditions gets the same answer, where one was kept. */
export function cacheKey({ reader, release }: Turn, question: string): CacheKey {
  return { ...reader, release: release.id, question };
}

/** Such an answer is for the one who asked: it is neither kept for others nor taken from what was kept. */
export function isPersonal({ visitor }: Turn): boolean {
  return Object.keys(visitor).length > 0;
}

export function leaseOf({ admitted, questionId }: Turn): {
  conversationId: string;
  questionId: string;
} {
  return { conversationId: admitted.conversation.id, questionId };
}
