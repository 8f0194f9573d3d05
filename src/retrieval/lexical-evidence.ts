import type { Candidates } from "./candidates.ts";
import { wordsOf } from "../text/words.ts";
import { splitSentences } from "../text/sentences.ts";
import { inverseFrequency } from "./fuse.ts";
import type { Passage } from "./passages.ts";
import type { KeywordResult } from "./keywords.ts";
import { queryTerms } from "./query-terms.ts";
import { stemOf, stemsOf } from "../text/stems.ts";
import { synonymsFor } from "./synonyms.ts";

export interface QuestionWords {
  /** Stem of each content word → its weight, which is its rarity. A misspelt word is replaced by its correction. */
  known: Map<string, number>;
  /** Neighbouring words, stop words included, of which at least one is a content word: as stems, with their rarity together. */
  pairs: Map<string, number>;
  /** A stem, or the stems of an identifier or of a synonym's term, and the terms that count as it, each as `stemsInOrder`. */
  equivalents: { word: string; terms: string[] }[];
  /** Share of the question's weight on words that the documents do not use. A misspelt word counts as unknown, though it is corrected. */
  unknownShare: number;
  /** Content words, corrections included. */
  count: number;
}

/** The words of a question: one entry, or with several sub-queries one for each and, last, one for the whole question. */
export function questionWords({ question, keywords, asked }: Candidates): QuestionWords[] {
  const { subQueries, text } = question;
  const { chunkCounts } = keywords;
  if (subQueries.length < 2) return [wordsFor(question, keywords, chunkCounts, asked)];
  return [...subQueries, { text }].map((subQuery) => {
    const own = queryTerms(subQuery.text).words.flatMap((word) => [
      word,
      ...(question.corrections.has(word) ? [question.corrections.get(word) ?? word] : []),
    ]);
    const counts = own.map((word): [string, number] => [word, chunkCounts.get(word) ?? 0]);
    return wordsFor({ ...question, text: subQuery.text }, keywords, new Map(counts), asked);
  });
}

/**
 * Factor for the words that a follow-up adds to the question before it: "and to Italy?" asks about Italy. With 1, 2 and 3 the demo's
 * conversations come out the same (docs/decisions/0042).
 */
const ADDED_WEIGHT = 2;

/** `e07`, `4k`. */
const ONE_WORD_IDENTIFIER = /\p{L}\p{N}|\p{N}\p{L}/u;

function wordsFor(
  question: Candidates["question"],
  { totalChunks }: KeywordResult,
  chunkCounts: ReadonlyMap<string, number>,
  asked: Candidates["asked"],
): QuestionWords {
  const known = new Map<string, number>();
  const added = new Set(wordsOf((question.added ?? "").toLowerCase()));
  let unknown = 0;
  let total = 0;
  for (const [word, chunks] of chunkCounts) {
    // "Orders from 2024" asks about what says "before March 2025": a date that no document uses is understood, and no word of its own.
    if (chunks === 0 && asked.stems.has(stemOf(word))) continue;
    const weight = inverseFrequency(chunks, totalChunks) * (added.has(word) ? ADDED_WEIGHT : 1);
    total += weight;
    if (chunks === 0) unknown += weight;
    // `e07` weighs as much as `e-07`, for which both the parts and the whole count.
    const ownWeight = ONE_WORD_IDENTIFIER.test(word) ? 2 * weight : weight;
    if (!question.corrections.has(word)) known.set(stemOf(word), ownWeight);
  }
  const pairs = pairsOf(question.text, known);
  const synonyms = Array.from(synonymsFor(question.text, question.synonyms)).flatMap(
    ([term, same]) => {
      const stems = stemsOf(term);
      // The term as a whole, too: it may be an identifier.
      return [...stems, stems.join(" ")].map((word) => ({ word, terms: same.map(stemsInOrder) }));
    },
  );
  // Neither "e" nor "07" alone means "E-07". The identifier therefore has a weight of its own, the sum of its parts' weights, which counts
  // where the parts stand together. Identifiers of digits only are left out: they are mostly the visitor's own date, order or telephone
  // number, which no document contains.
  const identifiers = queryTerms(question.text)
    .phrases.filter((phrase) => /\d/.test(phrase) && /\p{L}/u.test(phrase))
    .map((phrase) => ({ word: stemsOf(phrase).join(" "), terms: [stemsInOrder(phrase)] }));
  for (const { word } of identifiers) {
    const weight = word.split(" ").reduce((sum, part) => sum + (known.get(part) ?? 0), 0);
    if (weight > 0) known.set(word, weight);
  }
  return {
    known,
    pairs,
    equivalents: [...synonyms, ...identifiers],
    unknownShare: total > 0 ? unknown / total : 0,
    count: chunkCounts.size,
  };
}

