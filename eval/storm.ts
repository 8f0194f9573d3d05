// `npm run storm`: delivers repeated and out-of-order document events to an instance that fails and is killed meanwhile.
import { rmSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Api } from "../cli/api.ts";
import { CommandError, readArguments, readCount, runCommand } from "../cli/command.ts";
import { forEachConcurrently } from "../cli/concurrently.ts";
import { listDocuments } from "../cli/upload.ts";
import { DEMO_KEYS } from "../local/config.ts";
import { runCron } from "../local/dev/cron.ts";
import { startInstance, type Instance } from "../local/dev/instance.ts";
import { claimPort } from "../local/dev/ports.ts";
import { drawStorm, type StormEvent } from "./storm-events.ts";
import { readState, type StoredState } from "./storm-state.ts";

const HELP = `
Usage: npm run storm -- [--seed <n>] [--documents <n>] [--kills <n>]

Delivers events of documents (uploads, edits and deletions with the source's time) to a throwaway instance: one to five
deliveries per document, all shuffled. Meanwhile one in ten calls of the embedding model fails, and the whole instance is killed
(SIGKILL) several times. Then the stored state is compared with the last state of every document.

  --seed <n>         seed of the drawn events; default 1
  --documents <n>    number of documents; default 500
  --kills <n>        number of kills; default 3

Exit code: 0 when nothing is lost, duplicated or left over, else 1.
`;

const CONCURRENCY = 8;
const AI_ERROR_RATE = 0.1;
/** Time limit after the last delivery. Retries wait for minutes, and embeddings may have to be computed. */
const SETTLE_TIMEOUT_MS = 30 * 60_000;

await runCommand(HELP, async (args) => {
  const { values } = readArguments(args, {
    seed: { type: "string" },
    documents: { type: "string" },
    kills: { type: "string" },
  });
  const seed = readCount(values.seed, "--seed", 1, 0);
  const documents = readCount(values.documents, "--documents", 500);
  const kills = readCount(values.kills, "--kills", 3, 0);
  const storm = drawStorm(documents, seed);
  const state = await mkdtemp(path.join(os.tmpdir(), "edgewise-storm-"));
  process.once("exit", () => rmSync(state, { recursive: true, force: true, maxRetries: 5 }));
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => process.exit(130));

  const started = Date.now();
  const sent = await blow(storm.deliveries, { state, seed, kills });
  const stored = readState(state);
  const { lost, resurrected } = compare(storm.last, stored);
  const counts = {
    seed,
    documents,
    deliveries: storm.deliveries.length,
    ...sent,
    seconds: Math.round((Date.now() - started) / 1000),
    "documents that should live": [...storm.last.values()].filter((text) => text !== undefined)
      .length,
    "documents that live": stored.live.size,
    chunks: stored.chunks,
    vectors: stored.vectors,
    "lost or not in their last state": lost.length,
    "deleted and back": resurrected.length,
    ...stored.problems,
  };
  for (const [name, value] of Object.entries(counts))
    console.log(`${String(value).padStart(7)}  ${name}`);
  for (const id of [...lost, ...resurrected].slice(0, 10)) console.log(`  wrong: ${id}`);
  const wrong = lost.length + resurrected.length + sum(Object.values(stored.problems));
  console.log(
    wrong === 0 ? "Nothing is lost, duplicated or left over." : `${wrong} things are wrong.`,
  );
  return wrong === 0 ? 0 : 1;
});

interface Sent {
  kills: number;
  stale: number;
  "requests sent again": number;
}

/** Delivers everything, kills the instance meanwhile, and stops it once nothing is pending. */
async function blow(
  deliveries: StormEvent[],
  { state, seed, kills }: { state: string; seed: number; kills: number },
): Promise<Sent> {
  const port = await claimPort(0);
  const start = (run: number): Promise<Instance> =>
    startInstance({
      port,
      state,
      aiErrorRate: AI_ERROR_RATE,
      faultSeed: seed + run,
      log: (line) => console.error(line),
    });
  let instance = await start(0);
  const key = DEMO_KEYS.secret;
  const api = new Api({ url: instance.url, key, tries: 1000, timeoutMs: 30_000 });
  const sent: Sent = { kills: 0, stale: 0, "requests sent again": 0 };
  const marks = Array.from({ length: kills }, (_, index) =>
    Math.floor(((index + 1) * deliveries.length) / (kills + 1)),
  );
  let from = 0;
  for (const to of [...marks, deliveries.length]) {
    const isKilled = to < deliveries.length;
    const delivering = forEachConcurrently(
      deliveries.slice(from, to),
      CONCURRENCY,
      async (event) => {
        if (await deliver(api, event)) sent.stale += 1;
      },
    );
    if (isKilled) {
      // The kill comes after the middle of the part, while requests and batches are in progress.
      await Promise.race([delivering, sleep(2000 + 500 * sent.kills)]);
      await instance.kill();
      sent.kills += 1;
      console.error(`Killed (${sent.kills} of ${kills}); starting again …`);
      instance = await start(sent.kills);
    }
    await delivering;
    from = to;
  }
  await settle(api, instance);
  await instance.stop();
  sent["requests sent again"] = api.retries;
  return sent;
}

/** Sends an event until it is accepted, like a source that gets no response. @returns whether it was stale */
async function deliver(api: Api, { id, at, text }: StormEvent): Promise<boolean> {
  const address = `/v1/documents/${id}`;
  if (text === undefined) {
    const { body } = await api.delete<{ stale: boolean }>(
      `${address}?updated_at=${encodeURIComponent(at)}`,
    );
    return body.stale;
  }
  const document = { title: "Where things are", content: text, updated_at: at };
  const { body } = await api.put<{ stale: boolean }>(address, document);
  return body.stale;
}

/** Waits until nothing is pending, deletions included. Runs the cron more often than usual, to resume what the crashes left behind. */
async function settle(api: Api, instance: Instance): Promise<void> {
  const deadline = Date.now() + SETTLE_TIMEOUT_MS;
  for (;;) {
    await runCron(instance.url).catch(() => undefined);
    // Documents that have failed meanwhile are retried, as `npm run replay` does.
    for (const { external_id } of await listDocuments(api, "failed")) {
      await api.post(`/v1/documents/${external_id}/retry`, {});
    }
    const { body } = await api.get<{ progress: { pending_documents: number } }>(
      "/v1/documents?limit=1",
    );
    const { pending_documents: pending } = body.progress;
    if (pending === 0) return;
    if (Date.now() > deadline) throw new CommandError(`${pending} documents are pending.`);
    console.error(`${pending} pending …`);
    await sleep(5000);
  }
}

function compare(last: Map<string, string | undefined>, { live }: StoredState) {
  const lost = [...last].filter(([id, text]) => text !== undefined && live.get(id) !== text);
  const resurrected = [...last].filter(([id, text]) => text === undefined && live.has(id));
  return { lost: lost.map(([id]) => id), resurrected: resurrected.map(([id]) => id) };
}

function sum(numbers: number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
