import { queryTerms } from "./query-terms.ts";
import { stemOf } from "../text/stems.ts";
import { isUsed, isUsedVisibly, readerValue, wordScope, type WordScope } from "./vocabulary.ts";

/** Shorter words are similar to too many words to be corrected. */
const MIN_LENGTH = 4;
/** From this length on, a word is still recognisable with two typing errors. */
const LONG_WORD = 8;

/** Caps the words of the vocabulary that are returned for one question. To look up who uses one costs some 30 µs of CPU. */
const MAX_CANDIDATES = 500;

/** Words of a message that are checked at most. A longer message has enough other words to be found by. */
const MAX_CHECKED = 24;

/** Places of the letters by which words are compared before it is looked up who uses them. */
const LETTERS = Array.from({ length: 12 }, (_, at) => at);

export interface SpellingCandidate {
  typed: string;
  word: string;
}

/**
 * The statement that finds candidates for the correction of a question. Only documents that the reader may see count. For each word that
 * they do not use it returns words that they use. These begin with the same letter, are of a similar length, and have the same stem, or
 * a part and most letters in common. A turn batches the statement with its other reads.
 * CROSS JOIN keeps SQLite to the join order as written, which reads only the vocabulary's words with that first letter. Without it SQLite
 * reads the whole vocabulary.
 */
export function spellingStatement(
  db: D1Database,
  scope: WordScope,
  question: string,
): D1PreparedStatement {
  const { words, written } = queryTerms(question);
  const typed = words.filter(mayBeMisspelt).slice(0, MAX_CHECKED);
  return db
    .prepare(
      `WITH ${wordScope(scope, "?3")},
       unknown AS MATERIALIZED (
         SELECT value ->> 0 AS typed, value ->> 1 AS head, value ->> 2 AS middle, value ->> 3 AS tail, value ->> 4 AS stem,
           value ->> 6 AS least, ${LETTERS.map((at) => `value ->> ${7 + at} AS letter${at}`).join(", ")}
         FROM json_each(?2)
         WHERE NOT ${isUsed("(value ->> 0)")} AND NOT ${isUsed("(value ->> 5)")})
       SELECT typed, w.word FROM unknown CROSS JOIN words w
         ON w.workspace_id = (SELECT id FROM scope)
         AND w.word >= substr(typed, 1, 1)
         AND w.word < char(unicode(typed) + 1)
         AND length(w.word) BETWEEN length(typed) - 2 AND length(typed) + 2
       WHERE (substr(w.word, 1, length(stem)) = stem
           OR ((substr(w.word, 1, length(head)) = head OR substr(w.word, -length(tail)) = tail OR instr(w.word, middle) > 0)
             AND ${LETTERS.map((at) => `(instr(w.word, letter${at}) > 0)`).join(" + ")} >= least))
         AND ${isUsedVisibly("w.word")}
       LIMIT ${MAX_CANDIDATES}`,
    )
    .bind(
      scope.workspace.value,
      JSON.stringify(
        typed.map((word) => [
          word,
          ...partsOf(word),
          stemOf(word),
          // The vocabulary of chunks of an older reader is as they are written.
          written.get(word) ?? null,
          ...lettersOf(word),
        ]),
      ),
      readerValue(scope),
    );
}

/**
 * Parts of a word of which a misspelt one keeps at least one in its place: one part more than errors are allowed, with a letter between
 * them, so that no error (a swap of two letters neither) changes two of them.
 * @returns beginning, middle (null for words with one allowed error), end
 */
function partsOf(word: string): [string, string | null, string] {
  const letters = Array.from(word);
  const { length } = letters;
  const part = (from: number, to: number): string => letters.slice(from, to).join("");
  if (allowedErrors(word) === 1) {
    const gap = length >> 1;
    return [part(0, gap), null, part(gap + 1, length)];
  }
  const third = Math.floor((length - 2) / 3);
  return [part(0, third), part(third + 1, length - third - 1), part(length - third, length)];
}

/**
 * The letters of a word, each once, the first twelve, and before them how many of these a misspelt word keeps at least: an error takes
 * away at most one. A word with fewer letters is filled up with empty ones, which every word contains.
 */
function lettersOf(word: string): (number | string)[] {
  const letters = [...new Set(word)];
  return [LETTERS.length - allowedErrors(word), ...LETTERS.map((at) => letters[at] ?? "")];
}

/** Errors that a word may have and still be recognised. */
function allowedErrors(word: string): number {
  return word.length >= LONG_WORD ? 2 : 1;
}

/** Word as typed → word that was probably meant. */
export type Corrections = ReadonlyMap<string, string>;

/** Chooses a correction for each word that has one among its candidates. */
export function corrections(candidates: SpellingCandidate[]): Corrections {
  const meant = new Map<string, string>();
  for (const [typed, near] of Map.groupBy(candidates, (candidate) => candidate.typed)) {
    const word = correct(
      typed,
      near.map((candidate) => candidate.word),
    );
    if (word !== typed) meant.set(typed, word);
  }
  return meant;
}

/** Whether a word is checked: letters only, and long enough. Codes and numbers are taken as typed. */
function mayBeMisspelt(word: string): boolean {
  return word.length >= MIN_LENGTH && /^\p{L}+$/u.test(word);
}

/**
 * Corrects a word to the nearest candidate with the same first letter and an edit distance of at most 1, or 2 for long words. A word that
 * the documents use in any inflection, or that has no such candidate, is returned as typed.
 * @param candidates words of the documents that the reader may see
 */
export function correct(word: string, candidates: string[]): string {
  if (!mayBeMisspelt(word)) return word;
  const stem = stemOf(word);
  const allowed = allowedErrors(word);
  let best: { word: string; distance: number } | undefined;
  for (const candidate of candidates) {
    if (candidate === word || stemOf(candidate) === stem) return word;
    if (Math.abs(candidate.length - word.length) > allowed || candidate[0] !== word[0]) continue;
    const distance = editDistance(word, candidate);
    if (distance > allowed) continue;
    if (!best || distance < best.distance) best = { word: candidate, distance };
  }
  return best?.word ?? word;
}

/** Optimal string alignment distance: each insertion, deletion, substitution or swap of two adjacent characters counts 1. */
export function editDistance(left: string, right: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: right.length + 1 }, (_, index) => index);
  for (let i = 1; i <= left.length; i++) {
    const row = [i];
    for (let j = 1; j <= right.length; j++) {
      const cost = left[i - 1] === right[j - 1] ? 0 : 1;
      let value = Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (last[j - 1] ?? 0) + cost);
      const swapped = left[i - 1] === right[j - 2] && left[i - 2] === right[j - 1];
      if (i > 1 && j > 1 && swapped) value = Math.min(value, (beforeLast[j - 2] ?? 0) + 1);
      row.push(value);
    }
    beforeLast = last;
    last = row;
  }
  return last[right.length] ?? 0;
}
