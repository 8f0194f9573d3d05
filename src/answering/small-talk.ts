import { SMALL_TALK } from "../language/english.ts";

/** Kinds of messages that ask nothing; the release has a sentence for each. */
export type SmallTalk = keyof typeof SMALL_TALK;

/** The kind of small talk that a message is, or undefined. All of it must be: "hi, where is my order" is a question. */
export function smallTalkIn(message: string): SmallTalk | undefined {
  const words = message
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s]/gu, " ")
    .replace(/\s+/g, " ")
    .trim();
  const kinds = Object.keys(SMALL_TALK) as SmallTalk[];
  return kinds.find((kind) => SMALL_TALK[kind].test(words));
}
