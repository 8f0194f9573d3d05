import type { Intent } from "../language/intents.ts";
import { toldIntent } from "../language/told-intent.ts";
import { askedIn, type Asked, type ContactRequest } from "./asked.ts";
import { saysNothing, smallTalkIn, withoutOpener } from "./small-talk.ts";
import { subQueriesOf } from "./sub-queries.ts";

/** What a message asks, before anything is known of the workspace. */
export interface ReadMessage {
  /** Without what is said in front of the question. */
  message: string;
  /** The wish to reach somebody, where it has one. */
  contact: ContactRequest | undefined;
  /** What it wants that no article answers, where its words say so. */
  intent: Intent | undefined;
  /** Whether it may want something else: documents are searched first. */
  isGuessed: boolean;
  /** What is searched for. */
  asked: string;
}

/** A message, with the sub-queries of each of its questions. */
export type ReadQuestions = ReadMessage & { subQueries: string[][] };

/** Reads a message as typed. Takes linear time. */
export function readMessage(typed: string): ReadQuestions {
  const message = withoutOpener(typed);
  const smallTalk = smallTalkIn(typed) ?? smallTalkIn(message);
  const asks = smallTalk ? { intent: smallTalk } : askedIn(message);
  const {
    contact,
    intent,
    isGuessed = false,
  } = (typed === message ? undefined : byOpener(typed, asks)) ?? asks;
  if (contact && contact.questions.length > 0)
    return { ...searchContact(contact, message), intent };
  const asked = contact?.rest ?? message;
  return { message, contact, intent, isGuessed, asked, subQueries: subQueriesOf(asked) };
}

/** "Thx, got it": what is said in front tells what the rest means, where that says nothing surely. */
function byOpener(typed: string, { contact, intent, isGuessed }: Asked): Asked | undefined {
  if (contact !== undefined || (intent !== undefined && !isGuessed)) return undefined;
  const told = saysNothing(typed) ? undefined : toldIntent(typed);
  return told?.isSure && told.intent !== "person" ? { intent: told.intent } : undefined;
}

/** A message that asks for nothing but a way to reach somebody: the documents are searched with a plain question. */
export function searchContact(contact: ContactRequest, message: string): ReadQuestions {
  const { questions } = contact;
  return {
    message,
    contact,
    intent: undefined,
    isGuessed: false,
    asked: questions.join("\n"),
    subQueries: [questions],
  };
}
