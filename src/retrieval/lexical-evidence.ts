import type { Candidates } from "./candidates.ts";
import { indexTerms } from "../language/index-terms.ts";
import { splitSentences } from "../text/sentences.ts";
import { stemOf, stemsOf } from "../text/stems.ts";
import { countWords, wordsOf } from "../text/words.ts";
import { inverseFrequency } from "./fuse.ts";
import type { Passage } from "./passages.ts";
import type { KeywordResult } from "./keywords.ts";
import { foldTerm, queryTerms } from "./query-terms.ts";
import { synonymsFor } from "./synonyms.ts";

export interface QuestionWords {
  /** Stem of each content word → its weight, which is its rarity. A misspelt word is replaced by its correction; a code is one word. */
  known: Map<string, number>;
  /** Neighbouring words, stop words included, of which at least one is a content word: as stems, with their rarity together. */
  pairs: Map<string, number>;
  /** Stem of a text → the question's stems that it counts as: its other forms and synonyms. */
  sameAs: Map<string, string[]>;
  /** The same for several stems that stand side by side, as `stemsInOrder`. */
  sameAsTogether: Map<string, string[]>;
  /** Share of the question's weight on words that the documents do not use. A misspelt word counts as unknown, though it is corrected. */
  unknownShare: number;
  /** Content words, corrections included. */
  count: number;
  /** All words that the question is written in, about. */
  written: number;
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

/**
 * What a value of the visitor's attributes weighs, as a share of the mean of the question's own words: a rare name such as "Liechtenstein" must not
 * outweigh what is asked.
 */
const PREFERRED_SHARE = 0.5;

/** Digits and letters: `e07`, `4k`, `v1 2`. */
const CODE = /\p{L}.*\p{N}|\p{N}.*\p{L}/u;

function wordsFor(
  question: Candidates["question"],
  { totalChunks }: KeywordResult,
  chunkCounts: ReadonlyMap<string, number>,
  asked: Candidates["asked"],
): QuestionWords {
  const known = new Map<string, number>();
  const added = new Set(queryTerms(question.added ?? "").words);
  const limit = limitOfPreferred(question, chunkCounts, totalChunks);
  let unknown = 0;
  let total = 0;
  for (const [word, chunks] of chunkCounts) {
    // "Orders from 2024" asks about what says "before March 2025": a date that no document uses is understood, and no word of its own.
    if (chunks === 0 && asked.stems.has(stemOf(word))) continue;
    const rarity = inverseFrequency(chunks, totalChunks) * (added.has(word) ? ADDED_WEIGHT : 1);
    const weight = Math.min(rarity, limit.get(word) ?? Infinity);
    total += weight;
    if (chunks === 0) unknown += weight;
    // A code tells more than a word.
    const ownWeight = CODE.test(word) ? 2 * weight : weight;
    if (!question.corrections.has(word)) known.set(keyOf(word), ownWeight);
  }
  return {
    known,
    pairs: pairsOf(question.text, known),
    ...samenessOf(question, chunkCounts.keys()),
    unknownShare: total > 0 ? unknown / total : 0,
    count: chunkCounts.size,
    written: countWords(question.text),
  };
}

/** Words that a question has only because of its visitor's attributes → what they weigh at most. */
function limitOfPreferred(
  { text, preferred = "" }: Candidates["question"],
  chunkCounts: ReadonlyMap<string, number>,
  totalChunks: number,
): Map<string, number> {
  if (preferred === "") return new Map();
  const own = queryTerms(text.slice(0, text.length - preferred.length)).words;
  const weights = own.map((word) => inverseFrequency(chunkCounts.get(word) ?? 0, totalChunks));
  const mean = weights.reduce((sum, weight) => sum + weight, 0) / Math.max(1, own.length);
  const added = queryTerms(preferred).words.filter((word) => !own.includes(word));
  return new Map(added.map((word) => [word, PREFERRED_SHARE * mean]));
}

/** The stem of a word of the question, or the stems of one that is written with marks or spaces, such as `1 5`. */
function keyOf(word: string): string {
  return word.split(" ").map(stemOf).join(" ");
}

/** What counts as the question's words, besides themselves: other forms, the spellings of compounds, and synonyms of one or more words. */
function samenessOf(
  question: Candidates["question"],
  words: Iterable<string>,
): Pick<QuestionWords, "sameAs" | "sameAsTogether"> {
  const sameAs = new Map<string, string[]>();
  const sameAsTogether = new Map<string, string[]>();
  const add = (key: string, form: string): void => {
    const stems = keyOf(form);
    const map = stems.includes(" ") ? sameAsTogether : sameAs;
    const place = stems.includes(" ") ? ` ${stems} ` : stems;
    map.set(place, [...(map.get(place) ?? []), key]);
  };
  const { phrases, forms } = queryTerms(question.text);
  for (const word of words) {
    if (word.includes(" ")) add(keyOf(word), word);
    for (const form of forms.get(word) ?? []) add(keyOf(word), form);
  }
  for (const phrase of phrases)
    for (const form of forms.get(phrase) ?? [])
      for (const part of phrase.split(" ")) add(stemOf(part), form);
  for (const [term, same] of synonymsFor(question.text, question.synonyms)) {
    // The term as a whole, too: it may be a code.
    const keys = new Set([...stemsOf(term), keyOf(term), keyOf(term.replaceAll(" ", ""))]);
    for (const other of same) for (const key of keys) add(key, foldTerm(other));
  }
  return { sameAs, sameAsTogether };
}

function pairsOf(question: string, known: Map<string, number>): Map<string, number> {
  const stems = wordsOf(question).map(stemOf);
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
  /** The title with the headings, and the sentences. */
  above: Stems;
  sentences: Stems[];
  /** Both together. */
  whole: Stems;
  /** How often each stem occurs. In title and headings it counts twice. */
  counts: Map<string, number>;
}

/** The stems of a text, and what else its words are found by. */
interface Stems {
  inOrder: string[];
  /** Without order: joined, spelled out, and as stems of the text's language. */
  others: string[];
}

export function readText(passage: Passage): ReadText {
  const { language } = passage;
  const above = stemsIn([passage.title, ...passage.headingPath].join(" "), language);
  const sentences = splitSentences(passage.text).map((sentence) => stemsIn(sentence, language));
  const whole = together([above, ...sentences]);
  const counts = new Map<string, number>();
  for (const stem of [...above.inOrder, ...whole.inOrder])
    counts.set(stem, (counts.get(stem) ?? 0) + 1);
  return { above, sentences, whole, counts };
}

function stemsIn(text: string, language: string | null): Stems {
  const { words, others } = indexTerms(text, language);
  return { inOrder: words.map(stemOf), others: others.map(stemOf) };
}

function together(texts: Stems[]): Stems {
  return {
    inOrder: texts.flatMap(({ inOrder }) => inOrder),
    others: texts.flatMap(({ others }) => others),
  };
}

export function lexicalEvidence(
  words: QuestionWords,
  { above, sentences, whole, counts }: ReadText,
): LexicalEvidence & { stems: Set<string> } {
  const { known, pairs } = words;
  const stems = withEquivalents(words, whole);
  let sentence = 0;
  for (const own of sentences) {
    const found = withEquivalents(words, together([above, own]));
    sentence = Math.max(sentence, coveredShare(known, found));
  }
  const running = spaced(whole.inOrder);
  const sideBySide = new Set([...pairs.keys()].filter((pair) => running.includes(` ${pair} `)));
  return {
    stems,
    share: saturatedShare(known, stems, counts),
    sentence,
    pairs: coveredShare(pairs, sideBySide),
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

/**
 * The stems of a text, and the question's words that it contains in another form or as a synonym.
 * @param language of the text as an ISO 639 code; null where it is unclear
 */
export function stemsWithEquivalents(
  words: QuestionWords,
  text: string,
  language: string | null,
): Set<string> {
  return withEquivalents(words, stemsIn(text, language));
}

/**
 * Adds the question's words that the stems contain under another name: "package" adds the question's "parcel". A term of several words
 * counts only where they stand side by side: "E-08: colder than 12 °C" is not about E-12.
 */
function withEquivalents(
  { sameAs, sameAsTogether }: QuestionWords,
  { inOrder, others }: Stems,
): Set<string> {
  const found = new Set([...inOrder, ...others]);
  const named = Array.from(found, (stem) => sameAs.get(stem) ?? []);
  for (const word of named.flat()) found.add(word);
  if (sameAsTogether.size === 0) return found;
  const running = spaced(inOrder);
  for (const [term, words] of sameAsTogether)
    if (running.includes(term)) for (const word of words) found.add(word);
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
