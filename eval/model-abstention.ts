// `npm run eval:model-abstention`: measures, with a scripted model, what a chat model's own abstention adds.
import { readArguments, runCommand, UsageError } from "../cli/command.ts";
import { SHIPPED_MODEL_THRESHOLD } from "./release.ts";
import { measureWriters, type Outcome } from "./oracle/measure.ts";
import { toPage } from "./oracle/page.ts";
import { readOracleSets } from "./oracle/sets.ts";
import { checkWritable, writeText } from "./report-file.ts";
import { readShare } from "./share-option.ts";

const HELP = `
Usage: npm run eval:model-abstention -- [options]

Asks the chat with a scripted model instead of a language model. The scripted model gets the product's own prompt, knows whether
the sources in it hold the answer, and quotes the answer or says that there is none. This shows that the product obeys the
model's abstention, and how much is left for it at several thresholds of the decision. It does not show how well a real model
abstains. Sets that are missing in ../shared/data are skipped.

  --noise <shares>       error rates of further models; default 0.1,0.3
  --thresholds <list>    thresholds of the decision, which precedes the model, besides the shipped one; default 0.4,0.3,0.2,0.1,0
  --write <file>         writes the page to this file; without it, the page is printed

Exit code: 0 done, 1 something failed, 2 wrong usage.
`;

await runCommand(HELP, async (args) => {
  const { values, positionals } = readArguments(args, {
    noise: { type: "string", default: "0.1,0.3" },
    thresholds: { type: "string", default: "0.4,0.3,0.2,0.1,0" },
    write: { type: "string" },
  });
  if (positionals.length > 0) throw new UsageError(`What is "${positionals[0]}"?`);
  const noises = values.noise.split(",").map((text) => readShare(text, "--noise"));
  const thresholds = values.thresholds.split(",").map(readThreshold);
  if (values.write) await checkWritable(values.write);
  const writers = [
    { name: "no model", noise: null },
    { name: "model, never mistaken", noise: 0 },
    ...noises.map((noise) => ({ name: `model, mistaken in ${noise * 100} %`, noise })),
  ];
  const outcomes: Outcome[] = [];
  for (const set of await readOracleSets())
    outcomes.push(
      ...(await measureWriters(set, writers, [SHIPPED_MODEL_THRESHOLD, ...thresholds])),
    );
  const page = toPage(outcomes);
  if (values.write) await writeText(values.write, page);
  else console.log(page);
  return 0;
});

function readThreshold(text: string): number {
  const value = Number(text);
  if (!(text.trim() !== "" && value >= 0 && value <= 1))
    throw new UsageError(`--thresholds takes numbers from 0 to 1, not "${text}".`);
  return value;
}
