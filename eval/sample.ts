import { createHash } from "node:crypto";

/** The seed of every sample and split, so that two runs measure the same questions. */
export const SEED = 20_261_123;

/** Draws `count` items without replacement by a seeded generator, and keeps their order. Returns all if there are not more. */
export function sample<T>(items: readonly T[], count: number, seed = SEED): T[] {
  if (items.length <= count) return [...items];
  const chosen = new Set(
    shuffle(
      items.map((_, index) => index),
      seed,
    ).slice(0, count),
  );
  return items.filter((_, index) => chosen.has(index));
}

/** Shuffles by the Fisher–Yates algorithm. */
export function shuffle<T>(items: readonly T[], seed = SEED): T[] {
  const shuffled = [...items];
  const random = mulberry32(seed);
  for (let last = shuffled.length - 1; last > 0; last--) {
    const other = Math.floor(random() * (last + 1));
    [shuffled[last], shuffled[other]] = [shuffled[other] as T, shuffled[last] as T];
  }
  return shuffled;
}

/** A small seeded generator of numbers from 0 to 1 (Tommy Ettinger's mulberry32). */
export function mulberry32(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Whether an item is drawn when a share of the items, 0 to 1, is. It does not depend on the other items. */
export function isInShare(id: string, share: number): boolean {
  return createHash("sha256").update(id).digest().readUInt32BE() < share * 2 ** 32;
}

/** Splits a set into two halves, one for training and one for measuring. An item's half does not depend on the other items. */
export function isInFirstHalf(id: string): boolean {
  return (createHash("sha256").update(id).digest()[0] ?? 0) % 2 === 0;
}
