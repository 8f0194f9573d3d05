import { splitSentences } from "../knowledge/sentences.ts";
import { inverseFrequency } from "./fuse.ts";
import type { Passage } from "./passages.ts";
import { wordsOf } from "./query-terms.ts";
import type { Candidates } from "./retrieve.ts";
import { stemOf, stemsOf } from "./stems.ts";

export interface QuestionWords {
  /** Stems of the telling words with their rarity; of a misspelt word, what was meant. */
  known: Map<string, number>;
  /** Share of the question's weight on words that the documents do not use; a corrected word stays unknown. */
  unknownShare: number;
  /** Telling words, corrections included. */
  count: number;
}

export function questionWords({ question, keywords }: Candidates): QuestionWords {
  const known = new Map<string, number>();
  let unknown = 0;
  let total = 0;
  for (const [word, chunks] of keywords.chunkCounts) {
    const weight = inverseFrequency(chunks, keywords.totalChunks);
    total += weight;
    if (chunks === 0) unknown += weight;
    if (!question.corrections.has(word)) known.set(stemOf(word), weight);
  }
  return { known, unknownShare: total > 0 ? unknown / total : 0, count: keywords.chunkCounts.size };
}

/** Share of the words' weight that the stems contain, 0–1. */
export function covered(words: Map<string, number>, stems: Set<string>): number {
  let total = 0;
  let found = 0;
  for (const [stem, weight] of words) {
    total += weight;
    if (stems.has(stem)) found += weight;
  }
  return total > 0 ? found / total : 0;
}

/** The most that one sentence covers, together with the title and headings above it, among those that `counts` accepts. */
export function sentenceCoverage(
  words: Map<string, number>,
  passage: Passage,
  counts: (sentence: string) => boolean = () => true,
): number {
  const above = stemsOf([passage.title, ...passage.headingPath].join(" "));
  const shares = splitSentences(passage.text)
    .filter(counts)
    .map((sentence) => covered(words, new Set([...above, ...stemsOf(sentence)])));
  return Math.max(0, ...shares);
}

export function wordsOfPassage(passage: Passage): Set<string> {
  return new Set(stemsOf(fullText(passage)));
}

/** Neighbouring telling words of a question ("delivery address"), as stems. */
export function wordPairs(question: string, words: Map<string, number>): string[] {
  const stems = wordsOf(question.toLowerCase()).map(stemOf);
  return stems.flatMap((stem, index) => {
    const next = stems[index + 1];
    return next !== undefined && words.has(stem) && words.has(next) ? [`${stem} ${next}`] : [];
  });
}

/** Share of the pairs that stand side by side in the passage, 0–1. */
export function pairShare(pairs: string[], passage: Passage): number {
  if (pairs.length === 0) return 0;
  const text = ` ${stemsOf(fullText(passage)).join(" ")} `;
  return pairs.filter((pair) => text.includes(` ${pair} `)).length / pairs.length;
}

function fullText(passage: Passage): string {
  return [passage.title, ...passage.headingPath, passage.text].join(" ");
}
