import { ngramFeatures, type FeatureRule } from "./ngram-features.ts";

/** A trained classifier, as `npm run eval:fit-classifiers` writes it. */
export interface ClassifierData {
  features: FeatureRule;
  /** Hash of the texts that it was trained on. */
  trainedOn?: string;
  /** What a weight of 1 stands for. */
  step: number;
  /** By label: its bias, and the weight of each bucket, one letter each, `h` for 0, `i` for 1, `g` for -1. The label "none" has neither. */
  labels: Record<string, { bias: number; weights: string }>;
}

const ZERO = "h".charCodeAt(0);

/**
 * The probability of each label of a text, by a multinomial logistic regression over {@link ngramFeatures}. The same text always has the same
 * ones. Takes linear time.
 * @returns by label; together with "none", which is left out, they are 1
 */
export function probabilities<Label extends string>(
  { features: rule, step, labels }: ClassifierData,
  text: string,
): Record<Label, number> {
  const features = ngramFeatures(text, rule);
  // Texts of all lengths have features of the same length.
  const scale = step / Math.sqrt(Math.max(1, features.length));
  const odds = Object.entries(labels).map(([label, { bias, weights }]) => {
    let sum = 0;
    for (const feature of features) sum += weights.charCodeAt(feature) - ZERO;
    return [label, Math.exp(bias + scale * sum)] as const;
  });
  const total = odds.reduce((sum, [, odd]) => sum + odd, 1);
  return Object.fromEntries(odds.map(([label, odd]) => [label, odd / total])) as Record<
    Label,
    number
  >;
}
