import { z } from "zod";
import { UsageError } from "../../cli/command.ts";
import { BOUNDS, curveOf, passes, proseCost } from "./curve.ts";
import { Lab } from "./lab.ts";
import { peakMemory } from "./memory.ts";
import { printHead, printRow } from "./print.ts";
import { recipeSchema } from "./recipe.ts";
import { find } from "./work.ts";

/** Measures one input again. @returns the exit code */
export async function replay(json: string): Promise<number> {
  const { grammar: name, target, recipe } = read(json);
  const { grammar } = find({ grammar: name, target });
  const lab = new Lab();
  try {
    const input = { recipe };
    const curve = await curveOf(lab, grammar, { target, input }, proseCost(lab, grammar));
    const size = curve.points.at(-1)?.size ?? grammar.largest;
    const megabytes = peakMemory({ grammar: name, target, input, size, runs: 1 });
    const within = passes(curve) && (megabytes ?? Infinity) <= BOUNDS.megabytes;
    printHead();
    printRow(name, target, curve, { megabytes, within });
    for (const { size, ms } of curve.points)
      console.log(`    ${size} characters: ${ms.toFixed(1)} ms`);
    return within ? 0 : 1;
  } finally {
    lab.stop();
  }
}

const printed = z.object({ grammar: z.string(), target: z.string(), recipe: recipeSchema });

function read(json: string): z.infer<typeof printed> {
  try {
    return printed.parse(JSON.parse(json));
  } catch {
    throw new UsageError("--replay takes the JSON that a search has printed.");
  }
}
