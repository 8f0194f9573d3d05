/** Cells of the table of a longest common subsequence; longer stretches are cut at words that both sides hold once. */
const MAX_CELLS = 16_000_000;

/**
 * Pairs the words of two texts in their order: a longest common subsequence. A stretch of more than {@link MAX_CELLS} pairs is first
 * cut at the words that stand once on each side, and where there are none into windows of equal share.
 * @returns for each word of `a` the place of its partner in `b`, or −1
 */
export function align(a: string[], b: string[]): Int32Array {
  const partners = new Int32Array(a.length).fill(-1);
  alignWithin(a, b, [0, a.length], [0, b.length], partners);
  return partners;
}

type Range = [start: number, end: number];

function alignWithin(
  a: string[],
  b: string[],
  [a0, a1]: Range,
  [b0, b1]: Range,
  out: Int32Array,
): void {
  while (a0 < a1 && b0 < b1 && a[a0] === b[b0]) out[a0++] = b0++;
  while (a0 < a1 && b0 < b1 && a[a1 - 1] === b[b1 - 1]) out[--a1] = --b1;
  if (a0 === a1 || b0 === b1) return;
  if ((a1 - a0 + 1) * (b1 - b0 + 1) <= MAX_CELLS) {
    longestCommon(a, b, [a0, a1], [b0, b1], out);
    return;
  }
  const cuts = anchors(a, b, [a0, a1], [b0, b1]);
  if (cuts.length === 0) cuts.push([(a0 + a1) >> 1, (b0 + b1) >> 1]);
  let [fromA, fromB] = [a0, b0];
  for (const [toA, toB] of [...cuts, [a1, b1] as const]) {
    alignWithin(a, b, [fromA, toA], [fromB, toB], out);
    [fromA, fromB] = [toA, toB];
  }
}

/** Words that stand once on each side and in the same order: a longest increasing subsequence. */
function anchors(a: string[], b: string[], [a0, a1]: Range, [b0, b1]: Range): [number, number][] {
  const inB = once(b, b0, b1);
  const pairs = [...once(a, a0, a1)]
    .flatMap(([word, place]): [number, number][] => {
      const partner = inB.get(word);
      return partner === undefined ? [] : [[place, partner]];
    })
    .toSorted(([one], [other]) => one - other);
  const piles: number[] = [];
  const before: number[] = [];
  for (const [index, [, place]] of pairs.entries()) {
    let low = 0;
    for (let high = piles.length; low < high;) {
      const middle = (low + high) >> 1;
      if ((pairs[piles[middle] ?? 0]?.[1] ?? 0) < place) low = middle + 1;
      else high = middle;
    }
    before[index] = piles[low - 1] ?? -1;
    piles[low] = index;
  }
  const chosen: [number, number][] = [];
  for (let index = piles.at(-1) ?? -1; index >= 0; index = before[index] ?? -1) {
    const pair = pairs[index];
    // A cut at the very start divides nothing.
    if (pair && (pair[0] > a0 || pair[1] > b0)) chosen.unshift(pair);
  }
  return chosen;
}

function once(words: string[], start: number, end: number): Map<string, number> {
  const places = new Map<string, number>();
  const repeated = new Set<string>();
  for (let place = start; place < end; place++) {
    const word = words[place] ?? "";
    if (places.has(word)) repeated.add(word);
    places.set(word, place);
  }
  for (const word of repeated) places.delete(word);
  return places;
}

function longestCommon(
  a: string[],
  b: string[],
  [a0, a1]: Range,
  [b0, b1]: Range,
  out: Int32Array,
): void {
  const width = b1 - b0 + 1;
  const lengths = new Uint16Array((a1 - a0 + 1) * width);
  for (let i = a1 - a0 - 1; i >= 0; i--)
    for (let j = width - 2; j >= 0; j--) {
      const here = i * width + j;
      lengths[here] =
        a[a0 + i] === b[b0 + j]
          ? (lengths[here + width + 1] ?? 0) + 1
          : Math.max(lengths[here + width] ?? 0, lengths[here + 1] ?? 0);
    }
  for (let i = 0, j = 0; i < a1 - a0 && j < width - 1;) {
    const here = i * width + j;
    if (a[a0 + i] === b[b0 + j] && lengths[here] === (lengths[here + width + 1] ?? 0) + 1)
      out[a0 + i++] = b0 + j++;
    else if ((lengths[here + width] ?? 0) >= (lengths[here + 1] ?? 0)) i++;
    else j++;
  }
}
