// `npm run measure:import`: measures the cost of importing a set of documents, and of importing it again.
import { rmSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Api } from "../cli/api.ts";
import { CommandError, readArguments, runCommand, UsageError } from "../cli/command.ts";
import { readDocuments } from "../cli/read-documents.ts";
import { uploadDocuments } from "../cli/upload.ts";
import { waitUntilIngested } from "../cli/wait.ts";
import { DEMO_KEYS } from "../local/config.ts";
import { startInstance } from "../local/dev/instance.ts";
import { readState } from "./storm-state.ts";

const HELP = `
Usage: npm run measure:import -- <folder | file.jsonl>

Imports documents twice into a throwaway instance and prints the cost: time, calls of the embedding model, round trips to D1 and
statements in D1. Computed embeddings are cached in .edgewise/embeddings: the time of a run with a full cache is that of
ingestion without the model.

Exit code: 0 when the second import embeds nothing and the first needs at most one embedding call per hundred chunks, plus one
partly filled call per queue batch, and at most 20 statements in D1 per hundred chunks; else 1.
`;

interface Work {
  items: number;
  d1: number;
  d1_statements: number;
  ai: number;
  vectorize: number;
}

await runCommand(HELP, async (args) => {
  const { positionals } = readArguments(args, {});
  const [source, ...more] = positionals;
  if (!source || more.length > 0) throw new UsageError("Name one folder or .jsonl file.");
  const { documents } = await readDocuments(source);
  const state = await mkdtemp(path.join(os.tmpdir(), "edgewise-import-"));
  process.once("exit", () => rmSync(state, { recursive: true, force: true, maxRetries: 5 }));
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => process.exit(130));

  let batches: Work[] = [];
  const instance = await startInstance({
    state,
    log: (line) => console.error(line),
    onConsole: (line) => batches.push(...parseWork(line)),
  });
  const key = DEMO_KEYS.secret;
  const api = new Api({ url: instance.url, key, tries: 3, timeoutMs: 120_000 });
  const run = async (): Promise<{ seconds: number; stored: number; work: Work }> => {
    batches = [];
    const started = Date.now();
    const { created, changed, unchanged, failed } = await uploadDocuments(api, documents, {
      concurrency: 2,
    });
    if (failed.length > 0) throw new CommandError(`${failed.length} documents were refused.`);
    const uploaded = (Date.now() - started) / 1000;
    await waitUntilIngested(api, documents);
    const seconds = (Date.now() - started) / 1000;
    // The last lines of the log arrive a moment later.
    await sleep(3000);
    console.log(
      `${created} created, ${changed} changed, ${unchanged} unchanged; stored after ${uploaded.toFixed(1)} s, ingested after ${seconds.toFixed(1)} s`,
    );
    return { seconds, stored: created + changed, work: total(batches) };
  };

  console.log(`First import of ${documents.length} documents`);
  const first = await run();
  const queueBatches = batches.filter(({ ai }) => ai > 0).length;
  console.log("Second import");
  const second = await run();
  await instance.stop();
  const { chunks } = readState(state);

  const { work } = first;
  const per = (count: number): string => (count / documents.length).toFixed(2);
  const perHundred = (count: number): string => ((count * 100) / chunks).toFixed(2);
  const rows: [string, string | number][] = [
    ["chunks", chunks],
    ["documents a second, ingested", (documents.length / first.seconds).toFixed(1)],
    ["chunks a second, ingested", (chunks / first.seconds).toFixed(1)],
    ["queue batches that embedded", queueBatches],
    ["embedding calls", work.ai],
    ["embedding calls for 100 chunks", perHundred(work.ai)],
    ["round trips to D1 by the consumer", work.d1],
    ["round trips to D1 for 100 chunks", perHundred(work.d1)],
    ["statements in D1 by the consumer", work.d1_statements],
    ["statements in D1 a document", per(work.d1_statements)],
    ["statements in D1 for 100 chunks", perHundred(work.d1_statements)],
    ["calls to Vectorize", work.vectorize],
    ["embedding calls of the second import", second.work.ai],
  ];
  for (const [name, value] of rows) console.log(`${String(value).padStart(8)}  ${name}`);
  const withinBounds =
    work.ai <= Math.floor(chunks / 100) + queueBatches &&
    work.d1_statements <= Math.ceil(chunks / 100) * 20;
  return second.work.ai === 0 && withinBounds ? 0 : 1;
});

function parseWork(line: string): Work[] {
  const json = line.slice(line.indexOf("{"));
  if (!/^\{"work":"queue-(?:ingest|embed)"/.test(json)) return [];
  return [JSON.parse(json) as Work];
}

function total(batches: Work[]): Work {
  const sum: Work = { items: 0, d1: 0, d1_statements: 0, ai: 0, vectorize: 0 };
  for (const batch of batches) {
    for (const name of Object.keys(sum) as (keyof Work)[]) sum[name] += batch[name];
  }
  return sum;
}
