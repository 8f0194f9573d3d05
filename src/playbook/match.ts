import type { MatchRule } from "../releases/release.ts";
import { embeddingModel } from "../models/table.ts";
import type { EmbeddedText } from "../retrieval/candidates.ts";
import { contentStems } from "../retrieval/query-terms.ts";
import { countriesIn } from "../language/code-names.ts";
import type { LanguageCode } from "../language/language.ts";
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
  /** Of the message; null where it tells none. */
  language: LanguageCode | null;
  /** The cosine of the nearest passage that the documents have; null where there is none, or none was looked for. */
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
  /** Share of the message's words that the wordings or the answer have. */
  known: number;
  /** By how much the nearest wording, or what is said, is nearer than the nearest passage of the documents. */
  lead: number;
}

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
  const probability = 1 / (1 + Math.exp(-sum));
  // Looked at last: it takes longer than all before.
  const isOther = probability >= rule.thresholds.likely && namesAnotherCountry(asked, wordings);
  return isOther ? 0 : probability;
}

/** @returns undefined where no vectors tell anything, or the message is nearest to what the wordings are unlike */
export function matchEvidence(asked: AskedText, wordings: Wordings): MatchEvidence | undefined {
  const { like, unlike, said, vectors } = wordings;
  const pieces = asked.pieces.flatMap(({ vector }) => (vector ? [vector] : []));
  const { unrelatedCosine, matchingCosine, isEnglish = false } = embeddingModel(asked.model);
  // A model that knows English alone makes nothing of another language.
  const isKnown = !isEnglish || asked.language === null || asked.language === "en";
  if (!isKnown || !vectors || pieces.length === 0 || like.length === 0) return undefined;
  const span = matchingCosine - unrelatedCosine;
  const cosines = vectors.map((one) => Math.max(...pieces.map((piece) => cosine(piece, one))));
  const near = cosines.slice(0, like.length);
  const nearest = Math.max(...near);
  const away = Math.max(0, ...cosines.slice(like.length, like.length + unlike.length));
  if (away >= nearest) return undefined;
  const spoken = Math.max(...cosines.slice(like.length + unlike.length), unrelatedCosine);
  const scaled = (value: number): number => (value - unrelatedCosine) / span;
  const mean = near.reduce((sum, one) => sum + one, 0) / near.length;
  const passage = asked.nearestPassage ?? unrelatedCosine;
  return {
    nearest: scaled(nearest),
    mean: scaled(mean),
    said: scaled(spoken),
    lead: (Math.max(nearest, spoken) - passage) / span,
    known: shareKnown(stemsOf(asked.text), [...like, ...said].map(stemsOf)),
  };
}

/** "Do you deliver to Norway?" asks something else than wordings that are about Switzerland, however near it is. */
function namesAnotherCountry({ text, language }: AskedText, { like }: Wordings): boolean {
  const asked = new Set(named(text, language));
  if (asked.size === 0) return false;
  const own = new Set(like.flatMap((one) => named(one, language)));
  return own.size > 0 && asked.isDisjointFrom(own);
}

function named(text: string, language: LanguageCode | null): string[] {
  const languages = new Set<LanguageCode>(["en", language ?? "en"]);
  return [...languages].flatMap((one) => countriesIn(text, one));
}

/** Share of the stems that one of the words is like. */
function shareKnown(asked: Set<string>, texts: Set<string>[]): number {
  const words = texts.flatMap((one) => [...one]);
  const known = [...asked].filter((stem) => words.some((word) => areAlike(stem, word)));
  return known.length / Math.max(1, asked.size);
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
