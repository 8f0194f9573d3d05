import { MEASURE_WORDS, STOP_WORDS } from "../language/english.ts";
import { wordsOf } from "../text/words.ts";

/** What the keyword leg looks for. Every string is ready to be quoted in an FTS5 query. */
export interface QueryTerms {
  /** Single words without stop words; all words if the text has stop words only. */
  words: string[];
  /** Identifiers as written (`E-07`, `FH-PUMP-02`, `4.1.1.1`): their parts, matched as a phrase. */
  phrases: string[];
  /**
   * Word that the text says more than once → how often, up to {@link MAX_REPEATS}. A long message repeats the words that it is about
   * (the query's term frequency in BM25: Robertson and Zaragoza 2009, section 3.4).
   */
  repeats: ReadonlyMap<string, number>;
}

/** Query terms with their synonyms. */
export interface ExpandedTerms extends QueryTerms {
  /** Words of the question → terms that mean the same. */
  equivalents: ReadonlyMap<string, string[]>;
}

/**
 * Distinct words of a query at most; two pages of text have no more content words. Of more, repeated words, long words and words with
 * digits are kept. `keywords.ts` caps the cost of searching them.
 */
const MAX_WORDS = 128;
const MAX_REPEATS = 3;
const MAX_PHRASES = 8;
const MAX_WORD_LENGTH = 64;

/**
 * A word, or several words joined by `-_./:`, such as `pump` or `FH-PUMP-02`. The lookbehind lets a match begin only at the start of a
 * word. Without it, a long word could be read again from each of its letters, in quadratic time.
 */
export const WRITTEN_WORD =
  /(?<![\p{L}\p{M}\p{N}])[\p{L}\p{M}\p{N}]+(?:[-_./:][\p{L}\p{M}\p{N}]+)*/gu;
const JOINT = /[-_./:]/;

/** Any text becomes a query: no character of it can act as an FTS5 operator, because only quoted words are built from it. */
export function queryTerms(text: string): QueryTerms {
  const lower = text.normalize("NFC").toLowerCase();
  const times = countsOf(wordsOf(lower));
  const words = [...times.keys()];
  const content = words.filter(isContentWord);
  const phrases = unique(identifiersOf(lower).map((match) => wordsOf(match).join(" ")));
  // "What is it?" has no content word, so all its words are searched.
  const kept = mostSpecific(content.length > 0 ? content : words, times);
  const repeated = kept.filter((word) => (times.get(word) ?? 0) > 1);
  return {
    words: kept,
    phrases: phrases.slice(0, MAX_PHRASES),
    repeats: new Map(repeated.map((word) => [word, Math.min(times.get(word) ?? 1, MAX_REPEATS)])),
  };
}

/** Joined words as they are written: `E-07` and `4.1.1.1`, but also `plug-in`. */
export function identifiersOf(text: string): string[] {
  const words = text.match(WRITTEN_WORD) ?? [];
  return words.filter((word) => JOINT.test(word) && word.length <= MAX_WORD_LENGTH);
}

function countsOf(words: string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  return counts;
}

/** The content words of a message, without measure words; none for "how long does it take?". */
export function contentWords(message: string): string[] {
  return wordsOf(message.toLowerCase()).filter(
    (word) => isContentWord(word) && !MEASURE_WORDS.has(word),
  );
}

/** @param word in lower case */
export function isContentWord(word: string): boolean {
  return !STOP_WORDS.has(word);
}

function mostSpecific(words: string[], times: Map<string, number>): string[] {
  const usable = words.filter((word) => word.length <= MAX_WORD_LENGTH);
  if (usable.length <= MAX_WORDS) return usable;
  const weight = (word: string): number =>
    word.length * (times.get(word) ?? 1) + (/\d/.test(word) ? 10 : 0);
  const kept = new Set(usable.toSorted((a, b) => weight(b) - weight(a)).slice(0, MAX_WORDS));
  return usable.filter((word) => kept.has(word));
}

function unique(words: string[]): string[] {
  return [...new Set(words)];
}
