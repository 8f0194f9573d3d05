import {
  CLAUSE_SUBJECTS,
  DETERMINERS,
  HAS_CLAUSE,
  JUDGEMENTS,
  OPENS_FOLLOW_UP,
  OPENS_FRAGMENT,
  OPENS_JUDGED,
  POINTS_BACK,
  QUESTION_WORD,
  STANDS_FOR_NOUN,
} from "../language/english.ts";
import { firstWords } from "../language/phrases.ts";
import { contentWords, isContentWord } from "../retrieval/query-terms.ts";
import { wordsOf } from "../text/words.ts";

/** A follow-up is short; a longer message says what it is about. */
const MAX_WORDS = 10;
/** A longer fragment says what it is about: "for my daughter's birthday I want …". */
const MAX_FRAGMENT_WORDS = 5;
/** "It" stands for what follows only where that says something: "how long does it take to Canada?" asks about the question before. */
const MIN_JUDGED_WORDS = 2;

/**
 * Whether a message is a follow-up: it opens like one, refers back, completes the question before it, or asks without a content word.
 * Any other message stands alone, however short it is: "refunds?", "no", a thumb.
 */
export function isFollowUp(message: string): boolean {
  const count = wordsOf(message).length;
  if (count === 0 || count > MAX_WORDS) return false;
  if (OPENS_FOLLOW_UP.test(message) || isFragment(message, count) || refersBack(message))
    return true;
  return QUESTION_WORD.test(message) && contentWords(message).length === 0;
}

/** "For the pump?", "in Canada". */
function isFragment(message: string, count: number): boolean {
  return count <= MAX_FRAGMENT_WORDS && OPENS_FRAGMENT.test(message) && !HAS_CLAUSE.test(message);
}

/** Whether a word refers to what was said before the message. "The pump that I bought" refers to nothing else. */
function refersBack(message: string): boolean {
  const words = firstWords(message, MAX_WORDS).map(({ word }) => word);
  return words.some((word, at) => {
    if (!POINTS_BACK.has(word)) return false;
    if (word === "there") return !/^(?:is|are|was|were)$/.test(words[at - 1] ?? "");
    if (word === "that") return !isRelative(words, at);
    if (word === "it" && isJudged(words, at)) return false;
    return !(STANDS_FOR_NOUN.has(word) && hasNoun(words.slice(0, at)));
  });
}

/** "The pump that broke", "I think that you …": it belongs to a noun in front of it, or begins a clause. */
function isRelative(words: string[], at: number): boolean {
  const next = words[at + 1];
  if (next !== undefined && CLAUSE_SUBJECTS.has(next)) return true;
  const before = words[at - 1];
  return (
    next !== undefined &&
    before !== undefined &&
    isContentWord(before) &&
    hasNoun(words.slice(0, at))
  );
}

/** "Is it safe to wash the pods", "does it matter if …". */
function isJudged(words: string[], at: number): boolean {
  if (!JUDGEMENTS.has(words[at + 1] ?? "")) return false;
  const opens = words.findIndex((word, index) => index > at + 1 && OPENS_JUDGED.has(word));
  return opens >= 0 && words.slice(opens).filter(isContentWord).length >= MIN_JUDGED_WORDS;
}

/** Whether words hold a noun of their own: "my pump". */
function hasNoun(words: string[]): boolean {
  return words.some((word, at) => {
    const next = words[at + 1];
    return DETERMINERS.has(word) && next !== undefined && isContentWord(next);
  });
}
