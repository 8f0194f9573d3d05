import { queryTerms } from "./query-terms.ts";
import { stemOf } from "../text/stems.ts";

/** Shorter words are similar to too many words to be corrected. */
const MIN_LENGTH = 4;
/** From this length on, a word is still recognisable with two typing errors. */
const LONG_WORD = 8;

/** Caps the words of the vocabulary that are read for one question. */
const MAX_CANDIDATES = 4000;

/** Words of a message that are checked at most. A longer message has enough other words to be found by. */
const MAX_CHECKED = 24;

export interface SpellingCandidate {
  typed: string;
  word: string;
}

/**
 * The statement that finds candidates for the correction of a question: for each word that the workspace's documents do not use, the words
 * that they use with the same first letter and a similar length. A turn batches it with its other reads. CROSS JOIN keeps SQLite to the
 * join order as written, which reads only the vocabulary's words with that first letter. Without it SQLite reads the whole vocabulary.
 * @param workspace SQL that yields the workspace's id from the statement's first parameter, and that parameter
 */
export function spellingStatement(
  db: D1Database,
  workspace: { sql: string; value: string },
  question: string,
): D1PreparedStatement {
  const typed = queryTerms(question).words.filter(mayBeMisspelt).slice(0, MAX_CHECKED);
  return db
    .prepare(
      `WITH scope AS (SELECT ${workspace.sql} AS id)
       SELECT asked.value AS typed, w.word FROM scope CROSS JOIN json_each(?2) AS asked CROSS JOIN words w
         ON w.workspace_id = scope.id
         AND w.word >= substr(asked.value, 1, 1)
         AND w.word < char(unicode(asked.value) + 1)
         AND length(w.word) BETWEEN length(asked.value) - 2 AND length(asked.value) + 2
       WHERE NOT EXISTS (SELECT 1 FROM words k WHERE k.workspace_id = scope.id AND k.word = asked.value)
       LIMIT ${MAX_CANDIDATES}`,
    )
    .bind(workspace.value, JSON.stringify(typed));
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
 * @param candidates words of the workspace's documents
 */
export function correct(word: string, candidates: string[]): string {
  if (!mayBeMisspelt(word)) return word;
  const stem = stemOf(word);
  const allowed = word.length >= LONG_WORD ? 2 : 1;
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
