import { z } from "zod";

/**
 * A short description of a hostile text of any length. It is JSON, so a finding can be printed, replayed and kept as a test case.
 * A string is itself, with `{i}` replaced by the number of its repetition. `repeat` fills the room that it is given, or is written
 * `times` times; inside another `repeat`, a growing part gets the square root of the room. `nest` opens and closes as many levels
 * as fit, or `depth` levels. `all` divides the room that fixed parts leave among the others.
 */
export type Recipe =
  | string
  | { all: Recipe[] }
  | { repeat: Recipe; times?: number }
  | { nest: [open: string, inner: Recipe, close: string]; depth?: number };

export const recipeSchema: z.ZodType<Recipe> = z.lazy(() =>
  z.union([
    z.string(),
    z.strictObject({ all: z.array(recipeSchema) }),
    z.strictObject({ repeat: recipeSchema, times: z.int().positive().exactOptional() }),
    z.strictObject({
      nest: z.tuple([z.string(), recipeSchema, z.string()]),
      depth: z.int().positive().exactOptional(),
    }),
  ]),
);

/** The text of a recipe with about `size` characters; a recipe without a growing part has its own length. */
export function textOf(recipe: Recipe, size: number, join = ""): string {
  return write(recipe, Math.max(0, size), join, 0);
}

/** Whether the text of a recipe grows with its size. */
export function grows(recipe: Recipe): boolean {
  if (typeof recipe === "string") return false;
  if ("all" in recipe) return recipe.all.some(grows);
  if ("repeat" in recipe) return recipe.times === undefined || grows(recipe.repeat);
  return recipe.depth === undefined || grows(recipe.nest[1]);
}

function write(recipe: Recipe, size: number, join: string, index: number): string {
  if (typeof recipe === "string") return recipe.replaceAll("{i}", String(index));
  if ("all" in recipe) return writeAll(recipe.all, size, join, index);
  if ("repeat" in recipe) return writeRepeat(recipe, size, join);
  return writeNest(recipe, size, join, index);
}

function writeAll(parts: Recipe[], size: number, join: string, index: number): string {
  const fixed = parts.map((part) => (grows(part) ? undefined : write(part, size, join, index)));
  const used = fixed.reduce((sum, text) => sum + (text?.length ?? 0) + join.length, 0);
  const growing = fixed.filter((text) => text === undefined).length;
  const room = Math.max(0, size - used) / Math.max(1, growing);
  return parts
    .map((part, at) => fixed[at] ?? write(part, room, join, index))
    .filter((text) => text !== "")
    .join(join);
}

/** The texts of all repetitions are at most `size` characters long, so a recipe never passes a limit on length. */
function writeRepeat(
  { repeat, times }: Extract<Recipe, { repeat: Recipe }>,
  size: number,
  join: string,
): string {
  if (times === undefined && !grows(repeat) && !JSON.stringify(repeat).includes("{i}")) {
    const whole = join + write(repeat, 0, join, 0);
    const most = whole === "" ? 0 : Math.floor((size + join.length) / whole.length);
    return whole.repeat(most).slice(join.length);
  }
  const inner = times === undefined ? Math.sqrt(size) : size / times;
  const texts: string[] = [];
  let length = 0;
  while (texts.length < (times ?? Infinity)) {
    const text = write(repeat, inner, join, texts.length);
    length += text.length + join.length;
    if (text === "" || (times === undefined && length > size + join.length)) break;
    texts.push(text);
  }
  return texts.join(join);
}

function writeNest(
  {
    nest: [open, inner, close],
    depth,
  }: Extract<Recipe, { depth?: number }> & {
    nest: [string, Recipe, string];
  },
  size: number,
  join: string,
  index: number,
): string {
  const growing = grows(inner);
  const edge = open.length + close.length;
  const room = growing ? size / 2 : size - write(inner, 0, join, index).length;
  const levels = depth ?? Math.max(0, Math.floor(room / Math.max(1, edge)));
  const text = write(inner, Math.max(0, size - levels * edge), join, index);
  return open.repeat(levels) + text + close.repeat(levels);
}
