import { UsageError } from "../../cli/command.ts";
import { grammarNamed, type Grammar } from "./grammars.ts";
import { inputOf, type HeldOut } from "./held-out.ts";
import { textOf, type Recipe } from "./recipe.ts";
import type { Target } from "./target.ts";
import { targetsOf } from "./targets.ts";

/** What a target reads: a recipe's text, ordinary prose, or an input of a file of held-out ones. */
export type Input = { recipe: Recipe } | { prose: true } | { heldOut: string };

/** One measurement, as it is sent to the process that makes it. */
export interface Job {
  grammar: string;
  target: string;
  input: Input;
  size: number;
  /** The least of so many runs counts. */
  runs: number;
}

export interface Measured {
  /** CPU of one run, in milliseconds. */
  ms: number;
  /** Characters of the input. */
  length: number;
  /** What the target threw, if it refused the input. */
  refused?: string;
}

/** A run repeats its work until it has used this much CPU: the clock is too coarse for less. */
const RUN_MS = 20;
/** Runs are not repeated beyond this. */
const ENOUGH_MS = 4000;

export async function measure(job: Job, heldOut: HeldOut[] = []): Promise<Measured> {
  const { grammar, target } = find(job);
  const input = textFor(job, grammar, heldOut);
  let refused: string | undefined;
  const work = async (): Promise<void> => {
    refused = await refusalOf(target, input);
  };
  let least = Infinity;
  let total = 0;
  for (let run = 0; run < job.runs && total < ENOUGH_MS; run++) {
    const { ms, calls } = await cpuOf(work, job.runs > 1 ? RUN_MS : 0);
    least = Math.min(least, ms / calls);
    total += ms;
  }
  return { ms: least, length: input.length, ...(refused !== undefined && { refused }) };
}

async function cpuOf(
  work: () => Promise<void>,
  floorMs: number,
): Promise<{ ms: number; calls: number }> {
  const before = process.cpuUsage();
  for (let calls = 1; ; calls++) {
    await work();
    const { user, system } = process.cpuUsage(before);
    const ms = (user + system) / 1000;
    if (ms >= floorMs) return { ms, calls };
  }
}

/** Input that is refused has done its work: the cost of the refusal counts. */
export async function refusalOf(target: Target, input: string): Promise<string | undefined> {
  try {
    await target(input);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

export function textFor({ input, size }: Job, grammar: Grammar, heldOut: HeldOut[]): string {
  if ("prose" in input) return grammar.prose(size);
  if ("heldOut" in input) return inputOf(heldOut, input.heldOut, size);
  return grammar.wrap(textOf(input.recipe, size - grammar.wrap("").length, grammar.join));
}

/** @throws {UsageError} when a grammar or a target of it does not exist */
export function find(job: Pick<Job, "grammar" | "target">): { grammar: Grammar; target: Target } {
  const grammar = grammarNamed(job.grammar);
  const target = grammar && targetsOf(grammar)[job.target];
  if (!grammar || !target)
    throw new UsageError(`There is no target ${job.grammar} / ${job.target}.`);
  return { grammar, target };
}
