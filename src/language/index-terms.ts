import { foldWord } from "../text/fold.ts";
import { joinedSpellings, spacedNumbers, spelledOut } from "./spellings.ts";
import { wordsAndCompounds, wordsOf } from "../text/words.ts";
import { detectLanguage, guessLanguage } from "./detect.ts";
import { STOP_WORDS } from "./english.ts";
import { lightStems } from "./light-stems.ts";

/** What the keyword index holds of a text. Questions are searched in the same terms (`retrieval/query-terms.ts`). */
export interface IndexTerms {
  /** Its words in order, folded. */
  words: string[];
  /**
   * What its words are found by besides, without order: spelled out (`groesse`), joined (`wifi` of `Wi-Fi`), and as stems of their language.
   * They count as no words of the text.
   */
  others: string[];
}

/** Ends a light stem, so that it equals no word of another language. As a private-use character it is part of no other term. */
const STEM = "\uF8F0";
/** A combining mark is written as a private-use character: FTS5 would split a word at it. One script has no two marks with the same place. */
const MARKS_FROM = 0xe000;

/** Share of English function words from which a text of unclear language counts as English. */
const ENGLISH_SHARE = 0.25;
/** A message of more words is searched by its language's stems only, since each further form of a word costs a look-up. */
const MAX_STEMMED_WORDS = 24;
/** Fewer words do not tell their language. */
const MIN_TELLING_WORDS = 3;
/** Characters of a message that are looked at for its words: more than as many have. */
const COUNTED = 500;

/** @param language of the text as an ISO 639 code; null if it is unclear */
export function indexTerms(text: string, language: string | null): IndexTerms {
  const { words, compounds } = wordsAndCompounds(text);
  const known = language ?? (isMostlyEnglish(words) ? "en" : null);
  const joined = compounds.flatMap(joinedSpellings);
  const others = new Set([...joined, ...spacedNumbers(text).map(([, number]) => number)]);
  for (const word of new Set(words)) for (const form of otherForms(word, known)) others.add(form);
  return { words: words.map(foldWord).filter(Boolean), others: [...others] };
}

/**
 * The forms of one word besides the word itself.
 * @param word as `wordsOf` gives it, or folded
 */
export function otherForms(word: string, language: string | null): string[] {
  if (language === "en" && /^[a-z0-9]*$/.test(word)) return [];
  const folded = foldWord(word);
  const spelled = spelledOut(word);
  const stems = [folded, ...(spelled === undefined ? [] : [spelled])]
    .flatMap((form) => lightStems(form, language))
    .map((stem) => stem + STEM);
  return spelled === undefined || spelled === folded ? stems : [spelled, ...stems];
}

/** A term, or several with spaces between them, as the index is written: what FTS5 takes for whole words. */
export function toIndex(terms: string): string {
  return terms.replace(/\p{M}/gu, (mark) =>
    String.fromCodePoint(MARKS_FROM + ((mark.codePointAt(0) ?? 0) & 0xfff)),
  );
}

/** The language whose stems a message is searched by: null for those of all, `en` for none but English ones. */
export function languageOfMessage(message: string): string | null {
  const words = wordsOf(message.slice(0, COUNTED));
  if (words.length < MIN_TELLING_WORDS) return null;
  if (words.length > MAX_STEMMED_WORDS) return detectLanguage(message) ?? "en";
  return guessLanguage(message) === "en" ? "en" : null;
}

function isMostlyEnglish(words: string[]): boolean {
  const functionWords = words.filter((word) => STOP_WORDS.has(word)).length;
  return functionWords >= ENGLISH_SHARE * words.length;
}
