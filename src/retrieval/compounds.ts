import { wordsOf } from "../text/words.ts";
import { identifiersOf, isContentWord } from "./query-terms.ts";

/** Words of a message that are looked at; a longer one says what it is about in others. */
const MAX_WORDS = 24;
const MIN_LENGTH = 4;
/** Of a longer word, no half is worth guessing. */
const MAX_LENGTH = 16;
/** Shorter words are not in the vocabulary. */
const MIN_KNOWN_LENGTH = 4;

/** A term of the question, and how documents may write it instead. */
export interface CompoundSpelling {
  typed: string;
  written: string;
  /** Words that the documents have to use, for this to be worth searching. */
  known: string[];
  /** A word that they must not use: who writes "password" does not mean "pass word". */
  unknown?: string;
}

/**
 * One word or two: visitors write `wifi`, `e07`, `giftcard` and `sign up` where documents have `Wi-Fi`, `E-07`, `gift card` and `signup`,
 * or the other way round. The tokenizer takes a joint for a gap, so these have no word in common. The likeliest first.
 */
export function compoundSpellings(question: string): CompoundSpelling[] {
  const text = question.normalize("NFC").toLowerCase();
  const words = wordsOf(text).slice(0, MAX_WORDS);
  return [
    ...identifiersOf(text).slice(0, MAX_WORDS).map(wordsOf).map(joined),
    ...words.flatMap(partedAtDigits),
    ...words.flatMap((word, index) => joinedWithNext(word, words[index + 1])),
    ...words.filter(isContentWord).flatMap(parted),
  ];
}

function joined(words: string[]): CompoundSpelling {
  return { typed: words.join(" "), written: words.join(""), known: [] };
}

/** `e07` → `e 07`. */
function partedAtDigits(word: string): CompoundSpelling[] {
  const parts = word.match(/\p{N}+|[^\p{N}]+/gu) ?? [];
  return parts.length > 1 ? [{ typed: word, written: parts.join(" "), known: [] }] : [];
}

/** `sign up` → `signup`. */
function joinedWithNext(word: string, next: string | undefined): CompoundSpelling[] {
  if (next === undefined || !mayBeCompound([word, next])) return [];
  const spelling = joined([word, next]);
  return [{ ...spelling, known: [spelling.written] }];
}

/** `giftcard` → `gift card`. */
function parted(word: string): CompoundSpelling[] {
  if (!/^\p{L}+$/u.test(word) || word.length < MIN_LENGTH || word.length > MAX_LENGTH) return [];
  const cuts = Array.from({ length: word.length - 1 }, (_, index) => index + 1);
  return cuts.flatMap((cut) => {
    const halves = [word.slice(0, cut), word.slice(cut)];
    if (!mayBeCompound(halves) || !halves.every((half) => half.isWellFormed())) return [];
    const known = halves.filter((half) => half.length >= MIN_KNOWN_LENGTH);
    return [{ typed: word, written: halves.join(" "), known, unknown: word }];
  });
}

/** Who asks about "a part" does not mean "apart", and "abroad" is not "a broad range"; nor is an "area" what "are a few". */
function mayBeCompound([first, ...others]: string[]): boolean {
  return first !== undefined && first !== "a" && [first, ...others].some(isContentWord);
}
