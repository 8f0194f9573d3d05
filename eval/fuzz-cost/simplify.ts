import { grows, type Recipe } from "./recipe.ts";

/**
 * Makes a recipe shorter for as long as a check accepts the shorter one, so that what is printed says what costs.
 * @param tries the most checks
 */
export async function simplify(
  recipe: Recipe,
  accepts: (shorter: Recipe) => Promise<boolean>,
  tries: number,
): Promise<Recipe> {
  let current = recipe;
  let left = tries;
  for (let found = true; found && left > 0;) {
    found = false;
    for (const shorter of shorterThan(current)) {
      if (!grows(shorter)) continue;
      if (left-- <= 0) break;
      if (!(await accepts(shorter))) continue;
      current = shorter;
      found = true;
      break;
    }
  }
  return current;
}

/** Recipes with one part less, the simplest first. */
function shorterThan(recipe: Recipe): Recipe[] {
  if (typeof recipe === "string") return halves(recipe);
  if ("all" in recipe) {
    const [only, ...others] = recipe.all;
    if (only !== undefined && others.length === 0) return [only];
    const without = recipe.all.map((_, at): Recipe => ({ all: recipe.all.toSpliced(at, 1) }));
    const within = recipe.all.flatMap((part, at) =>
      shorterThan(part).map((shorter): Recipe => ({ all: recipe.all.with(at, shorter) })),
    );
    return [...recipe.all, ...without, ...within];
  }
  if ("repeat" in recipe) {
    const within = shorterThan(recipe.repeat).map((repeat): Recipe => ({ ...recipe, repeat }));
    const always: Recipe[] = recipe.times === undefined ? [] : [{ repeat: recipe.repeat }];
    return [recipe.repeat, ...always, ...within];
  }
  const [open, inner, close] = recipe.nest;
  const within = shorterThan(inner).map((shorter): Recipe => ({
    ...recipe,
    nest: [open, shorter, close],
  }));
  return [inner, ...within];
}

function halves(text: string): Recipe[] {
  if (text.length < 2) return [];
  const half = Math.floor(text.length / 2);
  return [text.slice(0, half), text.slice(half), text.slice(1), text.slice(0, -1)];
}
