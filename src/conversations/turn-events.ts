import type { Answer, AnswerEvent } from "../answering/answer.ts";
import type { SourceReference } from "../citations/source.ts";
import type { LanguageCode } from "../language/language.ts";
import type { BindingCallReport } from "../runtime/binding-calls.ts";

/** How a turn ended, as every protocol reports it. */
export interface TurnResult extends Omit<
  Answer,
  "standalone" | "wasted" | "sources" | "personWanted"
> {
  /** Says that an AI answers; null after the first turn of a conversation. */
  disclosure: string | null;
  sources: SourceReference[];
  conversationId: string;
  /** What opens the conversation from now on; null when it belongs to a visitor, whom only a JWT proves. */
  conversationToken: string | null;
  messageId: string;
  /** Id of the release that answered. */
  release: string;
  /** Milliseconds since the turn began, by what had been reached. */
  timingsMs: Record<string, number>;
  bindingCalls: BindingCallReport;
  /** A retry's: the answer was made of a document that the caller may not see now, and is repeated without its text. */
  withheld?: true;
}

/** What happens during a turn, in order. `start`, the first, means that the question is stored. */
export type TurnEvent =
  | {
      type: "start";
      conversationId: string;
      conversationToken: string | null;
      messageId: string;
      language: LanguageCode;
      disclosure: string | null;
    }
  | AnswerEvent
  | { type: "outcome"; result: TurnResult }
  | { type: "finish" };
