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
  /** Undefined where the answer is for the one who asks alone: the turn neither uses nor leaves a kept answer. */
  cache: CacheUse | undefined;
  /** Until when the turn holds its conversation, in milliseconds since the epoch. */
  leaseExpiresAt: number;
}

/** How a turn uses kept answers. */
export interface CacheUse extends Pick<CacheKey, "embedded"> {
  /** Whether one may come before the models. */
  before: boolean;
}

export const NEXT_SEQ = `(SELECT coalesce(max(seq), 0) + 1 FROM messages WHERE conversation_id = ?2)`;

/** Who asks the same again under the same conditions gets the same answer, where one was kept. */
export function cacheKey(
  { reader, release, language, admitted }: Turn,
  { embedded }: CacheUse,
  question: string,
): CacheKey {
  const { settings: names } = admitted.allowance;
  return { ...reader, release: release.id, language, names, question, embedded };
}

export function leaseOf({ admitted, questionId }: Turn): {
  conversationId: string;
  questionId: string;
} {
  return { conversationId: admitted.conversation.id, questionId };
}
