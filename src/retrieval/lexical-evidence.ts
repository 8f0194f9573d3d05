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
  /** Stems of the content words with their rarity; of a misspelt word, what was meant. */
  known: Map<string, number>;
  /** Neighbouring words, stop words included, of which at least one is a content word: as stems, with their rarity together. */
  pairs: Map<string, number>;
  /** Stem of a word, or stems of an identifier → the stems of each term that says it, see `inOrder`. */
  equivalents: { word: string; terms: string[] }[];
  /** Share of the question's weight on words that the documents do not use; a corrected word stays unknown. */
  unknownShare: number;
  /** Content words, corrections included. */
  count: number;
}

/** The words of a question; of one with several sub-queries those of each, and of the whole last. */
export function questionWords({ question, keywords }: Candidates): QuestionWords[] {
  const { subQueries, text } = question;
  if (subQueries.length < 2) return [wordsFor(question, keywords, keywords.chunkCounts)];
  const { chunkCounts } = keywords;
  return [...subQueries, { text }].map((subQuery) => {
    const own = queryTerms(subQuery.text).words.flatMap((word) => [
      word,
      ...(question.corrections.has(word) ? [question.corrections.get(word) ?? word] : []),
    ]);
    const counts = own.map((word): [string, number] => [word, chunkCounts.get(word) ?? 0]);
    return wordsFor({ ...question, text: subQuery.text }, keywords, new Map(counts));
  });
}

/**
 * What a follow-up adds weighs as much more than each word before it: "and to Italy?" asks about Italy. The demo's conversations do
 * not tell 1, 2 and 3 apart (docs/decisions/0042).
 */
const ADDED_WEIGHT = 2;

/** `e07`, `4k`. */
const ONE_WORD_IDENTIFIER = /\p{L}\p{N}|\p{N}\p{L}/u;

function wordsFor(
  question: Candidates["question"],
  { totalChunks }: KeywordResult,
  chunkCounts: ReadonlyMap<string, number>,
): QuestionWords {
  const known = new Map<string, number>();
  const added = new Set(wordsOf((question.added ?? "").toLowerCase()));
  let unknown = 0;
  let total = 0;
  for (const [word, chunks] of chunkCounts) {
    const weight = inverseFrequency(chunks, totalChunks) * (added.has(word) ? ADDED_WEIGHT : 1);
    total += weight;
    if (chunks === 0) unknown += weight;
    // As much as "e-07", of which the parts and the whole count.
    const ownWeight = ONE_WORD_IDENTIFIER.test(word) ? 2 * weight : weight;
    if (!question.corrections.has(word)) known.set(stemOf(word), ownWeight);
  }
  const pairs = pairsOf(question.text, known);
  const synonyms = Array.from(synonymsFor(question.text, question.synonyms)).flatMap(
    ([term, same]) => {
      const stems = stemsOf(term);
      // The term as a whole, too: it may be an identifier.
      return [...stems, stems.join(" ")].map((word) => ({ word, terms: same.map(inOrder) }));
    },
  );
  // "E-07" is one thing, which neither an "e" nor a "07" names: it weighs as much again as its parts, where they stand together.
  // Digits alone are mostly what no document has: the visitor's own date, order or telephone number.
  const identifiers = queryTerms(question.text)
    .phrases.filter((phrase) => /\d/.test(phrase) && /\p{L}/u.test(phrase))
    .map((phrase) => ({ word: stemsOf(phrase).join(" "), terms: [inOrder(phrase)] }));
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

/** What a passage's text shows about a question and the indexes do not know. Shares of the question's weight, 0–1. */
export interface LexicalEvidence {
  /** Words that the passage, its title and headings contain, each the more, the more often. */
  share: number;
  /** The most that one sentence contains, together with the title and headings above it. */
  sentence: number;
  /** Neighbouring words of the question that stand side by side in the passage, too. */
  pairs: number;
}

/** A passage as its stems, read once for all that is asked of it. */
export interface ReadText {
  /** Of the title and the headings. */
  above: string[];
  sentences: string[][];
  /** Of both, in their order. */
  stems: string[];
  /** How often each stands there; above the sentences it counts twice. */
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
  return { above, sentences, stems, counts, running: between(stems) };
}

export function lexicalEvidence(
  words: QuestionWords,
  { above, sentences, stems: all, counts, running }: ReadText,
): LexicalEvidence & { stems: Set<string> } {
  const { known, pairs } = words;
  const stems = meaning(words, all);
  let sentence = 0;
  for (const own of sentences) {
    sentence = Math.max(sentence, covered(known, meaning(words, [...above, ...own])));
  }
  const together = new Set([...pairs.keys()].filter((pair) => running.includes(` ${pair} `)));
  return {
    stems,
    share: saturated(known, stems, counts),
    sentence,
    pairs: covered(pairs, together),
  };
}

/** Occurrences of a word after which half of its weight is reached: twice BM25's k1, without regard to length. */
const HALF_SATURATED = 2.4;

function saturated(
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

/** Stems of the words that a text says, and those of the question's that it means. */
export function wordsSaid(words: QuestionWords, text: string): Set<string> {
  return meaning(words, stemsOf(text));
}

/**
 * A text that says "package" says the question's "parcel", too. What has several words is said where they follow one another: "E-08:
 * colder than 12 °C" is not about E-12.
 */
function meaning({ equivalents }: QuestionWords, stems: string[]): Set<string> {
  const found = new Set(stems);
  if (equivalents.length === 0) return found;
  const running = between(stems);
  for (const { word, terms } of equivalents)
    if (terms.some((term) => running.includes(term))) found.add(word);
  return found;
}

/** Stems of a text in their order, each between spaces. */
function inOrder(text: string): string {
  return between(stemsOf(text));
}

function between(stems: string[]): string {
  return ` ${stems.join(" ")} `;
}

/** Share of the weight that is found, 0–1. */
export function covered(weights: Map<string, number>, found: Set<string>): number {
  let total = 0;
  let sum = 0;
  for (const [key, weight] of weights) {
    total += weight;
    if (found.has(key)) sum += weight;
  }
  return total > 0 ? sum / total : 0;
}
