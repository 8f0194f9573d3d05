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

const MAX_ANSWER_WORDS = 8;

/** What says yes or no. */
export const REPLIES = new Phrases<"yes" | "no">(({ yes, none }) => [
  [yes, "yes"],
  [none, "no"],
]);
const AROUND = new Phrases<"around">(({ smallTalk }) => [
  [[...smallTalk.thanks, ...smallTalk.filler], "around"],
]);

/** Whether a message says yes or no and nothing else, thanks and fillers apart: "no thank you", "ok, yes please". */
export function yesOrNo(message: string): "yes" | "no" | undefined {
  const words = firstWords(message, MAX_ANSWER_WORDS + 1);
  if (words.length > MAX_ANSWER_WORDS) return undefined;
  const said = new Set<string>();
  for (let at = 0; at < words.length;) {
    // Looked for first: "no thanks" is a phrase of thanks, too.
    const phrase = REPLIES.at(words, at) ?? AROUND.at(words, at);
    if (!phrase) return undefined;
    said.add(phrase.kind);
    at += phrase.length;
  }
  if (said.has("yes") === said.has("no")) return undefined;
  return said.has("yes") ? "yes" : "no";
}
