// `npm run measure:fairness`: how long a workspace's document waits while another workspace imports many.
import { rmSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Api } from "../cli/api.ts";
import { CommandError, readArguments, readCount, runCommand } from "../cli/command.ts";
import { DEMO_KEYS } from "../local/config.ts";
import { startInstance } from "../local/dev/instance.ts";

const HELP = `
Usage: npm run measure:fairness -- [--documents <n>]

Starts a throwaway instance. Measures how long a document of workspace B takes from its upload until it is live (keyword search
serves it), first with nothing else to do, then while workspace A imports documents. Each is measured several times.

  --documents <n>   documents that workspace A imports; default 1000

Exit code: 0 when the median beside the import is at most twice the median alone, else 1.
`;

const TRIES = 9;
const BOUND = 2;
const POLL_MS = 20;
const LIVE_TIMEOUT_MS = 600_000;

await runCommand(HELP, async (args) => {
  const { values } = readArguments(args, { documents: { type: "string" } });
  const documents = readCount(values.documents, "--documents", 1000);
  const state = await mkdtemp(path.join(os.tmpdir(), "edgewise-fairness-"));
  process.once("exit", () => rmSync(state, { recursive: true, force: true, maxRetries: 5 }));
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => process.exit(130));
  const instance = await startInstance({ state, log: (line) => console.error(line) });
  const apiOf = (key: string): Api =>
    new Api({ url: instance.url, key, tries: 3, timeoutMs: 120_000 });
  const large = apiOf(DEMO_KEYS.secret);
  const { body } = await apiOf(DEMO_KEYS.deployment).post<{ key: string }>("/v1/workspaces", {
    name: "Small",
  });
  const small = apiOf(body.key);

  // The first document pays for what is loaded once.
  await secondsUntilLive(small, "warm-up");
  const alone = await measure(small, "alone");
  await importMany(large, documents);
  const beside = await measure(small, "beside");
  const { progress } = await read<{ progress: { pending_documents: number } }>(
    large,
    "/v1/documents?limit=1",
  );
  await instance.stop();
  // Else nothing was measured beside anything.
  if (progress.pending_documents === 0)
    throw new CommandError("The import was over too early: give --documents a larger number.");

  const ratio = median(beside) / median(alone);
  const row = (name: string, seconds: number[]): string =>
    `${name}: median ${median(seconds).toFixed(2)} s, longest ${Math.max(...seconds).toFixed(2)} s`;
  console.log(row("alone", alone));
  console.log(row(`beside an import of ${documents} documents`, beside));
  console.log(`of which ${progress.pending_documents} were still pending at the end`);
  console.log(`ratio of the medians: ${ratio.toFixed(2)} (bound ${BOUND})`);
  return ratio <= BOUND ? 0 : 1;
});

async function measure(api: Api, name: string): Promise<number[]> {
  const seconds: number[] = [];
  for (let n = 0; n < TRIES; n++) seconds.push(await secondsUntilLive(api, `${name}-${n}`));
  return seconds;
}

async function secondsUntilLive(api: Api, id: string): Promise<number> {
  const started = performance.now();
  const document = { title: `About ${id}`, content: `The ${id} stands in the garden.` };
  await api.put(`/v1/documents/${id}`, document);
  while (performance.now() - started < LIVE_TIMEOUT_MS) {
    const { status } = await read<{ status: string }>(api, `/v1/documents/${id}`);
    if (status === "live") return (performance.now() - started) / 1000;
    await sleep(POLL_MS);
  }
  throw new CommandError(`${id} was not live in time.`);
}

async function importMany(api: Api, documents: number): Promise<void> {
  const lines = Array.from({ length: documents }, (_, n) =>
    JSON.stringify({
      external_id: `article-${n}`,
      title: `Article ${n}`,
      content: `Article ${n} says how to look after garden number ${n}. `.repeat(60),
    }),
  );
  await api.postLines("/v1/documents/import", lines.join("\n"));
}

async function read<T>(api: Api, address: string): Promise<T> {
  return (await api.get<T>(address)).body;
}

function median(numbers: number[]): number {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? 0;
}
