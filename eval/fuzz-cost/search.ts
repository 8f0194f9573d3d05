import type { Grammar } from "./grammars.ts";
import { TookTooLong, type Lab } from "./lab.ts";
import { mutate, randomRecipe } from "./mutate.ts";
import type { Random } from "./random.ts";
import type { Recipe } from "./recipe.ts";
import { KNOWN } from "./known.ts";
import { simplify } from "./simplify.ts";

/** A recipe with what it is expected to cost. */
export interface Candidate {
  target: string;
  recipe: Recipe;
  /** Logarithm of the expected cost, as a multiple of prose. */
  value: number;
}

/** The cost of the largest input that a candidate's value stands for, in milliseconds. */
export function expectedMs({ value }: Candidate, proseMs: number): number {
  return 2 ** value * proseMs;
}

/** Candidates of one target that are kept to climb from. */
const KEPT = 6;
/** An input that takes too long to score costs more than anything that was scored. */
const TOO_LONG = 20;
/** A simpler input may cost half as much. */
const NEARLY = 1;
const SIMPLIFICATIONS = 12;
/** A recipe of so many characters is simple enough. */
const SIMPLE = 80;

/** Hill climbing over the recipes of one grammar, for all of its targets in turn. */
export class Search {
  readonly #lab: Pick<Lab, "score">;
  readonly #random: Random;
  readonly #grammar: Grammar;
  readonly #proseMs: number;
  readonly #best = new Map<string, Candidate[]>();
  tried = 0;

  constructor(
    lab: Pick<Lab, "score">,
    random: Random,
    grammar: Grammar,
    targets: string[],
    proseMs: number,
  ) {
    this.#lab = lab;
    this.#random = random;
    this.#grammar = grammar;
    this.#proseMs = proseMs;
    for (const target of targets) this.#best.set(target, []);
  }

  /** The best candidates of each target, worst cost first. */
  get best(): Candidate[][] {
    return [...this.#best.values()];
  }

  /** @param more whether there is time left */
  async run(more: () => boolean): Promise<void> {
    const known = KNOWN.filter(({ grammar }) => grammar === this.#grammar.name);
    const seeds = [...known.map(({ recipe }) => recipe), ...this.#grammar.seeds];
    for (const recipe of seeds) {
      for (const target of this.#best.keys()) if (more()) await this.#try(target, recipe);
    }
    while (more()) {
      for (const target of this.#best.keys())
        if (more()) await this.#try(target, this.#next(target));
    }
  }

  /** The candidate with as little in its recipe as still costs nearly as much. */
  async simplified(candidate: Candidate): Promise<Candidate> {
    if (JSON.stringify(candidate.recipe).length <= SIMPLE) return candidate;
    const accepts = async (recipe: Recipe): Promise<boolean> =>
      (await this.#value(candidate.target, recipe)) >= candidate.value - NEARLY;
    const recipe = await simplify(candidate.recipe, accepts, SIMPLIFICATIONS);
    return { ...candidate, recipe };
  }

  /** Mostly a change of a good candidate of this target; now and then a good one of another target, or a new one. */
  #next(target: string): Recipe {
    const own = this.#best.get(target) ?? [];
    const others = this.best.flat();
    const roll = this.#random.next();
    if (own.length === 0 || roll < 0.2) return randomRecipe(this.#random, this.#grammar);
    const other = this.#random.pick(others).recipe;
    if (roll < 0.3) return mutate(this.#random, this.#grammar, other, other);
    return mutate(this.#random, this.#grammar, this.#random.pick(own).recipe, other);
  }

  async #try(target: string, recipe: Recipe): Promise<void> {
    const own = this.#best.get(target) ?? [];
    if (own.some((one) => JSON.stringify(one.recipe) === JSON.stringify(recipe))) return;
    this.tried += 1;
    const value = await this.#value(target, recipe);
    const candidate = { target, recipe, value };
    // Of two that cost about the same, the shorter is easier to read.
    const rank = (one: Candidate): number => one.value - JSON.stringify(one.recipe).length / 500;
    const kept = [...own, candidate].toSorted((a, b) => rank(b) - rank(a)).slice(0, KEPT);
    this.#best.set(target, kept);
  }

  async #value(target: string, recipe: Recipe): Promise<number> {
    const { name: grammar, largest } = this.#grammar;
    const job = { grammar, target, recipe, largest, proseMs: this.#proseMs };
    try {
      return await this.#lab.score(job);
    } catch (error) {
      if (error instanceof TookTooLong) return TOO_LONG;
      throw error;
    }
  }
}
