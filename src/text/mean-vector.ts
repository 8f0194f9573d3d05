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
