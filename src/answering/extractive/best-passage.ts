import type { SourcePassage } from "../../citations/source.ts";
import type { Finding } from "../../retrieval/candidates.ts";
import { covered, questionWords, wordsSaid } from "../../retrieval/lexical-evidence.ts";
import { splitSentences } from "../../text/sentences.ts";

/**
 * Where title and headings ask the question already ("My pods are not sprouting"), what answers it need not say its words again, and the
 * shortest passage is the nearest in meaning, for it is embedded with them: the fuller one is worth this much more.
 */
const ASKED_ABOVE = 0.2;
/** Characters of a passage that is full, about. */
const FULL_LENGTH = 400;

/** What a text says about a question. */
export interface Relevance {
  /** Stems of the question's words that the text says, or means by a synonym. */
  said: (text: string) => Set<string>;
  /** Share of the question's weight that these words are, 0–1. */
  share: (words: Set<string>) => number;
  /** The share of the sentence that says most, with the headings above it. */
  ofBestSentence: (text: string, headings?: string[]) => number;
}

export function relevance({ candidates }: Finding): Relevance {
  // Of a long message, the last are those of the whole of it.
  const words = questionWords(candidates).at(-1);
  const known = words?.known ?? new Map<string, number>();
  const said: Relevance["said"] = (text) => (words ? wordsSaid(words, text) : new Set());
  const share: Relevance["share"] = (found) => covered(known, found);
  return {
    said,
    share,
    ofBestSentence: (text, headings = []) => {
      const above = headings.join("\n");
      const shares = splitSentences(text).map((sentence) => share(said(`${above}\n${sentence}`)));
      return Math.max(0, ...shares);
    },
  };
}

/**
 * Of one document's passages, the one to answer from. The order of documents asks what a document is about, and all of its passages share
 * that: between these, what one sentence says counts as much as the nearness in meaning (docs/decisions/0044).
 * @returns undefined if none of them was found for the question
 */
export function bestPassage<P extends SourcePassage>(
  finding: Finding,
  passages: P[],
): P | undefined {
  const { said, share, ofBestSentence } = relevance(finding);
  const found = new Map(finding.passages.map((passage) => [passage.chunkId, passage]));
  let best: { passage: P; value: number } | undefined;
  for (const passage of passages) {
    const ranked = found.get(passage.chunkId);
    if (!ranked) continue;
    const { title, headingPath, text, rankEvidence } = ranked;
    const above = share(said([title, ...headingPath].join("\n")));
    const value =
      (rankEvidence?.similarity ?? 0) +
      ofBestSentence(text, headingPath) +
      ASKED_ABOVE * above * Math.min(1, text.length / FULL_LENGTH);
    if (!best || value > best.value) best = { passage, value };
  }
  return best?.passage;
}
