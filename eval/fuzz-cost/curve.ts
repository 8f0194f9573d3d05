import type { Grammar } from "./grammars.ts";
import { TookTooLong, type Lab } from "./lab.ts";
import { targetsOf } from "./targets.ts";
import type { Input } from "./work.ts";

/** Most that an input may cost. */
export const BOUNDS = { exponent: 1.2, multiple: 5, megabytes: 64 };

/** A cost below this is none, however it grows: it is reached by no smaller input. */
export const CHEAP_MS = 20;
const RUNS = 5;
/** Five sizes are four doublings. */
const SIZES = 5;
/** Prose has to be measured, however busy the machine is: all else is a multiple of it. */
const PROSE_LIMIT_MS = 120_000;
/** A size is left out when it is expected to cost more than this: what is slow has been seen before. */
const TOO_SLOW_MS = 2000;

export interface Point {
  size: number;
  ms: number;
}

/** How the cost of an input grows with its size. */
export interface Curve {
  points: Point[];
  /** Of cost over length, by least squares over the last four doublings. */
  exponent: number;
  /** Cost of the largest measured size as a multiple of ordinary prose of that size. */
  multiple: number;
  /** Expected cost of the largest accepted input; measured where it was cheap enough. */
  largestMs: number;
  /** The largest accepted input costs less than the clock can tell. */
  cheap: boolean;
  /** The measurement had to be ended. */
  tooLong: boolean;
  refused: string | undefined;
}

/** Measures one input of one target. @param proseMs cost of ordinary prose of a size */
export async function curveOf(
  lab: Lab,
  grammar: Grammar,
  { target, input, largest = grammar.largest }: { target: string; input: Input; largest?: number },
  proseMs: (size: number) => Promise<number>,
): Promise<Curve> {
  const points: Point[] = [];
  let refused: string | undefined;
  let tooLong = false;
  for (const size of await sizesOf(lab, grammar, target, input, largest)) {
    const expected = (points.at(-1)?.ms ?? 0) * 3;
    if (expected > TOO_SLOW_MS) break;
    try {
      const job = { grammar: grammar.name, target, input, size, runs: RUNS };
      const measured = await lab.measure(job);
      refused ??= measured.refused;
      points.push({ size: measured.length, ms: measured.ms });
    } catch (error) {
      if (!(error instanceof TookTooLong)) throw error;
      tooLong = true;
      break;
    }
  }
  const last = points.at(-1) ?? { size: largest, ms: 0 };
  const exponent = slope(points.slice(-SIZES));
  const largestMs = last.ms * (largest / Math.max(1, last.size)) ** Math.max(1, exponent);
  const multiple = last.ms / (await proseMs(last.size));
  const cheap = !tooLong && largestMs < CHEAP_MS;
  return { points, exponent, multiple, largestMs, cheap, tooLong, refused };
}

/** From the smallest size that costs enough, or from a sixteenth of the largest, by doublings. */
async function sizesOf(
  lab: Lab,
  grammar: Grammar,
  target: string,
  input: Input,
  largest: number,
): Promise<number[]> {
  const latest = Math.floor(largest / 2 ** (SIZES - 1));
  let size = Math.min(250, latest);
  while (size < latest) {
    const job = { grammar: grammar.name, target, input, size, runs: 2 };
    const ms = await lab.measure(job).then(
      (measured) => measured.ms,
      () => Infinity,
    );
    if (ms >= CHEAP_MS) break;
    size = Math.min(size * 2, latest);
  }
  const sizes: number[] = [];
  for (; size <= largest; size *= 2) sizes.push(size);
  return sizes;
}

/** The slope of a line through the points on logarithmic axes, by least squares. */
export function slope(points: Point[]): number {
  const logs = points
    .filter(({ size, ms }) => size > 100 && ms > 0)
    .map(({ size, ms }) => [Math.log(size), Math.log(ms)] as const);
  if (logs.length < 2) return 1;
  const meanX = logs.reduce((sum, [x]) => sum + x, 0) / logs.length;
  const meanY = logs.reduce((sum, [, y]) => sum + y, 0) / logs.length;
  const xx = logs.reduce((sum, [x]) => sum + (x - meanX) ** 2, 0);
  const xy = logs.reduce((sum, [x, y]) => sum + (x - meanX) * (y - meanY), 0);
  return xx === 0 ? 1 : xy / xx;
}

/** The cost of ordinary prose, by size: of a turn all its parts together, of a document its whole way. */
export function proseCost(lab: Lab, grammar: Grammar): (size: number) => Promise<number> {
  const known = new Map<number, Promise<number>>();
  const measureAt = async (size: number): Promise<number> => {
    const costs: number[] = [];
    for (const target of Object.keys(targetsOf(grammar))) {
      const job = { grammar: grammar.name, target, input: { prose: true } as const, size, runs: 3 };
      costs.push((await lab.measure(job, PROSE_LIMIT_MS)).ms);
    }
    const isTurn = grammar.kind === "message" || grammar.kind === "query";
    return isTurn ? costs.reduce((sum, ms) => sum + ms, 0) : Math.max(...costs);
  };
  return (size) => {
    const rounded = 2 ** Math.round(Math.log2(Math.max(250, size)));
    const cost = known.get(rounded) ?? measureAt(rounded);
    known.set(rounded, cost);
    return cost.then((ms) => (ms * size) / rounded);
  };
}

export function passes({ exponent, multiple, cheap, tooLong }: Curve): boolean {
  return cheap || (!tooLong && exponent <= BOUNDS.exponent && multiple <= BOUNDS.multiple);
}
