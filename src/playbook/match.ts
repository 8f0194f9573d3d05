import type { MatchRule } from "../releases/release.ts";
import { embeddingModel } from "../models/table.ts";
import type { EmbeddedText } from "../retrieval/candidates.ts";
import { countriesIn } from "../language/code-names.ts";
import type { LanguageCode } from "../language/language.ts";
import type { ItemTexts } from "./items.ts";
import { foldWord } from "../text/fold.ts";
import { cosine } from "../text/vectors.ts";
import { wordsOf } from "../text/words.ts";

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
  /** By how much the nearest wording, or what is said, is nearer than the nearest passage of the documents. */
  lead: number;
}

/**
 * The probability that a message asks what the wordings ask: 1 where its words are those of a wording; 0 where it is nearer to what they are
 * unlike, or has the very words of that.
 */
export function matchProbability(asked: AskedText, wordings: Wordings, rule: MatchRule): number {
  const words = plainWords(asked.text);
  const { like, unlike } = plainWordings(wordings);
  if (like.has(words)) return 1;
  if (unlike.has(words)) return 0;
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
  const { like, unlike, vectors } = wordings;
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

const plain = new WeakMap<Wordings, { like: Set<string>; unlike: Set<string> }>();

/** Wordings as {@link plainWords}, made once. */
function plainWordings(wordings: Wordings): { like: Set<string>; unlike: Set<string> } {
  const made = plain.get(wordings);
  if (made) return made;
  const all = {
    like: new Set(wordings.like.map(plainWords)),
    unlike: new Set(wordings.unlike.map(plainWords)),
  };
  plain.set(wordings, all);
  return all;
}

/** The words of a text, without case and punctuation. */
function plainWords(text: string): string {
  return wordsOf(text).map(foldWord).join(" ");
}
