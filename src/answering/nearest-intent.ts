import type { LanguageCode } from "../language/language.ts";
import { embeddingModel } from "../models/table.ts";
import type { Exemplar } from "../releases/exemplar-vectors.ts";
import { cosine } from "../text/vectors.ts";
import { wordsOf } from "../text/words.ts";

/** A longer message says more than one exemplar does. */
const MAX_WORDS = 20;

interface Measure {
  /** Of the vectors. */
  model: string;
  /** Between an unrelated (0) and a matching (1) pair of texts of the model. */
  threshold: number;
  /** Of the message; null where it tells none. */
  language: LanguageCode | null;
}

/**
 * The intent of the exemplar that is nearest to a message in meaning, "none" for one that is a question; undefined where none is near enough.
 * @param vector of the whole message, by the model that made the exemplars' vectors
 */
export function nearestIntent(
  message: string,
  vector: number[],
  exemplars: Exemplar[],
  { model, threshold, language }: Measure,
): Exemplar["kind"] | undefined {
  const { unrelatedCosine, matchingCosine, isEnglish = false } = embeddingModel(model);
  const isKnown = !isEnglish || language === null || language === "en";
  if (!isKnown || wordsOf(message).length > MAX_WORDS) return undefined;
  let best: { kind: Exemplar["kind"]; near: number } | undefined;
  for (const exemplar of exemplars) {
    const near = cosine(vector, exemplar.vector);
    if (!best || near > best.near) best = { kind: exemplar.kind, near };
  }
  const least = unrelatedCosine + threshold * (matchingCosine - unrelatedCosine);
  return best && best.near >= least ? best.kind : undefined;
}
