/**
 * The direction between embeddings, which are unit vectors: their normalised mean. What is missing, or of another model's length than the
 * last one, does not count.
 * @returns null where all are missing
 */
export function meanVector(vectors: (number[] | null)[]): number[] | null {
  const known = vectors.filter((vector) => vector !== null);
  const last = known.at(-1);
  if (!last) return null;
  const [first = last, ...others] = known.filter(({ length }) => length === last.length);
  if (others.length === 0) return last;
  const sum = first.map((value, index) =>
    others.reduce((total, other) => total + (other[index] ?? 0), value),
  );
  const length = Math.hypot(...sum);
  return length > 0 ? sum.map((value) => value / length) : last;
}

/** The cosine of two vectors of any length; 0 where one of them is nothing but zeros. */
export function cosine(left: ArrayLike<number>, right: ArrayLike<number>): number {
  let dot = 0;
  let leftSquares = 0;
  let rightSquares = 0;
  for (let index = 0; index < left.length; index++) {
    const value = left[index] ?? 0;
    const other = right[index] ?? 0;
    dot += value * other;
    leftSquares += value * value;
    rightSquares += other * other;
  }
  const norms = Math.sqrt(leftSquares) * Math.sqrt(rightSquares);
  return norms === 0 ? 0 : dot / norms;
}
