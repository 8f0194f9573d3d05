import type { Example } from "./examples.ts";
import type { ClassifierData } from "../../src/text/linear-classifier.ts";
import { ngramFeatures, type FeatureRule } from "../../src/text/ngram-features.ts";

/** A multinomial logistic regression before it is rounded: for each label but "none" its bias and the weight of each bucket. */
export interface Weights {
  rule: FeatureRule;
  labels: string[];
  bias: Float64Array;
  weights: Float32Array[];
}

export const NONE = "none";
const EPOCHS = 20;
const RATE = 0.3;
const L2 = 1e-5;
/** A weight is rounded to one of 2 × 7 + 1 values; finer ones did not recognise more. */
const LEVELS = 7;
/** Of the largest weights so many are cut, so that a few do not make the steps of all others coarse. */
const CUT = 0.0005;

/** AdaGrad (Duchi et al. 2011) on the log loss. Shuffled by a fixed seed: the same examples give the same weights. */
export function train(examples: readonly Example[], rule: FeatureRule): Weights {
  const labels = [
    NONE,
    ...new Set(examples.map(({ label }) => label).filter((one) => one !== NONE)),
  ];
  const size = 1 << rule.bits;
  const weights = labels.map(() => new Float32Array(size));
  const squares = labels.map(() => new Float32Array(size).fill(1e-6));
  const bias = new Float64Array(labels.length);
  const biasSquares = new Float64Array(labels.length).fill(1e-6);
  const seen = examples.map(({ label, text }) => ({
    features: ngramFeatures(text, rule),
    label: labels.indexOf(label),
  }));
  const random = generator(1);
  for (let epoch = 0; epoch < EPOCHS; epoch++) {
    shuffle(seen, random);
    const rate = RATE / (1 + epoch * 0.05);
    for (const { features, label } of seen) {
      const scale = 1 / Math.sqrt(Math.max(1, features.length));
      const odds = weights.map((own, index) =>
        Math.exp(sumOf(own, features) * scale + (bias[index] ?? 0)),
      );
      const total = odds.reduce((sum, one) => sum + one, 0);
      for (const [index, own] of weights.entries()) {
        const error = (odds[index] ?? 0) / total - (index === label ? 1 : 0);
        if (Math.abs(error) < 1e-4) continue;
        const square = squares[index] as Float32Array;
        for (const feature of features) {
          const slope = error * scale + L2 * (own[feature] ?? 0);
          square[feature] = (square[feature] ?? 0) + slope * slope;
          own[feature] = (own[feature] ?? 0) - (rate * slope) / Math.sqrt(square[feature] ?? 1);
        }
        biasSquares[index] = (biasSquares[index] ?? 0) + error * error;
        bias[index] = (bias[index] ?? 0) - (rate * error) / Math.sqrt(biasSquares[index] ?? 1);
      }
    }
  }
  return relative({ rule, labels, bias, weights });
}

/** The same probabilities with all weights of "none" at 0. */
function relative({ rule, labels, bias, weights }: Weights): Weights {
  const [none = new Float32Array()] = weights;
  const [noneBias = 0] = bias;
  return {
    rule,
    labels: labels.slice(1),
    bias: bias.slice(1).map((one) => one - noneBias),
    weights: weights.slice(1).map((own) => own.map((one, at) => one - (none[at] ?? 0))),
  };
}

/**
 * Rounds the weights, for a file of 64 KiB a label at 2^16 buckets.
 * @param trainedOn hash of the examples
 */
export function toData(
  { rule, labels, bias, weights }: Weights,
  trainedOn: string,
): ClassifierData {
  const sizes = weights.flatMap((own) => Array.from(own, Math.abs)).toSorted((a, b) => a - b);
  const largest = sizes[Math.floor(sizes.length * (1 - CUT))] ?? 1;
  const letter = (weight: number): string => {
    const level = Math.round((weight / largest) * LEVELS);
    return String.fromCharCode(104 + Math.max(-LEVELS, Math.min(LEVELS, level)));
  };
  return {
    features: rule,
    trainedOn,
    step: round(largest / LEVELS),
    labels: Object.fromEntries(
      labels.map((label, index) => [
        label,
        {
          bias: round(bias[index] ?? 0),
          weights: Array.from(weights[index] ?? [], letter).join(""),
        },
      ]),
    ),
  };
}

function round(value: number): number {
  return Math.round(value * 1e4) / 1e4;
}

function sumOf(weights: Float32Array, features: number[]): number {
  let sum = 0;
  for (const feature of features) sum += weights[feature] ?? 0;
  return sum;
}

/** Numbers from 0 to 1 (a linear congruential generator, Numerical Recipes). */
function generator(seed: number): () => number {
  let state = seed;
  return () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32;
}

function shuffle(list: unknown[], random: () => number): void {
  for (let at = list.length - 1; at > 0; at--) {
    const other = Math.floor(random() * (at + 1));
    [list[at], list[other]] = [list[other], list[at]];
  }
}
