import { CHEAP_MS, curveOf, passes, proseCost } from "./curve.ts";
import { grammars, type Grammar } from "./grammars.ts";
import { readHeldOut, asText, type HeldOut, type HostileLink } from "./held-out.ts";
import { Lab } from "./lab.ts";
import { linksIn } from "./links.ts";
import { peakMemory } from "./memory.ts";
import { printHead, printRow } from "./print.ts";
import { targetsOf } from "./targets.ts";
import { filterLinks } from "./visitor-targets.ts";

/** Measures each input of a file on what reads its kind, and what the answer's filter leaves of hostile links. @returns the exit code */
export async function scoreHeldOut(file: string): Promise<number> {
  const { inputs, hostileLinks } = await readHeldOut(file);
  const lab = new Lab(file);
  let failures = 0;
  printHead();
  try {
    const proseCosts = new Map(grammars.map((grammar) => [grammar, proseCost(lab, grammar)]));
    for (const input of inputs) failures += await scoreInput(lab, file, input, proseCosts);
  } finally {
    lab.stop();
  }
  const leaks = hostileLinks.filter((link) => !isBlocked(link));
  console.log(
    `\n${failures} costs pass a bound; ${leaks.length} of ${hostileLinks.length} links pass the filter.`,
  );
  return failures + leaks.length === 0 ? 0 : 1;
}

async function scoreInput(
  lab: Lab,
  file: string,
  held: HeldOut,
  proseCosts: Map<Grammar, ReturnType<typeof proseCost>>,
): Promise<number> {
  console.log(`\n${held.name} (${held.kind})`);
  const input = { heldOut: held.name };
  let failures = 0;
  for (const grammar of grammarsFor(held)) {
    const prose = proseCosts.get(grammar) ?? proseCost(lab, grammar);
    for (const target of Object.keys(targetsOf(grammar))) {
      const { largest } = held;
      const whole = { grammar: grammar.name, target, input, size: largest, runs: 1 };
      // Most cost nothing at their largest size, and need no curve.
      const isCheap = await lab.measure(whole).then(
        ({ ms }) => ms < CHEAP_MS,
        () => false,
      );
      if (isCheap) continue;
      const curve = await curveOf(lab, grammar, { target, input, largest }, prose);
      // Of what costs nothing, one line would say nothing.
      if (curve.cheap) continue;
      const size = curve.points.at(-1)?.size ?? largest;
      const job = { grammar: grammar.name, target, input, size, runs: 1 };
      const within = passes(curve);
      if (!within) failures += 1;
      printRow(grammar.name, target, curve, { megabytes: peakMemory(job, file), within });
    }
  }
  return failures;
}

/** The grammar of the kind; of rich text, those whose vendor reads the value. */
function grammarsFor({ kind, make }: HeldOut): Grammar[] {
  const ofKind = grammars.filter((grammar) => grammar.kind === kind);
  if (kind !== "rich-text") return ofKind;
  const sample = asText(make(2000));
  const isRead = (grammar: Grammar): boolean => {
    try {
      targetsOf(grammar)["rich text"]?.(sample);
      return true;
    } catch {
      return false;
    }
  };
  return ofKind.filter(isRead);
}

function isBlocked({ name, answer, hosts }: HostileLink): boolean {
  const shown = [true, false].map((streamed) => filterLinks(answer, streamed));
  const passing = shown.flatMap(linksIn).filter((url) => hosts.some((host) => url.includes(host)));
  if (passing.length > 0) console.log(`✗ ${name}: ${[...new Set(passing)].join(" ")} is a link`);
  return passing.length === 0;
}
