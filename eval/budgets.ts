// `npm run measure:budgets`: runs the heaviest work on a fresh local instance and compares what it takes with its bounds.
import { readArguments, runCommand, UsageError } from "../cli/command.ts";
import { importCases } from "./budgets/import.ts";
import { ingestionCases } from "./budgets/ingestion.ts";
import type { Bound, Measured } from "./budgets/measure.ts";
import { webhookCases } from "./budgets/webhooks.ts";
import { printTable } from "./print.ts";

const HELP = `
Usage: npm run measure:budgets -- [case …]

Runs cases that are hard on an invocation's limits, each on a fresh local instance, and prints the most statements in D1 and
subrequests that one invocation used, the seconds, and by what the peak memory exceeds the idle state: of the Worker's isolate
(peakHeapMb), and of all workerd (peakRssMb, without a bound: the local database, converter and embedding model are in it).
A name also stands for the cases that begin with it; without a name all run. Needs Linux (/proc).

Exit code: 0 all within their bounds, 1 a bound is exceeded or a case failed, 2 wrong usage.
`;

/** To add a case, write a function that returns what {@link Measured} says, and name it here. */
const CASES: Record<string, () => Promise<Measured>> = {
  ...importCases,
  ...ingestionCases,
  ...webhookCases,
};

const UNITS = [
  "statements",
  "subrequests",
  "seconds",
  "peakHeapMb",
] as const satisfies (keyof Bound)[];

await runCommand(HELP, async (args) => {
  const { positionals } = readArguments(args, {});
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => process.exit(130));
  const chosen = Object.keys(CASES).filter(
    (name) => positionals.length === 0 || positionals.some((start) => name.startsWith(start)),
  );
  if (chosen.length === 0) throw new UsageError(`The cases are ${Object.keys(CASES).join(", ")}.`);
  const measured: Measured[] = [];
  for (const name of chosen) {
    const one = await CASES[name]?.();
    if (one) measured.push(one);
  }
  printTable(
    ["what", ...UNITS, "peakRssMb"],
    measured.map((one) => [
      one.what,
      ...UNITS.map((unit) => cell(one, unit)),
      one.peakRssMb.toFixed(1),
    ]),
  );
  const exceeded = measured.flatMap((one) =>
    UNITS.filter((unit) => one[unit] > one.bound[unit]).map((unit) => `${one.what}: ${unit}`),
  );
  for (const line of exceeded) console.log(`BOUND EXCEEDED: ${line}`);
  return exceeded.length > 0 ? 1 : 0;
});

function cell(measured: Measured, unit: keyof Bound): string {
  const digits = Number.isInteger(measured[unit]) ? 0 : 1;
  return `${measured[unit].toFixed(digits)} of ${measured.bound[unit]}`;
}
