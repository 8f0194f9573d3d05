import { UsageError } from "../../cli/command.ts";
import { curveOf, passes, proseCost, BOUNDS, CHEAP_MS, type Curve } from "./curve.ts";
import { grammarNamed, grammars, type Grammar } from "./grammars.ts";
import { Lab } from "./lab.ts";
import { peakMemory } from "./memory.ts";
import { printHead, printRow } from "./print.ts";
import { Random } from "./random.ts";
import { expectedMs, Search, type Candidate } from "./search.ts";
import { targetsOf } from "./targets.ts";

export interface FuzzOptions {
  minutes: number;
  seed: number;
  /** Names of grammars; all when empty. */
  only: string[];
}

/** Share of the time that is searched in; the rest confirms what was found. */
const SEARCHED = 0.6;
/** Candidates of each target whose cost is measured in full. */
const CONFIRMED = 2;

const CHEAP = `cheap, the worst input of the largest size costs far less than ${CHEAP_MS} ms:`;

/** @returns the exit code */
export async function fuzz({ minutes, seed, only }: FuzzOptions): Promise<number> {
  const unknown = only.find((name) => !grammarNamed(name));
  if (unknown !== undefined) {
    const names = grammars.map(({ name }) => name).join(", ");
    throw new UsageError(`There is no grammar ${unknown}. The grammars are ${names}.`);
  }
  const chosen = grammars.filter(({ name }) => only.length === 0 || only.includes(name));
  const share = (minutes * 60_000) / chosen.length;
  let failures = 0;
  printHead();
  for (const grammar of chosen) failures += await fuzzGrammar(grammar, seed, share);
  console.log(failures === 0 ? "\nAll within the bounds." : `\n${failures} inputs pass a bound.`);
  return failures === 0 ? 0 : 1;
}

async function fuzzGrammar(grammar: Grammar, seed: number, forMs: number): Promise<number> {
  const lab = new Lab();
  try {
    const prose = proseCost(lab, grammar);
    const targets = Object.keys(targetsOf(grammar));
    const proseMs = await prose(grammar.largest);
    // Ordinary prose of every target is measured before the grammar's time begins.
    const until = Date.now() + forMs * SEARCHED;
    const search = new Search(lab, new Random(seed), grammar, targets, proseMs);
    await search.run(() => Date.now() < until);
    console.log(`\n${grammar.name}: ${search.tried} inputs tried`);
    // A target that nothing was tried on has passed nothing.
    const untried = search.best.filter((candidates) => candidates.length === 0).length;
    if (untried > 0) console.log(`✗ ${untried} targets were not tried: give more minutes.`);
    let failures = untried;
    const cheap: string[] = [];
    for (const [worst, ...others] of search.best) {
      if (!worst) continue;
      if (expectedMs(worst, proseMs) < CHEAP_MS / 4) cheap.push(worst.target);
      else {
        const candidates = [await search.simplified(worst), ...others].slice(0, CONFIRMED);
        const row = await confirm(lab, grammar, candidates, prose);
        if (row && !report(grammar, row)) failures += 1;
      }
    }
    if (cheap.length > 0) console.log(`  ${CHEAP} ${cheap.join(", ")}`);
    return failures;
  } finally {
    lab.stop();
  }
}

interface Confirmed extends Curve {
  candidate: Candidate;
}

/** The worst of the candidates of one target. */
async function confirm(
  lab: Lab,
  grammar: Grammar,
  candidates: Candidate[],
  prose: (size: number) => Promise<number>,
): Promise<Confirmed | undefined> {
  let worst: Confirmed | undefined;
  for (const candidate of candidates) {
    const { target, recipe } = candidate;
    const curve = await curveOf(lab, grammar, { target, input: { recipe } }, prose);
    if (!worst || curve.largestMs > worst.largestMs) worst = { ...curve, candidate };
  }
  return worst;
}

/** @returns whether the input is within all bounds */
function report(grammar: Grammar, row: Confirmed): boolean {
  const { target, recipe } = row.candidate;
  const size = row.points.at(-1)?.size ?? grammar.largest;
  const job = { grammar: grammar.name, target, input: { recipe }, size, runs: 1 };
  const megabytes = row.cheap ? 0 : peakMemory(job);
  const within = passes(row) && (megabytes ?? Infinity) <= BOUNDS.megabytes;
  printRow(grammar.name, target, row, { megabytes, within });
  console.log(`      --replay '${JSON.stringify({ grammar: grammar.name, target, recipe })}'`);
  return within;
}