function pairsOf(question: string, known: Map<string, number>): Map<string, number> {
  const stems = wordsOf(question.toLowerCase()).map(stemOf);
  const pairs = new Map<string, number>();
  for (const [index, stem] of stems.entries()) {
    const next = stems[index + 1];
    const weight = (known.get(stem) ?? 0) + (known.get(next ?? "") ?? 0);
    if (next !== undefined && weight > 0) pairs.set(`${stem} ${next}`, weight);
  }
  return pairs;
}

/** Evidence from the text of a passage, which the indexes do not give. Shares of the question's weight, 0–1. */
export interface LexicalEvidence {
  /** Share of the words that the passage, its title and headings contain. A word counts more if it occurs more often. */
  share: number;
  /** The largest share that one sentence contains, together with the title and headings. */
  sentence: number;
  /** Neighbouring words of the question that stand side by side in the passage, too. */
  pairs: number;
}

/** The stems of a passage. They are computed once and used for every sub-query. */
export interface ReadText {
  /** Stems of the title and the headings. */
  above: string[];
  sentences: string[][];
  /** `above` and then those of all sentences. */
  stems: string[];
  /** How often each stem occurs. In title and headings it counts twice. */
  counts: Map<string, number>;
  /** All of them in order, each between spaces. */
  running: string;
}

export function readText(passage: Passage): ReadText {
  const above = stemsOf([passage.title, ...passage.headingPath].join(" "));
  const sentences = splitSentences(passage.text).map(stemsOf);
  const stems = [...above, ...sentences.flat()];
  const counts = new Map<string, number>();
  for (const stem of [...above, ...stems]) counts.set(stem, (counts.get(stem) ?? 0) + 1);
  return { above, sentences, stems, counts, running: spaced(stems) };
}

export function lexicalEvidence(
  words: QuestionWords,
  { above, sentences, stems: all, counts, running }: ReadText,
): LexicalEvidence & { stems: Set<string> } {
  const { known, pairs } = words;
  const stems = withEquivalents(words, all);
  let sentence = 0;
  for (const own of sentences) {
    sentence = Math.max(sentence, coveredShare(known, withEquivalents(words, [...above, ...own])));
  }
  const together = new Set([...pairs.keys()].filter((pair) => running.includes(` ${pair} `)));
  return {
    stems,
    share: saturatedShare(known, stems, counts),
    sentence,
    pairs: coveredShare(pairs, together),
  };
}

/** Number of occurrences at which a word reaches half of its weight: twice BM25's k1. Unlike in BM25, the passage's length does not count. */
const HALF_SATURATED = 2.4;

/** Share of the weight that is found, 0–1, where each word's weight rises with its count and saturates as in BM25. */
function saturatedShare(
  weights: Map<string, number>,
  found: Set<string>,
  counts: Map<string, number>,
): number {
  let total = 0;
  let sum = 0;
  for (const [stem, weight] of weights) {
    total += weight;
    const count = counts.get(stem) ?? (found.has(stem) ? 1 : 0);
    sum += (weight * count) / (count + HALF_SATURATED);
  }
  return total > 0 ? sum / total : 0;
}

/** The stems of a text, and the question's words that it contains as a synonym or identifier. */
export function stemsWithEquivalents(words: QuestionWords, text: string): Set<string> {
  return withEquivalents(words, stemsOf(text));
}

/**
 * Adds the question's words that the stems contain under another name: "package" adds the question's "parcel". A term of several words
 * counts only where they stand side by side: "E-08: colder than 12 °C" is not about E-12.
 */
function withEquivalents({ equivalents }: QuestionWords, stems: string[]): Set<string> {
  const found = new Set(stems);
  if (equivalents.length === 0) return found;
  const text = spaced(stems);
  for (const { word, terms } of equivalents)
    if (terms.some((term) => text.includes(term))) found.add(word);
  return found;
}

/** The stems of a text in their order, with a space on both sides of each, so that a term is found only between whole stems. */
export function stemsInOrder(text: string): string {
  return spaced(stemsOf(text));
}

function spaced(stems: string[]): string {
  return ` ${stems.join(" ")} `;
}

/** Share of the weight whose words are found, 0–1. */
export function coveredShare(weights: Map<string, number>, found: Set<string>): number {
  let total = 0;
  let sum = 0;
  for (const [key, weight] of weights) {
    total += weight;
    if (found.has(key)) sum += weight;
  }
  return total > 0 ? sum / total : 0;
}
