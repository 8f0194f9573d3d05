import { wordsOf } from "../text/words.ts";
import { identifiersOf, isContentWord } from "./query-terms.ts";

/** Words of a message that are looked at: the first ones. */
const MAX_WORDS = 24;
/** Only words of this length are parted. */
const MIN_LENGTH = 4;
const MAX_LENGTH = 16;
/** The vocabulary (the table `words`) holds no shorter words, so these cannot be looked up. */
const MIN_KNOWN_LENGTH = 4;

/** A term of the question, and another spelling that documents may have. */
export interface CompoundSpelling {
  typed: string;
  written: string;
  /** The spelling is searched only if the documents use all of these words. */
  known: string[];
  /** The spelling is searched only if the documents do not use this word: where they have "password", it does not mean "pass word". */
  unknown?: string;
}

/**
 * Other spellings of compounds: visitors write `wifi`, `e07`, `giftcard` and `sign up` where documents have `Wi-Fi`, `E-07`, `gift card`
 * and `signup`, or the other way round. The tokenizer splits at hyphens as at spaces, so the two spellings have no word in common.
 * The likeliest spellings come first.
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

/**
 * Whether words can be parts of one compound: the first is not the article "a" ("a part" is not "apart", "abroad" is not "a broad"),
 * and at least one is a content word ("area" is not "are a").
 */
function mayBeCompound([first, ...others]: string[]): boolean {
  return first !== undefined && first !== "a" && [first, ...others].some(isContentWord);
}
