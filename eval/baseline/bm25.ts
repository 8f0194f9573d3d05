/**
 * The baseline that answers are measured against: BM25 over heading sections, the best of which is quoted whole. It knows no
 * vectors, no stems, no synonyms and no history; it learns nothing and is never silent. It shares no code with the engine.
 *
 * Okapi BM25 as in Robertson & Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond" (2009), with the idf of
 * Lucene's `BM25Similarity`, which is never negative. `K1` and `B` are those of Anserini, with which BEIR's baseline is measured
 * (Thakur et al. 2021). docs/evaluation/passages.md has what other choices give.
 */
import type { Document } from "../../cli/document.ts";
import { splitSections, type Section } from "./sections.ts";

/** How soon further occurrences of a word stop counting. */
const K1 = 0.9;
/** How much a section's length counts, from 0 to 1. */
const B = 0.4;

/** @returns the sections that share a word with the question, best first; equals in the order of the documents */
export type SearchSections = (question: string) => Section[];

export function indexSections(documents: readonly Document[]): SearchSections {
  const sections = documents.flatMap(splitSections);
  const postings = new Map<string, Map<number, number>>();
  const lengths = sections.map(({ title, text }, section) => {
    // The title counts twice.
    const words = tokenise(`${title} ${title} ${text}`);
    for (const word of words) {
      const counts = postings.get(word) ?? new Map<number, number>();
      postings.set(word, counts.set(section, (counts.get(section) ?? 0) + 1));
    }
    return words.length;
  });
  const averageLength = lengths.reduce((sum, length) => sum + length, 0) / lengths.length;

  return (question) => {
    const scores = new Map<number, number>();
    for (const word of new Set(tokenise(question))) {
      const counts = postings.get(word) ?? new Map<number, number>();
      const idf = Math.log(1 + (sections.length - counts.size + 0.5) / (counts.size + 0.5));
      for (const [section, count] of counts) {
        const length = (lengths[section] as number) / averageLength;
        const score = (idf * count * (K1 + 1)) / (count + K1 * (1 - B + B * length));
        scores.set(section, (scores.get(section) ?? 0) + score);
      }
    }
    return [...scores]
      .toSorted(([a, left], [b, right]) => right - left || a - b)
      .map(([section]) => sections[section] as Section);
  };
}

/** The words of the English list that NLTK has from Porter et al.; they say how something is asked, not what. */
const STOP_WORDS = new Set(
  `i me my myself we our ours ourselves you your yours yourself yourselves he him his himself she her hers herself it its
itself they them their theirs themselves what which who whom this that these those am is are was were be been being
have has had having do does did doing a an the and but if or because as until while of at by for with about against
between into through during before after above below to from up down in out on off over under again further then once
here there when where why how all any both each few more most other some such no nor not only own same so than too
very s t can will just don should now`.split(/\s/),
);

const UNSPACED = String.raw`[\p{scx=Han}\p{scx=Hira}\p{scx=Kana}\p{scx=Thai}]`;
const WORD = new RegExp(String.raw`${UNSPACED}|(?:(?!${UNSPACED})[\p{L}\p{M}\p{N}])+`, "gu");

/** Lower-case runs of letters and digits without stop words; of a script that puts no spaces between words, single characters. */
function tokenise(text: string): string[] {
  const words = text.normalize("NFKC").toLowerCase().match(WORD) ?? [];
  return words.filter((word) => !STOP_WORDS.has(word));
}
