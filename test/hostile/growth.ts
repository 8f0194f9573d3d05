import { grammarNamed } from "../../eval/fuzz-cost/grammars.ts";
import type { Recipe } from "../../eval/fuzz-cost/recipe.ts";
import { measure, type Job } from "../../eval/fuzz-cost/work.ts";

/** An input that costs at least this much is small enough to be measured again at four times its size. */
const ENOUGH_MS = 6;
/** Less than this at a quarter of the largest size is no cost to speak of. */
const CHEAP_MS = 3;
const RUNS = 5;
/** A machine that was busy while the longer input ran makes linear work look quadratic; hardly three times in a row. */
const ATTEMPTS = 3;

/** The least growth of up to three measurements, which end with the first below `bound`. Quadratic work exceeds it in each. */
export async function leastGrowthOf(
  bound: number,
  ...input: Parameters<typeof growthOf>
): Promise<number> {
  let least = Infinity;
  for (let attempt = 0; attempt < ATTEMPTS && least >= bound; attempt++) {
    least = Math.min(least, await growthOf(...input));
  }
  return least;
}

/**
 * By how much the CPU of an input grows when it becomes four times as long: 4 when it is linear, 16 when it is quadratic. 0 for an
 * input that is cheap at every accepted size.
 * @param from the smallest size that is tried
 */
async function growthOf(
  grammar: string,
  target: string,
  recipe: Recipe,
  from = 100,
): Promise<number> {
  const largest = grammarNamed(grammar)?.largest ?? 0;
  const shorter: Job = { grammar, target, input: { recipe }, size: from, runs: 1 };
  let least = await msOf(shorter);
  while (least < ENOUGH_MS && shorter.size * 8 <= largest) {
    shorter.size *= 2;
    // The first run of a size is interpreted and costs more.
    least = Math.min(await msOf(shorter), await msOf(shorter));
  }
  if (least < CHEAP_MS) return 0;
  // Both sizes in turn, so that what else the machine does slows both.
  let longer = Infinity;
  for (let run = 0; run < RUNS; run++) {
    least = Math.min(least, await msOf(shorter));
    longer = Math.min(longer, await msOf({ ...shorter, size: shorter.size * 4 }));
  }
  return longer / least;
}

async function msOf(job: Job): Promise<number> {
  return (await measure(job)).ms;
}
