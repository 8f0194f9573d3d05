import { contactRequestIn, type ContactRequest } from "./contact-request.ts";
import { withoutOpener } from "./small-talk.ts";
import { subQueriesOf } from "./sub-queries.ts";

/** What a message asks, before anything is known of the workspace. */
export interface ReadMessage {
  /** Without what is said in front of the question. */
  message: string;
  /** The wish to reach somebody, where it has one. */
  contact: ContactRequest | undefined;
  /** What is searched for. */
  asked: string;
}

/**
 * Reads a message as typed. Takes linear time.
 * @returns also the sub-queries of each of its questions
 */
export function readMessage(typed: string): ReadMessage & { subQueries: string[][] } {
  const message = withoutOpener(typed);
  const contact = contactRequestIn(message);
  if (contact && contact.rest === undefined) {
    const { questions } = contact;
    return { message, contact, asked: questions.join("\n"), subQueries: [questions] };
  }
  const asked = contact?.rest ?? message;
  return { message, contact, asked, subQueries: subQueriesOf(asked) };
}
