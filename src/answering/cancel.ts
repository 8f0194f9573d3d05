import { firstWords, Phrases } from "../language/phrases.ts";

/** A longer message says more than that something is to end. */
const MAX_WORDS = 6;

const CANCELS = new Phrases<"cancel">(({ cancel }) => [[cancel, "cancel"]]);

/** Whether a message says that what was begun is to end, and no more: "cancel", "forget it". */
export function inCancelWords(message: string): boolean {
  const words = firstWords(message, MAX_WORDS + 1);
  const phrase = words.length > MAX_WORDS ? undefined : CANCELS.at(words, 0);
  return phrase?.length === words.length;
}
