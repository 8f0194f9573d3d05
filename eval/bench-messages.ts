// `npm run bench:messages`: how much longer a turn with a long message takes than one with a short one.
import { readArguments, readCount, runCommand, UsageError } from "../cli/command.ts";
import { splitSentences } from "../src/text/sentences.ts";
import { estimateTokens } from "../src/text/tokens.ts";
import { chat } from "./ask.ts";
import { percentile } from "./metrics.ts";
import { printTable } from "./print.ts";
import { sample } from "./sample.ts";
import { readSet } from "./sets/read-set.ts";
import { ingest, OWN_INSTANCE, withTarget } from "./target.ts";

const HELP = `
Usage: npm run bench:messages -- [set] [options]

Asks a throwaway instance under wrangler the long messages of a set and, in turn, the first sentence of each, with the real
embedding model and nothing cached. Prints the wall time of both turns, and fails where the long ones take more than three
times as long, in the median or at the 95th percentile. Run it while nothing else runs.

  set                  a path, or a folder of ../shared/data; default techqa-half
  --messages <n>       messages; default 60
  --tokens <n>         messages from this length on are long; default 120, some ninety words

Exit code: 0 within the limit, 1 above it, 2 wrong usage.
`;

const MOST_TIMES_SHORT = 3;

await runCommand(HELP, async (args) => {
  const { values, positionals } = readArguments(args, {
    messages: { type: "string" },
    tokens: { type: "string" },
  });
  if (positionals.length > 1) throw new UsageError("Name one set.");
  const count = readCount(values.messages, "--messages", 60);
  const tokens = readCount(values.tokens, "--tokens", 120);
  const set = await readSet(positionals[0] ?? "techqa-half");
  const long = set.questions
    .map(({ text }) => text)
    .filter((text) => estimateTokens(text) >= tokens);
  const messages = sample(long, count);
  if (messages.length === 0) throw new UsageError(`No message has ${tokens} tokens.`);
  const times: { short: number[]; long: number[] } = { short: [], long: [] };
  await withTarget({ ...OWN_INSTANCE, wrangler: true }, async (api) => {
    await ingest(api, set.documents, 8);
    const timed = async (text: string): Promise<number> => (await chat(api, text)).ms;
    for (const [index, message] of messages.entries()) {
      const sentences = splitSentences(message).map(uncached);
      const [first = ""] = sentences;
      // The first pair loads the model and is not counted.
      const pair = [await timed(uncached(first)), await timed(sentences.join("\n"))];
      if (index === 0) continue;
      times.short.push(pair[0] ?? 0);
      times.long.push(pair[1] ?? 0);
    }
  });
  const ratios = [50, 95].map((at) => {
    const [short, longer] = [percentile(times.short, at) ?? 0, percentile(times.long, at) ?? 0];
    return { at, short, longer, ratio: longer / short };
  });
  console.log(`${times.long.length} messages of ${set.name}, milliseconds of a turn:\n`);
  printTable(
    ["percentile", "first sentence", "whole message", "ratio"],
    ratios.map(({ at, short, longer, ratio }) => [
      `${at}`,
      short.toFixed(0),
      longer.toFixed(0),
      ratio.toFixed(2),
    ]),
  );
  return ratios.every(({ ratio }) => ratio <= MOST_TIMES_SHORT) ? 0 : 1;
});

/** With a number at random, which costs one or two tokens, so that no cached vector is used. */
function uncached(sentence: string): string {
  return `${sentence} ${Math.floor(Math.random() * 1e4)}`;
}
