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

/** The largest number of a signed byte. */
const SCALE = 127;

/** Vectors of one length as text: each is scaled to the length 127, and each of its numbers is one signed byte. In Base64. */
export function encodeVectors(vectors: number[][]): string {
  const characters = vectors.flatMap((vector) => {
    const length = Math.hypot(...vector) || 1;
    return vector.map((part) => String.fromCharCode(Math.round((part / length) * SCALE) & 0xff));
  });
  return btoa(characters.join(""));
}

/** The numbers of {@link encodeVectors}, one vector after the other. */
export function decodeVectors(encoded: string): Int8Array {
  return Int8Array.from(atob(encoded), (character) => character.charCodeAt(0));
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
