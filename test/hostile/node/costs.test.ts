import { describe, expect, it } from "vitest";
import { grammarNamed } from "../../../eval/fuzz-cost/grammars.ts";
import { KNOWN } from "../../../eval/fuzz-cost/known.ts";
import { mutate, randomRecipe } from "../../../eval/fuzz-cost/mutate.ts";
import { Random } from "../../../eval/fuzz-cost/random.ts";
import { grows, textOf, type Recipe } from "../../../eval/fuzz-cost/recipe.ts";
import { score } from "../../../eval/fuzz-cost/score.ts";
import { Search } from "../../../eval/fuzz-cost/search.ts";
import { targetsOf } from "../../../eval/fuzz-cost/targets.ts";
import { slope } from "../../../eval/fuzz-cost/curve.ts";
import { leastGrowthOf } from "../growth.ts";

/** Four times the text may cost eight times as much: linear work costs four times, quadratic work sixteen times. */
const MOST_GROWTH = 8;
/** A short search tries no longer inputs. */
const LARGEST = 16_000;

describe("the inputs that the cost search has found", () => {
  for (const { name, grammar, target, recipe, from, open } of KNOWN) {
    it.skipIf(open)(`${grammar}: ${target} takes linear time for ${name}`, async () => {
      expect(await leastGrowthOf(MOST_GROWTH, grammar, target, recipe, from)).toBeLessThan(
        MOST_GROWTH,
      );
    });
  }
});

describe("a short search with a fixed seed", () => {
  for (const [name, tries] of [
    ["message", 120],
    ["query", 100],
    ["answer", 40],
    ["header", 30],
  ] as const) {
    it(`finds no ${name} whose cost grows faster than its length`, async () => {
      for (const { target, recipe } of await search(name, tries)) {
        const growth = await leastGrowthOf(MOST_GROWTH, name, target, recipe);
        expect(growth, `${target}: ${JSON.stringify(recipe)}`).toBeLessThan(MOST_GROWTH);
      }
    });
  }
});

/** The worst input of each target that has no open case. */
async function search(name: string, tries: number) {
  const grammar = grammarNamed(name);
  if (!grammar) throw new Error(`There is no grammar ${name}.`);
  const open = KNOWN.filter((one) => one.open && one.grammar === name);
  const isOpen = new Set(open.map(({ target }) => target));
  const targets = Object.keys(targetsOf(grammar)).filter((target) => !isOpen.has(target));
  const short = { ...grammar, largest: Math.min(grammar.largest, LARGEST) };
  const hillClimb = new Search({ score }, new Random(1), short, targets, 1);
  await hillClimb.run(() => hillClimb.tried < tries);
  return hillClimb.best.flatMap((candidates) => candidates.slice(0, 1));
}

describe("recipes", () => {
  it("a text has about the length that was asked for, and a repetition is numbered", () => {
    expect(textOf({ all: ["# ", { repeat: "ab" }, "\n", { repeat: "c" }] }, 103)).toBe(
      `# ${"ab".repeat(25)}\n${"c".repeat(50)}`,
    );
    expect(textOf({ repeat: "[{i}]", times: 3 }, 100)).toBe("[0][1][2]");
    expect(textOf({ nest: ["(", "x", ")"] }, 5)).toBe("((x))");
    expect(textOf({ repeat: "1" }, 5, ",")).toBe("1,1,1");
  });

  it("changes keep a recipe growing, within its size, and repeat with the seed", () => {
    const grammar = grammarNamed("markdown");
    if (!grammar) throw new Error("There is no grammar markdown.");
    const [first, second] = [1, 1].map((seed) => {
      const random = new Random(seed);
      let recipe: Recipe = randomRecipe(random, grammar);
      return Array.from({ length: 300 }, () => {
        recipe = mutate(random, grammar, recipe, { repeat: "a" });
        return recipe;
      });
    });
    expect(first).toEqual(second);
    for (const recipe of first ?? []) expect(grows(recipe)).toBe(true);
  });

  it("the exponent of a cost is the slope of its line on logarithmic axes", () => {
    const points = [1000, 2000, 4000, 8000].map((size) => ({ size, ms: size ** 1.5 }));
    expect(slope(points)).toBeCloseTo(1.5);
  });
});
