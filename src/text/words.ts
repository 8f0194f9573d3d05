import { BIGRAM, withBigrams } from "./bigrams.ts";
import { readable } from "./readable.ts";

/**
 * A word, or several words joined by a mark, such as `pump`, `FH-PUMP-02`, `o'brien` or `1,5`. The lookbehind lets a match begin only at
 * the start of a word. Without it, a long word could be read again from each of its letters, in quadratic time.
 */
const WRITTEN_WORD =
  /(?<![\p{L}\p{M}\p{N}])[\p{L}\p{M}\p{N}]+(?:(?:[-_./:']|(?<=\d),(?=\d))[\p{L}\p{M}\p{N}]+)*/gu;

const WORD = /[\p{L}\p{M}\p{N}]+/gu;
const MARK = /[-_./:',]/;
const MARK_WITHIN = /[-_./:',](?=[\p{L}\p{M}\p{N}])/u;

/**
 * The words of a text in lower case: runs of letters, marks and digits, and pairs of letters in scripts without spaces. The index and
 * questions are both made of them, folded (`fold.ts`).
 */
export function wordsOf(text: string): string[] {
  return written(text).match(WORD) ?? [];
}

/** About how many words a text has, whatever its script: two letters of a script without spaces count as one. */
export function countWords(text: string): number {
  return wordsOf(text).reduce((sum, word) => sum + (BIGRAM.test(word) ? 0.5 : 1), 0);
}

/** The words of a text in lower case, those that are joined by a mark with it: `fh-pump-02`. */
export function writtenWords(text: string): string[] {
  return written(text).match(WRITTEN_WORD) ?? [];
}

/** {@link wordsOf} a text, and those of its {@link writtenWords} that are joined by a mark. */
export function wordsAndCompounds(text: string): { words: string[]; compounds: string[] } {
  const lower = written(text);
  const compounds = MARK_WITHIN.test(lower) ? (lower.match(WRITTEN_WORD) ?? []) : [];
  return {
    words: lower.match(WORD) ?? [],
    compounds: compounds.filter((word) => MARK.test(word)),
  };
}

/** The words of a written one: `fh`, `pump` and `02` of `fh-pump-02`. */
export function partsOf(written: string): string[] {
  return written.split(MARK);
}

function written(text: string): string {
  return withBigrams(readable(text)).toLowerCase();
}
