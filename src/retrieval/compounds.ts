import { foldWord } from "../text/fold.ts";
import { inHiragana } from "../text/kana.ts";
import { readable } from "../text/readable.ts";
import { spacedNumbers } from "../language/spellings.ts";
import { wordsOf } from "../text/words.ts";
import { foldTerm, isContentWord } from "./query-terms.ts";

/** Words of a message that are looked at: the first ones. */
const MAX_WORDS = 24;
/** Only words of this length are parted. */
const MIN_LENGTH = 4;
const MAX_LENGTH = 16;
/** The vocabulary (the table `words`) holds no shorter words, so these cannot be looked up. */
const MIN_KNOWN_LENGTH = 4;

/** Other spellings at most that are searched without a look at the vocabulary. */
const MAX_UNCHECKED = 8;
/** A unit or the letters of a code, which may stand together with a number: `5 GB`, `FHP 12`. */
const SHORT_WORD = /^\p{L}{1,5}$/u;
const NUMBER = /^\d{1,6}$/;

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
 * Other spellings of compounds: visitors write `giftcard` and `sign up` where documents have `gift card` and `signup`, or the other way
 * round. With spaces or without, the two have no word in common. A compound with a hyphen is indexed in both spellings
 * (`language/index-terms.ts`). The likeliest spellings come first.
 */
export function compoundSpellings(question: string): CompoundSpelling[] {
  const words = wordsOf(question).slice(0, MAX_WORDS);
  const folded = words.map(foldWord);
  return [
    ...words.flatMap((word, index) => joinedWithNext(word, words[index + 1])),
    ...folded.filter((_, index) => isContentWord(words[index] ?? "")).flatMap(parted),
  ];
}

/**
 * Other spellings that the vocabulary, which holds no numbers, cannot confirm: `5 gb` → `5gb`, and katakana → hiragana. Where no document
 * has them they change nothing.
 * @returns folded terms of the question → other spellings
 */
export function uncheckedSpellings(question: string): Map<string, string[]> {
  const words = wordsOf(question).slice(0, MAX_WORDS);
  const joined = words.flatMap((word, index) => {
    const next = words[index + 1] ?? "";
    const areMeasure = NUMBER.test(word) && SHORT_WORD.test(next);
    const areCode = SHORT_WORD.test(word) && NUMBER.test(next);
    return areMeasure || areCode ? [[`${word} ${next}`, word + next] as const] : [];
  });
  const syllables = inHiragana(readable(question)).map(
    (spellings) => spellings.map((spelling) => wordsOf(spelling).join(" ")) as [string, string],
  );
  const all = [...spacedNumbers(question), ...joined, ...syllables].slice(0, MAX_UNCHECKED);
  return new Map(all.map(([typed, written]) => [foldTerm(typed), [foldTerm(written)]]));
}

/** `sign up` → `signup`. */
function joinedWithNext(word: string, next: string | undefined): CompoundSpelling[] {
  if (next === undefined || !mayBeCompound([word, next])) return [];
  const written = foldWord(word) + foldWord(next);
  return [{ typed: foldTerm(`${word} ${next}`), written, known: [written] }];
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
