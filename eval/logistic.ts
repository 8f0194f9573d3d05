/** A logistic regression: probability = 1 / (1 + exp(−(bias + weights · features))). */
export interface Model {
  bias: number;
  weights: number[];
}

export interface Example {
  features: number[];
  label: 0 | 1;
  /** The weight of the example; default 1. */
  weight?: number;
}

/** For each feature: 1 when its weight may not be negative, −1 when it may not be positive. */
export type Sign = 1 | -1;

const MOST_STEPS = 200_000;
const CONVERGED = 1e-10;

/**
 * Minimises the log loss summed over the weighted examples, plus `l2`/2 times the squared weights (without the bias), with each
 * weight restricted to its sign. Projected gradient descent with Nesterov's momentum, restarted when it overshoots
 * (O'Donoghue, Candès 2012, arXiv 1204.3982). Convex and without randomness: the same examples give the same model.
 */
export function fit(examples: readonly Example[], signs: readonly Sign[], l2: number): Model {
  // The gradient's Lipschitz constant: a quarter of the examples' squared lengths, with the bias as a feature of value 1.
  const lengths = examples.map(
    ({ features, weight = 1 }) => weight * (1 + features.reduce((total, x) => total + x * x, 0)),
  );
  const step = 1 / (lengths.reduce((total, length) => total + length, 0) / 4 + l2);
  let current = { bias: 0, weights: signs.map(() => 0) };
  let ahead: Model = current;
  let momentum = 1;
  for (let count = 0; count < MOST_STEPS; count++) {
    const slope = gradient(examples, ahead, l2);
    const next = {
      bias: ahead.bias - step * slope.bias,
      weights: signs.map(
        (sign, i) =>
          sign * Math.max(0, sign * (at(ahead.weights, i) - step * at(slope.weights, i))),
      ),
    };
    const move = combine(next, current, (a, b) => a - b);
    if (Math.max(Math.abs(move.bias), ...move.weights.map(Math.abs)) < CONVERGED) return next;
    const overshoots =
      slope.bias * move.bias +
        slope.weights.reduce((sum, s, i) => sum + s * at(move.weights, i), 0) >
      0;
    const grown = (1 + Math.sqrt(1 + 4 * momentum * momentum)) / 2;
    const carry = overshoots ? 0 : (momentum - 1) / grown;
    momentum = overshoots ? 1 : grown;
    ahead = combine(next, move, (a, b) => a + carry * b);
    current = next;
  }
  throw new Error(`The regression did not converge in ${MOST_STEPS} steps`);
}

function gradient(examples: readonly Example[], model: Model, l2: number): Model {
  const slope = { bias: 0, weights: model.weights.map((weight) => l2 * weight) };
  for (const { features, label, weight = 1 } of examples) {
    const error = weight * (predict(model, features) - label);
    slope.bias += error;
    for (const [i, x] of features.entries()) slope.weights[i] = at(slope.weights, i) + error * x;
  }
  return slope;
}

export function predict({ bias, weights }: Model, features: readonly number[]): number {
  const logit = features.reduce((total, x, i) => total + x * at(weights, i), bias);
  return 1 / (1 + Math.exp(-logit));
}

function combine(a: Model, b: Model, operation: (a: number, b: number) => number): Model {
  return {
    bias: operation(a.bias, b.bias),
    weights: a.weights.map((weight, i) => operation(weight, at(b.weights, i))),
  };
}

function at(values: readonly number[], index: number): number {
  return values[index] ?? 0;
}
