/** Exact binomial probabilities and bounds. Pure. */

/** P(X ≤ k) for X ~ Binomial(n, p), from the regularised incomplete beta function: 1 − I_p(k + 1, n − k). */
export function binomialCdf(k: number, n: number, p: number): number {
  if (k < 0) return 0;
  if (k >= n || p <= 0) return 1;
  if (p >= 1) return 0;
  return 1 - incompleteBeta(p, k + 1, n - k);
}

/**
 * The largest rate under which `errors` or fewer of `n` still happen with probability `delta`: the one-sided upper
 * confidence bound of Clopper and Pearson (1934), at confidence 1 − `delta`. 1 when nothing was observed.
 */
export function upperBound(errors: number, n: number, delta: number): number {
  if (errors >= n) return 1;
  let low = errors / n;
  let high = 1;
  // Each bisection step adds one bit; more steps than this exceed the precision of a double.
  for (let step = 0; step < 60; step++) {
    const middle = (low + high) / 2;
    if (binomialCdf(errors, n, middle) > delta) low = middle;
    else high = middle;
  }
  return high;
}

/** P(X ≤ k) for X marked ones among `drawn`, drawn without replacement from `size` of which `marked` are. */
export function hypergeometricCdf(k: number, size: number, marked: number, drawn: number): number {
  const all = logChoose(size, drawn);
  let total = 0;
  for (let x = Math.max(0, drawn + marked - size); x <= Math.min(k, marked, drawn); x++)
    total += Math.exp(logChoose(marked, x) + logChoose(size - marked, drawn - x) - all);
  return Math.min(1, total);
}

function logChoose(n: number, k: number): number {
  return logGamma(n + 1) - logGamma(k + 1) - logGamma(n - k + 1);
}

/** I_x(a, b), by the continued fraction of Press et al., Numerical Recipes, 3rd ed., §6.4 (modified Lentz's method). */
export function incompleteBeta(x: number, a: number, b: number): number {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  const front = Math.exp(
    logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log1p(-x),
  );
  // The fraction converges fast on one side of the mean only; the other side is its mirror image.
  return x < (a + 1) / (a + b + 2)
    ? (front * betaFraction(x, a, b)) / a
    : 1 - (front * betaFraction(1 - x, b, a)) / b;
}

const TINY = 1e-300;
const MOST_TERMS = 10_000;

function betaFraction(x: number, a: number, b: number): number {
  const nonZero = (value: number): number => (Math.abs(value) < TINY ? TINY : value);
  let c = 1;
  let d = 1 / nonZero(1 - ((a + b) * x) / (a + 1));
  let result = d;
  for (let m = 1; m <= MOST_TERMS; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / nonZero(1 + even * d);
    c = nonZero(1 + even / c);
    result *= d * c;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / nonZero(1 + odd * d);
    c = nonZero(1 + odd / c);
    result *= d * c;
    if (Math.abs(d * c - 1) < 1e-15) return result;
  }
  throw new Error(`The incomplete beta function did not converge at ${x}, ${a}, ${b}`);
}

/** ln Γ(x) for x > 0: Lanczos' approximation with g = 7 and nine terms, good to 15 digits (Godfrey's coefficients). */
function logGamma(x: number): number {
  const [first = 0, ...rest] = LANCZOS;
  const shifted = x - 1;
  const base = shifted + 7.5;
  const sum = rest.reduce((total, value, i) => total + value / (shifted + i + 1), first);
  return 0.5 * Math.log(2 * Math.PI) + (shifted + 0.5) * Math.log(base) - base + Math.log(sum);
}

const LANCZOS = [
  0.999_999_999_999_809_93, 676.520_368_121_885_1, -1259.139_216_722_402_8, 771.323_428_777_653_1,
  -176.615_029_162_140_6, 12.507_343_278_686_905, -0.138_571_095_265_720_12,
  9.984_369_578_019_572e-6, 1.505_632_735_149_311_6e-7,
];
