// `npm run fuzz:cost`: searches for inputs that cost much more CPU than ordinary ones of their size.
import { readArguments, readCount, runCommand } from "../cli/command.ts";
import { fuzz } from "./fuzz-cost/fuzz.ts";
import { HELD_OUT } from "./fuzz-cost/held-out.ts";
import { replay } from "./fuzz-cost/replay.ts";
import { scoreHeldOut } from "./fuzz-cost/score-held-out.ts";
import { watchStalls } from "./fuzz-cost/stall.ts";

const HELP = `
Usage: npm run fuzz:cost -- [--minutes 20] [--seed 1] [--grammar markdown]

Searches, by hill climbing, for inputs that cost much CPU: messages, queries, answers, documents of every format, rich
text, deliveries and headers, over everything that reads them. Prints the worst input of each grammar and target, with
the memory that it takes.
Exit code: 0 when all stay within the bounds (exponent 1.2, five times ordinary prose of that size, 64 MB above idle), else 1.

  --minutes N    about how long to search; confirming what was found may take longer
  --seed N       repeats a search (as far as the machine's speed lets it)
  --grammar G    searches one grammar only; may be given several times
  --replay JSON  measures one printed input again: {"grammar":…,"target":…,"recipe":…}
  --held-out [--file F]  measures the inputs of a file instead of searching
  --stall [--file F]     sends them to an instance and prints for how long /health did not answer
`;

await runCommand(HELP, async (args) => {
  const { values } = readArguments(args, {
    minutes: { type: "string" },
    seed: { type: "string" },
    grammar: { type: "string", multiple: true },
    replay: { type: "string" },
    "held-out": { type: "boolean" },
    stall: { type: "boolean" },
    file: { type: "string", default: HELD_OUT },
  });
  if (values.replay !== undefined) return replay(values.replay);
  if (values["held-out"]) return scoreHeldOut(values.file);
  if (values.stall) return watchStalls(values.file);
  return fuzz({
    minutes: readCount(values.minutes, "--minutes", 20),
    seed: readCount(values.seed, "--seed", 1, 0),
    only: values.grammar ?? [],
  });
});
