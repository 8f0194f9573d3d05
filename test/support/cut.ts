/** Cuts a text into pieces of these lengths and a rest, as a stream may. */
export function cutAt(text: string, sizes: number[]): string[] {
  let rest = text;
  const pieces = sizes.map((size) => {
    const piece = rest.slice(0, size);
    rest = rest.slice(size);
    return piece;
  });
  return [...pieces, rest];
}
