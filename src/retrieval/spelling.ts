import { queryTerms } from "./query-terms.ts";
import { stemOf } from "../text/stems.ts";

/** Shorter words have too many neighbours to guess what was meant. */
const MIN_LENGTH = 4;
/** From this length on, two slips are still recognisable. */
const LONG_WORD = 8;

/** Words of the vocabulary looked at for one question; enough for every word that begins like one of the question's. */
const MAX_CANDIDATES = 4000;

/** A longer message says its words right elsewhere, or has others to be found by. */
const MAX_CHECKED = 24;

export interface SpellingCandidate {
  typed: string;
  word: string;
}

/**
 * The statement that finds words of a workspace's documents near those of a question that the documents do not use. A turn
 * batches it with its other reads. CROSS JOIN keeps SQLite to the order as written, in which a word's first letter bounds what is
 * read of the vocabulary: left to itself it reads all of it.
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

/** Words as typed → what was probably meant. */
export type Corrections = ReadonlyMap<string, string>;

/** The words of a question that the documents do not use in any form, with the near ones that they do use. */
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

/** Whether a word is worth looking up in the vocabulary: letters only, and long enough. Codes and numbers are meant as typed. */
function mayBeMisspelt(word: string): boolean {
  return word.length >= MIN_LENGTH && /^\p{L}+$/u.test(word);
}

/**
 * The word of the documents that a visitor meant, or the word as typed: unless the documents use it (in any inflection),
 * the nearest word that starts with the same letter and is at most one slip away, two for long words.
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

/** Optimal string alignment: insertions, deletions, substitutions and swaps of neighbours count one each. */
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
