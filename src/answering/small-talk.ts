import { AFTER_SO } from "../language/english.ts";
import { firstWords, Phrases, type PlacedWord } from "../language/phrases.ts";
import { opensFollowUp } from "./dependence.ts";

/** Kinds of messages that ask nothing; the release has a sentence for each. */
export type SmallTalk = "greeting" | "thanks" | "farewell";

/** A longer message says more. */
const MAX_WORDS = 16;

const SMALL_TALK = new Phrases<SmallTalk | "filler">(({ smallTalk }) => [
  [smallTalk.greeting, "greeting"],
  [smallTalk.thanks, "thanks"],
  [smallTalk.farewell, "farewell"],
  [smallTalk.filler, "filler"],
]);

/** In front of a question. What turns something down is left: "no, I meant …". */
const OPENERS = new Phrases<"always" | "before punctuation" | "never">(
  ({ smallTalk, openers, none }) => [
    [none, "never"],
    [smallTalk.greeting, "always"],
    [openers.hesitation, "always"],
    [openers.interjection, "before punctuation"],
    [smallTalk.thanks, "before punctuation"],
    [smallTalk.filler, "before punctuation"],
  ],
);

const PUNCTUATION = /^\s*(?:[,.!?;:…。、！？،؟\n]|[-–—]\s)/u;
/** What may stand between an opener and the question: anything that begins no word, quote, bracket, amount or code. */
const BEFORE_TEXT = /^[^\p{L}\p{M}\p{N}¿¡"'“‘„«([{`$€£#+]+/u;
/** Where a word ends, and does not go on as `ok-button`, `hi.example` or `so/so` do. */
const ENDS_WORD = /^(?:$|[\s,!?;:…。、！？،؟–—]|[.](?:\s|$|\.)|(?![\p{L}\p{M}\p{N}])\P{ASCII})/u;

/** The kind of small talk that a message is, or undefined. All of it must be: "hi, where is my order" is a question. */
export function smallTalkIn(message: string): SmallTalk | undefined {
  const words = firstWords(message, MAX_WORDS + 1);
  return smallTalkOf(words) ?? smallTalkOf(words.map(undrawn));
}

/** "Mercii" is "merci". */
function undrawn({ word, ...place }: PlacedWord): PlacedWord {
  return { ...place, word: word.replace(/(\p{L})\1$/u, "$1") };
}

const SAYS_NOTHING = new Phrases<true>(({ smallTalk, openers, yes, none }) => [
  [[...smallTalk.filler, ...openers.hesitation, ...yes, ...none], true],
]);

/** Whether a message neither asks nor tells anything, as "ok", "hm", "no" and a thumb do. */
export function saysNothing(message: string): boolean {
  const words = firstWords(message, MAX_WORDS + 1);
  if (words.length > MAX_WORDS || /[?？؟]/u.test(message)) return false;
  if (words.length === 0 && /[\p{L}\p{N}]/u.test(message)) return false;
  for (let at = 0; at < words.length;) {
    const phrase = SAYS_NOTHING.at(words, at);
    if (!phrase) return false;
    at += phrase.length;
  }
  return true;
}

function smallTalkOf(words: PlacedWord[]): SmallTalk | undefined {
  if (words.length > MAX_WORDS) return undefined;
  const kinds = new Set<SmallTalk | "filler">();
  for (let at = 0; at < words.length;) {
    const phrase = SMALL_TALK.at(words, at);
    if (!phrase) return undefined;
    kinds.add(phrase.kind);
    at += phrase.length;
  }
  return (["farewell", "thanks", "greeting"] as const).find((kind) => kinds.has(kind));
}

/**
 * A message without what is said in front of its question: "ok so um, how do I pay?" asks what "how do I pay?" asks, and is searched,
 * embedded and decided alike. A message that says nothing else stays as it is.
 */
export function withoutOpener(message: string): string {
  const words = firstWords(message, MAX_WORDS);
  let at = 0;
  for (let length = openerAt(words, at, message); length > 0;) {
    at += length;
    length = openerAt(words, at, message);
  }
  const last = words[at - 1];
  if (!last || !words[at]) return message;
  return message.slice(last.end).replace(BEFORE_TEXT, "");
}

/** Words of the opener that begins with a word; 0 if none does. */
function openerAt(words: PlacedWord[], at: number, message: string): number {
  const opener = OPENERS.at(words, at);
  const last = words[at + (opener?.length ?? 0) - 1];
  const first = words[at];
  if (!opener || !first || !last || opener.kind === "never") return 0;
  const { length } = opener;
  // "And to Canada?" depends on what was said before.
  if (length === 1 && opensFollowUp(message.slice(first.start))) return 0;
  const after = message.slice(last.end, last.end + 8);
  const next = words[at + length];
  if (!ENDS_WORD.test(after) || (last.word === "so" && next && AFTER_SO.has(next.word))) return 0;
  if (opener.kind === "always" || PUNCTUATION.test(after)) return length;
  const more = next ? openerAt(words, at + length, message) : 0;
  return more > 0 ? length + more : 0;
}
