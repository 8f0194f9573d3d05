import { splitSentences } from "../knowledge/sentences.ts";
import { inverseFrequency } from "../retrieval/fuse.ts";
import type { KeywordResult } from "../retrieval/keywords.ts";
import { stemOf, stemsOf } from "../retrieval/stems.ts";
import type { Source } from "./turn.ts";

/** Sentences (or list items, or table rows) quoted from one passage. */
const MAX_SENTENCES = 4;
const MAX_CHARACTERS = 420;
/** A sentence that shares nothing with the question still belongs to a passage that was found for it. */
const BASE_VALUE = 0.08;

/**
 * Composes an answer without a language model: the stretch of the best source's text that says most about the question,
 * verbatim, and one more from another source if that says more about some of its words.
 */
export function extractiveAnswer(sources: Source[], keywords: KeywordResult | undefined): string {
  const weights = wordWeights(keywords);
  const first = sources[0];
  if (!first) return "";
  const lead = bestStretch(first, weights);
  const said = new Set(stemsOf(lead.text));
  const unsaid = new Map([...weights].filter(([stem]) => !said.has(stem)));
  const parts = [`${lead.text} [${first.n}]`];
  const second = sources[1] ? bestStretch(sources[1], unsaid) : undefined;
  if (second && sources[1] && second.value > lead.value) parts.push(`${second.text} [${sources[1].n}]`);
  return parts.join("\n\n");
}

function wordWeights(keywords: KeywordResult | undefined): Map<string, number> {
  const weights = new Map<string, number>();
  for (const [word, chunks] of keywords?.chunkCounts ?? []) {
    if (chunks > 0) weights.set(stemOf(word), inverseFrequency(chunks, keywords?.totalChunks ?? 1));
  }
  return weights;
}

interface Stretch {
  text: string;
  value: number;
}

/** The best run of consecutive sentences over a source's passages; earlier passages were found to be better. */
function bestStretch(source: Source, weights: Map<string, number>): Stretch {
  let best: Stretch = { text: source.passages[0]?.text ?? "", value: -1 };
  for (const [position, passage] of source.passages.entries()) {
    const discount = 1 / (1 + 0.35 * position);
    for (const stretch of stretchesOf(passage.text, weights)) {
      const value = stretch.value * discount;
      if (value > best.value) best = { text: stretch.text, value };
    }
  }
  return best;
}

function* stretchesOf(text: string, weights: Map<string, number>): Generator<Stretch> {
  const sentences = locate(text);
  const total = [...weights.values()].reduce((sum, weight) => sum + weight, 0) || 1;
  for (const [from, first] of sentences.entries()) {
    const seen = new Set<string>();
    let value = 0;
    for (const sentence of sentences.slice(from, from + MAX_SENTENCES)) {
      if (sentence.end - first.start > MAX_CHARACTERS && sentence !== first) break;
      value += BASE_VALUE;
      for (const stem of stemsOf(sentence.text)) {
        if (seen.has(stem)) continue;
        seen.add(stem);
        value += (weights.get(stem) ?? 0) / total;
      }
      yield { text: text.slice(first.start, sentence.end), value };
    }
  }
}

/** Where each sentence stands in the text, so that a stretch is cut out as it is written. */
function locate(text: string): { text: string; start: number; end: number }[] {
  let position = 0;
  return splitSentences(text).map((sentence) => {
    const start = Math.max(text.indexOf(sentence, position), position);
    position = start + sentence.length;
    return { text: sentence, start, end: position };
  });
}
