import type { MatchRule } from "../releases/release.ts";
import { embeddingModel } from "../models/table.ts";
import type { EmbeddedText } from "../retrieval/candidates.ts";
import { contentStems } from "../retrieval/query-terms.ts";
import type { ItemTexts } from "./items.ts";
import { cosine } from "../text/vectors.ts";

/** The texts of an item with their vectors; null where the model has none yet. */
export interface Wordings extends ItemTexts {
  /** In the order of {@link allOf}. */
  vectors: ArrayLike<number>[] | null;
}

/** A message that is compared with wordings. */
export interface AskedText {
  text: string;
  /** The message in pieces that one embedding represents well. */
  pieces: EmbeddedText[];
  /** The embedding model of the pieces and of the wordings. */
  model: string;
  /** Whether the model's vectors of the message mean something: one that knows English alone knows nothing of another language. */
  isKnownLanguage: boolean;
  /** The cosine of the nearest passage that the documents have; null where none was looked for. */
  nearestPassage: number | null;
}

/** How a message compares with the wordings of an item. The names are those of the release's weights. */
export interface MatchEvidence {
  /** The nearest wording, between an unrelated (0) and a matching (1) pair of texts of the model. */
  nearest: number;
  /** The mean of all wordings, on the same scale. */
  mean: number;
  /** What the owner's answer says, on the same scale; 0 for guidance. */
  said: number;
  /** Share of the words that the wordings have in common which the message has, too. */
  key: number;
  /** Share of the message's words that the wordings or the answer have. */
  known: number;
  /** By how much the nearest wording, or what is said, is nearer than the nearest passage of the documents. */
  lead: number;
  /** 1 where the message lacks a word that nearly all wordings have. */
  missing: number;
  /** The same, times the share of the message's words that the wordings lack: "deliver to Norway" where all say "Switzerland". */
  other: number;
}

/** A word is common to the wordings if so many of them have it. */
const COMMON = 0.7;
/** Share of two words' pairs of letters from which on one may be a misspelling of the other (Dice's coefficient), for words of five letters and more. */
const ALIKE = 0.7;
const LEAST_ALIKE_LETTERS = 5;

/**
 * The probability that a message asks what the wordings ask: 1 where its content words are those of a wording; 0 where it is nearer to what
 * they are unlike.
 */
export function matchProbability(asked: AskedText, wordings: Wordings, rule: MatchRule): number {
  const stems = stemsOf(asked.text);
  const isSame = (one: string): boolean => equal(stems, stemsOf(one));
  if (wordings.unlike.some(isSame)) return 0;
  if (wordings.like.some(isSame)) return 1;
  const evidence = matchEvidence(asked, wordings);
  if (!evidence) return 0;
  const names = Object.keys(rule.weights) as (keyof MatchEvidence)[];
  const sum = names.reduce((total, name) => total + rule.weights[name] * evidence[name], rule.bias);
  return 1 / (1 + Math.exp(-sum));
}

/** @returns undefined where no vectors tell anything, or the message is nearest to what the wordings are unlike */
export function matchEvidence(asked: AskedText, wordings: Wordings): MatchEvidence | undefined {
  const { like, unlike, said, vectors } = wordings;
  const pieces = asked.pieces.flatMap(({ vector }) => (vector ? [vector] : []));
  if (!asked.isKnownLanguage || !vectors || pieces.length === 0 || like.length === 0)
    return undefined;
  const { unrelatedCosine, matchingCosine } = embeddingModel(asked.model);
  const span = matchingCosine - unrelatedCosine;
  const cosines = vectors.map((one) => Math.max(...pieces.map((piece) => cosine(piece, one))));
  const near = cosines.slice(0, like.length);
  const nearest = Math.max(...near);
  const away = Math.max(0, ...cosines.slice(like.length, like.length + unlike.length));
  if (away >= nearest) return undefined;
  const spoken = Math.max(...cosines.slice(like.length + unlike.length), unrelatedCosine);
  const scaled = (value: number): number => (value - unrelatedCosine) / span;
  const mean = near.reduce((sum, one) => sum + one, 0) / near.length;
  const passage = asked.nearestPassage ?? nearest;
  return {
    nearest: scaled(nearest),
    mean: scaled(mean),
    said: scaled(spoken),
    lead: (Math.max(nearest, spoken) - passage) / span,
    ...wordEvidence(stemsOf(asked.text), like.map(stemsOf), said.map(stemsOf)),
  };
}

function wordEvidence(
  asked: Set<string>,
  wordings: Set<string>[],
  said: Set<string>[],
): Pick<MatchEvidence, "key" | "known" | "missing" | "other"> {
  const counts = new Map<string, number>();
  for (const wording of wordings)
    for (const stem of wording) counts.set(stem, (counts.get(stem) ?? 0) + 1);
  const stems = [...asked];
  const isAsked = (stem: string): boolean => stems.some((one) => areAlike(one, stem));
  let all = 0;
  let had = 0;
  let missing = 0;
  for (const [stem, count] of counts) {
    const share = count / wordings.length;
    const has = isAsked(stem);
    all += share ** 2;
    if (has) had += share ** 2;
    else if (share >= COMMON) missing = 1;
  }
  const words = [...counts.keys(), ...said.flatMap((one) => [...one])];
  const known = stems.filter((one) => words.some((stem) => areAlike(one, stem)));
  const share = known.length / Math.max(1, stems.length);
  return { key: all > 0 ? had / all : 0, known: share, missing, other: missing * (1 - share) };
}

function stemsOf(text: string): Set<string> {
  return new Set(contentStems(text));
}

function equal(one: Set<string>, other: Set<string>): boolean {
  return one.size > 0 && one.size === other.size && one.isSubsetOf(other);
}

/** Whether two stems are the same, or one may be a misspelling of the other. */
function areAlike(one: string, other: string): boolean {
  if (one === other) return true;
  if (Math.min(one.length, other.length) < LEAST_ALIKE_LETTERS) return false;
  const left = pairsOf(one);
  const right = pairsOf(other);
  return (2 * left.intersection(right).size) / (left.size + right.size) >= ALIKE;
}

function pairsOf(word: string): Set<string> {
  const marked = `^${word}$`;
  return new Set(Array.from({ length: marked.length - 1 }, (_, at) => marked.slice(at, at + 2)));
}
