import type { Grammar } from "./grammars.ts";
import type { Random } from "./random.ts";
import { grows, type Recipe } from "./recipe.ts";

const MAX_PARTS = 5;
const DEPTHS = [2, 5, 20, 50, 90];
const TIMES = [2, 10, 50, 300];
/** A recipe is meant to be read; a longer one is not mutated further. */
const MAX_RECIPE = 600;

/** A recipe of one to three fragments, of which the text grows. */
export function randomRecipe(random: Random, grammar: Grammar): Recipe {
  const unit = fragments(random, grammar);
  const growing = growingPart(random, grammar, unit);
  if (random.next() < 0.5) return growing;
  return { all: shuffled(random, [growing, random.pick(grammar.fragments)]) };
}

/** One change of a recipe: growing, repeating, nesting, splicing or a change of one fragment. */
export function mutate(random: Random, grammar: Grammar, recipe: Recipe, other: Recipe): Recipe {
  const changed = change(random, grammar, recipe, other);
  if (!grows(changed) || JSON.stringify(changed).length > MAX_RECIPE)
    return randomRecipe(random, grammar);
  return changed;
}

function change(random: Random, grammar: Grammar, recipe: Recipe, other: Recipe): Recipe {
  const roll = random.next();
  if (roll < 0.1) return splice(random, recipe, other);
  if (roll < 0.5 && typeof recipe !== "string") return changeInside(random, grammar, recipe, other);
  if (roll < 0.6) return { all: [recipe, random.pick(grammar.fragments)] };
  if (roll < 0.7) return { all: [random.pick(grammar.fragments), recipe] };
  if (roll < 0.78) return nested(random, grammar, recipe);
  if (roll < 0.84) return { repeat: recipe, times: random.pick(TIMES) };
  if (typeof recipe === "string") return changeFragment(random, grammar, recipe);
  return changeInside(random, grammar, recipe, other);
}

function changeInside(
  random: Random,
  grammar: Grammar,
  recipe: Exclude<Recipe, string>,
  other: Recipe,
): Recipe {
  if ("all" in recipe) {
    const at = random.below(recipe.all.length);
    const parts = recipe.all.map((part, index) =>
      index === at ? change(random, grammar, part, other) : part,
    );
    if (random.next() < 0.2 && parts.length > 1) parts.splice(at, 1);
    return parts.length > MAX_PARTS ? { all: parts.slice(-MAX_PARTS) } : { all: parts };
  }
  if ("repeat" in recipe) {
    if (random.next() < 0.15) return { repeat: recipe.repeat, times: random.pick(TIMES) };
    if (random.next() < 0.15) return { repeat: recipe.repeat };
    return { ...recipe, repeat: change(random, grammar, recipe.repeat, other) };
  }
  const [open, inner, close] = recipe.nest;
  if (random.next() < 0.3) return { nest: recipe.nest, depth: random.pick(DEPTHS) };
  if (random.next() < 0.2) return { nest: recipe.nest };
  return { ...recipe, nest: [open, change(random, grammar, inner, other), close] };
}

/** Takes a part of the other recipe. */
function splice(random: Random, recipe: Recipe, other: Recipe): Recipe {
  const part = typeof other !== "string" && "all" in other ? random.pick(other.all) : other;
  return { all: shuffled(random, [recipe, part]) };
}

function growingPart(random: Random, grammar: Grammar, unit: Recipe): Recipe {
  const roll = random.next();
  if (grammar.pairs.length > 0 && roll < 0.25) return nested(random, grammar, unit);
  if (roll < 0.35) return { repeat: { all: [{ repeat: unit }, random.pick(grammar.fragments)] } };
  return { repeat: unit };
}

function nested(random: Random, grammar: Grammar, inner: Recipe): Recipe {
  if (grammar.pairs.length === 0) return { repeat: inner };
  const [open, close] = random.pick(grammar.pairs);
  if (random.next() < 0.5 && !grows(inner)) return { nest: [open, inner, close] };
  const growing = grows(inner) ? inner : { repeat: inner };
  return { nest: [open, growing, close], depth: random.pick(DEPTHS) };
}

function fragments(random: Random, grammar: Grammar): Recipe {
  const count = 1 + random.below(3);
  const picked = Array.from({ length: count }, () => random.pick(grammar.fragments));
  if (grammar.join !== "") return picked.length === 1 ? (picked[0] ?? "") : { all: picked };
  return picked.join("");
}

/** Adds, drops, doubles or exchanges characters; of structured grammars whole fragments. */
function changeFragment(random: Random, grammar: Grammar, text: string): Recipe {
  const fragment = random.pick(grammar.fragments);
  if (grammar.join !== "") return fragment;
  const at = random.below(text.length + 1);
  const roll = random.next();
  if (roll < 0.35) return text.slice(0, at) + fragment + text.slice(at);
  if (roll < 0.6) return text.slice(0, at) + text.slice(at + 1 + random.below(3)) || fragment;
  if (roll < 0.75) return text + text;
  return fragment;
}

function shuffled<T>(random: Random, [first, second]: [T, T]): T[] {
  return random.next() < 0.5 ? [first, second] : [second, first];
}
