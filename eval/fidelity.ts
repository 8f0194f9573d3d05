// `npm run measure:fidelity`: compares the text that is read of documents with what a visitor sees.
import path from "node:path";
import { readArguments, readCount, reasonOf, runCommand, UsageError } from "../cli/command.ts";
import { checkCase, findCases } from "./fidelity/cases.ts";
import { measureCases, measureFolder, measureSite, type Measurement } from "./fidelity/measure.ts";
import { printMeasurement, printPassed, totalsOf, type Passed } from "./fidelity/print.ts";
import { Renderer } from "./fidelity/render.ts";

const HELP = `
Usage: npm run measure:fidelity -- [folder or site]

Compares the text that is read of each document, word by word, with what a visitor sees in Chromium when everything is opened.
Prints recall (the share of the content that was read) and precision (the share of what was read that is content), and for
each document the longest runs of words that are missing or superfluous. docs/evaluation/fidelity.md says what counts.

[folder or site]   a folder of fixtures or of any documents, or the address of a site or of its sitemap; default: the fixtures
                   in test/knowledge/fidelity
  --held-out       the fixtures that are held back, with how many of them pass, by area
  --worst <n>      print only the n worst documents
  --json           print everything as JSON

Exit code: 0 done, 1 fixtures below a recall of .99 or a precision of .98, 2 wrong usage.
`;

const FIXTURES = path.resolve(import.meta.dirname, "../test/knowledge/fidelity");
const HELD_OUT = "held-out";
const GOAL = { recall: 0.99, precision: 0.98 };

await runCommand(HELP, async (args) => {
  const { values, positionals } = readArguments(args, {
    "held-out": { type: "boolean" },
    worst: { type: "string" },
    json: { type: "boolean" },
  });
  if (positionals.length > 1) throw new UsageError("Give one folder or site.");
  await using renderer = await Renderer.start();
  const heldOut = path.join(FIXTURES, HELD_OUT);
  const source = positionals[0] ?? (values["held-out"] ? heldOut : FIXTURES);
  const isSite = /^https?:/.test(source);
  const isFixtures = !isSite && (await findCases(source)).length > 0;
  const passed = values["held-out"] ? await countPassed(source) : undefined;
  const measured = await measure(source, isSite, isFixtures, renderer);
  if (values.json) console.log(JSON.stringify({ ...measured, passed }, null, 1));
  else {
    printMeasurement(measured, GOAL, readCount(values.worst, "--worst", Infinity));
    if (passed) printPassed(passed);
  }
  const { recall, precision } = totalsOf(measured);
  return isFixtures && (recall < GOAL.recall || precision < GOAL.precision) ? 1 : 0;
});

async function measure(
  source: string,
  isSite: boolean,
  isFixtures: boolean,
  renderer: Renderer,
): Promise<Measurement> {
  if (isSite) return measureSite(sitemapOf(source), renderer);
  if (!isFixtures) return measureFolder(source, renderer);
  const isTaken = (name: string): boolean => source !== FIXTURES || !name.startsWith(HELD_OUT);
  return measureCases(source, isTaken, renderer);
}

function sitemapOf(address: string): string {
  const url = new URL(address);
  return /\.(xml|xml\.gz|txt)$/.test(url.pathname) ? url.href : new URL("/sitemap.xml", url).href;
}

async function countPassed(folder: string): Promise<Passed> {
  const passed: Passed = {};
  for (const place of await findCases(folder)) {
    const name = path.relative(folder, place);
    const area = name.split(path.sep)[0] ?? "";
    const counts = (passed[area] ??= { cases: 0, passed: 0, misses: [] });
    counts.cases++;
    const misses = await checkCase(place).catch((error: unknown) => [reasonOf(error)]);
    if (misses.length === 0) counts.passed++;
    else counts.misses.push(`${name}: ${misses.join("; ")}`);
  }
  return passed;
}
