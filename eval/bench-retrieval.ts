// `npm run bench:retrieval`: measures the cost of retrieval's SQL statements on many chunks, and checks that it is capped.
import { readArguments, readCount, runCommand, UsageError } from "../cli/command.ts";
import { buildCorpus, restrict } from "./bench/corpus.ts";
import { KINDS } from "./bench/questions.ts";
import {
  equivalents,
  keywordSearch,
  passages,
  postingsOf,
  spelling,
  type Postings,
} from "./bench/statements.ts";
import type { Synonyms } from "../src/retrieval/synonyms.ts";
import { SyntheticText } from "./bench/synthetic-text.ts";
import { percentile } from "./metrics.ts";
import { printTable } from "./print.ts";
import { SEED } from "./sample.ts";

const HELP = `
Usage: npm run bench:retrieval -- [options]

Builds a workspace of synthetic text (seeded, with the word frequencies of a real collection) and a second workspace in one
in-memory database. Measures the statements of retrieval by kind of question: CPU milliseconds and postings read. The same
measurement on a small workspace shows how the cost grows. Takes about ten minutes of CPU time, most of it to write the chunks.

  --chunks <n>      chunks of the large workspace; default 100000
  --small <n>       chunks of the small workspace; default 1000
  --questions <n>   questions of each kind; default 30

Exit code: 0 all within the limits, 1 a limit is exceeded, 2 wrong usage.
`;

/**
 * The 95th percentile of every kind of keyword search may cost at most this many times that of a typical one. The statement caps
 * the postings that it reads. Besides them, each word costs a seek, and a message has up to 192 words.
 */
const MOST_TIMES_TYPICAL = 3;
/** Passages are read by id, so a hundred times the chunks may add only the cost of a deeper tree and a colder cache. */
const MOST_GROWTH_OF_PASSAGES = 5;

interface Cost {
  p50: number;
  p95: number;
  max: number;
}

interface Row {
  kind: string;
  cost: Cost;
  postings?: { counted: number; ranked: number };
}

await runCommand(HELP, async (args) => {
  const { values, positionals } = readArguments(args, {
    chunks: { type: "string" },
    small: { type: "string" },
    questions: { type: "string" },
  });
  if (positionals.length > 0) throw new UsageError(`What is "${positionals[0]}"?`);
  const count = readCount(values.questions, "--questions", 30);
  const large = await measure(readCount(values.chunks, "--chunks", 100_000), count);
  const small = await measure(readCount(values.small, "--small", 1000), count);
  print(large, small);
  const broken = exceeded(large, small);
  for (const line of broken) console.log(`LIMIT EXCEEDED: ${line}`);
  return broken.length > 0 ? 1 : 0;
});

async function measure(chunks: number, count: number): Promise<Row[]> {
  const text = new SyntheticText(SEED);
  console.error(`Writing ${chunks} chunks …`);
  const db = await buildCorpus(chunks, text);
  const asked = Object.entries(KINDS).map(([kind, make]) => ({
    kind,
    questions: Array.from({ length: count }, () => make(text)),
  }));
  const rows: Row[] = [];
  for (const { kind, questions } of asked)
    rows.push(await keywordRow(db, `keywords: ${kind}`, questions, []));
  for (const { kind, questions } of asked)
    rows.push(await costRow(`spelling: ${kind}`, questions, (one) => spelling(db, one)));
  for (const { kind, questions } of asked)
    rows.push(await costRow(`equivalents: ${kind}`, questions, (one) => equivalents(db, one)));
  const firsts = Array.from({ length: count }, () => 1 + text.below(chunks));
  rows.push(await costRow("passages", firsts, (first) => passages(db, first)));
  await restrict(db);
  for (const { kind, questions } of asked)
    rows.push(await keywordRow(db, `keywords, restricted: ${kind}`, questions, []));
  return rows;
}

async function keywordRow(
  db: D1Database,
  kind: string,
  questions: string[],
  audience: string[],
): Promise<Row> {
  const prepared: { text: string; same: Synonyms }[] = [];
  for (const text of questions) prepared.push({ text, same: await equivalents(db, text) });
  const row = await costRow(kind, prepared, ({ text, same }) =>
    keywordSearch(db, text, audience, same),
  );
  const walked: Postings[] = [];
  for (const { text, same } of prepared) walked.push(await postingsOf(db, text, audience, same));
  const most = (name: keyof Postings): number => Math.max(...walked.map((some) => some[name]));
  return { ...row, postings: { counted: most("counted"), ranked: most("ranked") } };
}

/** Measures CPU time, because other processes disturb it less than wall-clock time. The first call compiles and is not counted. */
async function costRow<T>(
  kind: string,
  items: T[],
  work: (item: T) => Promise<unknown>,
): Promise<Row> {
  console.error(`  ${kind} …`);
  await work(items[0] as T);
  const costs: number[] = [];
  for (const item of items) {
    const before = process.cpuUsage();
    await work(item);
    const { user, system } = process.cpuUsage(before);
    costs.push((user + system) / 1000);
  }
  const at = (p: number): number => percentile(costs, p) ?? 0;
  return { kind, cost: { p50: at(50), p95: at(95), max: at(100) } };
}

function print(large: Row[], small: Row[]): void {
  const typical = large[0]?.cost.p95 ?? 0;
  printTable(
    ["CPU ms", "p50", "p95", "max", "× typical", "p95 small", "growth", "counted", "ranked"],
    large.map(({ kind, cost, postings }) => {
      const base = small.find((one) => one.kind === kind)?.cost.p95 ?? 0;
      return [
        kind,
        ...[cost.p50, cost.p95, cost.max, cost.p95 / typical, base, cost.p95 / base].map((value) =>
          value.toFixed(1),
        ),
        `${postings?.counted ?? ""}`,
        `${postings?.ranked ?? ""}`,
      ];
    }),
  );
  console.log(`
× typical  p95 as a multiple of that of typical questions over the same chunks
growth     p95 as a multiple of that on the small workspace
counted    the most postings that were read to count how rare the words are; ranked: those that were read to rank matches`);
}

function exceeded(large: Row[], small: Row[]): string[] {
  const typical = large[0]?.cost.p95 ?? 0;
  const searches = large.filter(({ kind }) => kind.startsWith("keywords"));
  const slow = searches
    .filter(({ cost }) => cost.p95 > MOST_TIMES_TYPICAL * typical)
    .map(
      ({ kind, cost }) =>
        `${kind}: p95 ${cost.p95.toFixed(1)} ms, more than ${MOST_TIMES_TYPICAL} × ${typical.toFixed(1)} ms`,
    );
  const p95Of = (rows: Row[]): number =>
    rows.find(({ kind }) => kind === "passages")?.cost.p95 ?? 0;
  const growth = p95Of(large) / p95Of(small);
  return growth > MOST_GROWTH_OF_PASSAGES
    ? [...slow, `passages: ${growth.toFixed(1)} times the small workspace's`]
    : slow;
}
