import type { Recipe } from "./recipe.ts";
import { measure, type Job } from "./work.ts";

export interface ScoreJob {
  grammar: string;
  target: string;
  recipe: Recipe;
  largest: number;
  /** CPU of ordinary prose of the largest size, in milliseconds. */
  proseMs: number;
}

const FIRST_SIZE = 1000;
const STEP = 4;
/** A probe ends at a size that costs this much: the rest is extrapolated. */
const ENOUGH_MS = 60;
/** Below this a cost says nothing of its growth. */
const LEAST_MS = 0.5;

/**
 * A quick estimate from growing sizes: the logarithm, to base 2, of the cost that is to be expected of the largest input, as a
 * multiple of prose.
 */
export async function score({
  grammar,
  target,
  recipe,
  largest,
  proseMs,
}: ScoreJob): Promise<number> {
  const job: Job = { grammar, target, input: { recipe }, size: 0, runs: 1 };
  let before: { size: number; ms: number } | undefined;
  let exponent = 1;
  for (let size = Math.min(FIRST_SIZE, largest); ; size = Math.min(size * STEP, largest)) {
    let { ms } = await measure({ ...job, size });
    // The first run of a function is interpreted, and costs more than those after it.
    if (ms < ENOUGH_MS) ms = Math.min(ms, (await measure({ ...job, size })).ms);
    if (before && before.ms > LEAST_MS)
      exponent = Math.log(ms / before.ms) / Math.log(size / before.size);
    if (size >= largest || ms >= ENOUGH_MS) {
      const growth = Math.min(3, Math.max(0.9, exponent));
      const expected = Math.max(ms, 0.01) * (largest / size) ** growth;
      return Math.log2(expected / Math.max(proseMs, 0.1));
    }
    before = { size, ms };
  }
}
