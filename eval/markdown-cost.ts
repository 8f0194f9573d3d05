// `npm run measure:markdown`: what documents that were made to keep the Markdown parser busy cost, the worst first.
import fc from "fast-check";
import { readArguments, runCommand } from "../cli/command.ts";
import { chunkMarkdown } from "../src/knowledge/ingest/chunk.ts";
import { MAX_DOCUMENT_BYTES } from "../src/knowledge/formats/limits.ts";
import { normalise } from "../src/knowledge/formats/normalise.ts";
import { UnreadableDocument } from "../src/knowledge/formats/unreadable-document.ts";

const HELP = `
Usage: npm run measure:markdown -- [--runs 40] [--seed 1] [--bytes ${MAX_DOCUMENT_BYTES}]

Repeats random soups of Markdown's marks up to the largest document that is accepted, ingests each as far as its chunks, and prints
the CPU time of the worst.
`;

const TOKENS = [
  ..."* _ ~ ** ~~ ` `` ``` < <! <!-- <? [ ] ![ ]( ) [^a] [^ : & | > - + 1. # \\ \\* = --- http://a.b www. a@b.c a aa 漢".split(
    " ",
  ),
  " ",
  "\n",
  "\n\n",
  "    ",
  "\t",
];

interface Cost {
  token: string;
  seconds: number;
  end: string;
}

await runCommand(HELP, async (args) => {
  const { values } = readArguments(args, {
    runs: { type: "string", default: "40" },
    seed: { type: "string", default: "1" },
    bytes: { type: "string", default: String(MAX_DOCUMENT_BYTES) },
  });
  const soup = fc
    .array(fc.constantFrom(...TOKENS), { minLength: 1, maxLength: 5 })
    .map((tokens) => tokens.join(""));
  const tokens = fc.sample(soup, { numRuns: Number(values.runs), seed: Number(values.seed) });
  const costs = tokens.map((token) => measure(token, Number(values.bytes)));
  costs.sort((left, right) => right.seconds - left.seconds);
  for (const { token, seconds, end } of costs.slice(0, 15)) {
    console.log(`${seconds.toFixed(1).padStart(6)} s  ${JSON.stringify(token).padEnd(40)} ${end}`);
  }
  return 0;
});

function measure(token: string, bytes: number): Cost {
  const content = token.repeat(Math.floor(bytes / new TextEncoder().encode(token).byteLength));
  const before = process.cpuUsage().user;
  const end = ingest(content);
  return { token, seconds: (process.cpuUsage().user - before) / 1e6, end };
}

function ingest(content: string): string {
  try {
    return `${chunkMarkdown("Title", normalise(content, "text/markdown")).length} chunks`;
  } catch (error) {
    if (error instanceof UnreadableDocument) return error.message;
    throw error;
  }
}
