import type { Intent } from "../language/intents.ts";
import { askedIn, type ContactRequest } from "./asked.ts";
import { smallTalkIn, withoutOpener } from "./small-talk.ts";
import { subQueriesOf } from "./sub-queries.ts";

/** What a message asks, before anything is known of the workspace. */
export interface ReadMessage {
  /** Without what is said in front of the question. */
  message: string;
  /** The wish to reach somebody, where it has one. */
  contact: ContactRequest | undefined;
  /** What it wants that no article answers, where its words say so. */
  intent: Intent | undefined;
  /** What is searched for. */
  asked: string;
}

/**
 * Reads a message as typed. Takes linear time.
 * @returns also the sub-queries of each of its questions
 */
export function readMessage(typed: string): ReadMessage & { subQueries: string[][] } {
  const message = withoutOpener(typed);
  const smallTalk = smallTalkIn(typed) ?? smallTalkIn(message);
  const { contact, intent = smallTalk } = smallTalk ? {} : askedIn(message);
  if (contact && contact.questions.length > 0) {
    const { questions } = contact;
    return { message, contact, intent, asked: questions.join("\n"), subQueries: [questions] };
  }
  const asked = contact?.rest ?? message;
  return { message, contact, intent, asked, subQueries: subQueriesOf(asked) };
}
