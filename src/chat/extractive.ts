import { splitSentences } from "../knowledge/sentences.ts";
import { answersKindOf } from "../retrieval/answer-type.ts";
import { inverseFrequency } from "../retrieval/fuse.ts";
import type { KeywordResult } from "../retrieval/keywords.ts";
import { stemOf, stemsOf } from "../retrieval/stems.ts";
import type { Finding } from "./find.ts";
import type { Source } from "./turn.ts";
import { withoutForeignMarkers } from "./verify.ts";

/** Sentences, list items or table rows quoted from one passage. */
const MAX_SENTENCES = 6;
const MAX_CHARACTERS = 420;
/** A sentence that shares no word with the question still belongs to a passage that was found for it. */
const BASE_VALUE = 0.08;
/** Share of the question's weight that a second source must add, beyond what the first one says, to be quoted too. */
const WORTH_ADDING = 0.35;
/** Of later passages of a source, how much less each is worth than the one before: they were found to fit less. */
const POSITION_DISCOUNT = 0.35;
/** Of each character: between two stretches that say as much, the shorter one is the answer. */
const LENGTH_COST = 0.0002;
/** For a stretch with a value of the kind that the question asks for: a price, a time, a number. */
const ASKED_VALUE = 0.12;
/** `Code: E-07; Meaning: …`: a row of a table stands alone, while neighbours of a sentence or a step belong to it. */
const TABLE_ROW = /^[^;\n]{1,80}; [^:;\n]{1,40}: /;

/**
 * Composes an answer without a language model, question by question. What was not found is said last: before a marker, the
 * visitor's words and numbers would be taken for what its source says.
 */
export function extractiveAnswer(findings: Finding[], sources: Source[]): string {
  const isFound = ({ decision }: Finding): boolean => decision.action === "answer";
  const answers = findings.filter(isFound).map((finding) => {
    const found = new Set(finding.passages.map(({ externalId }) => externalId));
    // In the order of this question's passages, which may not be that of the numbers.
    const order = [...found];
    const own = sources
      .filter(({ externalId }) => found.has(externalId))
      .toSorted((a, b) => order.indexOf(a.externalId) - order.indexOf(b.externalId));
    return answerOne(finding.question.text, own, finding.candidates.keywords);
  });
  const misses = findings
    .filter((finding) => !isFound(finding))
    .map(({ question }) => {
      return `I couldn't find an answer to “${withoutForeignMarkers(question.text)}”.`;
    });
  return [...answers, ...misses].filter(Boolean).join("\n\n");
}

/**
 * The stretch of the best source's text that says most about the question, verbatim, and one more from another source if
 * that says more about some of its words.
 */
function answerOne(question: string, sources: Source[], keywords: KeywordResult): string {
  const weights = wordWeights(keywords);
  const holdsValue = answersKindOf(question);
  const [first, second] = sources;
  if (!first) return "";
  const lead = bestStretch(first, weights, holdsValue);
  const parts = [quoted(lead.text, first)];
  const said = new Set(stemsOf(lead.text));
  const unsaid = new Map([...weights].filter(([stem]) => !said.has(stem)));
  const addition = second && bestStretch(second, unsaid, holdsValue);
  if (second && addition && addition.shared >= WORTH_ADDING * total(weights)) {
    parts.push(quoted(addition.text, second));
  }
  return parts.join("\n\n");
}

function quoted(text: string, source: Source): string {
  return `${withoutForeignMarkers(text)} [${source.n}]`;
}

function wordWeights(keywords: KeywordResult): Map<string, number> {
  const weights = new Map<string, number>();
  for (const [word, chunks] of keywords.chunkCounts) {
    if (chunks > 0) weights.set(stemOf(word), inverseFrequency(chunks, keywords.totalChunks));
  }
  return weights;
}

function total(weights: Map<string, number>): number {
  return [...weights.values()].reduce((sum, weight) => sum + weight, 0);
}

interface Stretch {
  text: string;
  value: number;
  /** Weight of the question's words that it contains. */
  shared: number;
}

/** The best run of consecutive sentences over a source's passages. */
function bestStretch(
  source: Source,
  weights: Map<string, number>,
  holdsValue: ((text: string) => boolean) | undefined,
): Stretch {
  let best: Stretch = { text: source.passages[0]?.text ?? "", value: -1, shared: 0 };
  for (const [position, passage] of source.passages.entries()) {
    const discount = 1 / (1 + POSITION_DISCOUNT * position);
    for (const stretch of stretchesOf(passage.text, weights)) {
      const asked = holdsValue?.(stretch.text) ? ASKED_VALUE : 0;
      const value = (stretch.value + asked) * discount - stretch.text.length * LENGTH_COST;
      if (value > best.value) best = { ...stretch, value };
    }
  }
  return best;
}

/** A step belongs to the steps before it, the next sentences less and less, and a row of a table not at all. */
function valueAsNeighbour(sentence: string, distance: number): number {
  if (TABLE_ROW.test(sentence)) return -BASE_VALUE;
  return /^\d+\. /.test(sentence) ? BASE_VALUE : BASE_VALUE / 2 ** distance;
}

function* stretchesOf(text: string, weights: Map<string, number>): Generator<Stretch> {
  const sentences = locate(text);
  const whole = total(weights) || 1;
  for (const [from, first] of sentences.entries()) {
    const seen = new Set<string>();
    let shared = 0;
    let base = 0;
    for (const sentence of sentences.slice(from, from + MAX_SENTENCES)) {
      if (sentence.end - first.start > MAX_CHARACTERS && sentence !== first) break;
      base +=
        sentence === first ? BASE_VALUE : valueAsNeighbour(sentence.text, sentence.index - from);
      for (const stem of stemsOf(sentence.text)) {
        if (seen.has(stem)) continue;
        seen.add(stem);
        shared += weights.get(stem) ?? 0;
      }
      yield { text: text.slice(first.start, sentence.end), value: base + shared / whole, shared };
    }
  }
}

/** Where each sentence stands in the text, so that a stretch is cut out as it is written. */
function locate(text: string): { text: string; index: number; start: number; end: number }[] {
  let position = 0;
  return splitSentences(text).map((sentence, index) => {
    const start = Math.max(text.indexOf(sentence, position), position);
    position = start + sentence.length;
    return { text: sentence, index, start, end: position };
  });
}
