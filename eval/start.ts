// `npm run measure:start`: how long `npm start` takes, and what it computes.
import { spawn, type ChildProcess } from "node:child_process";
import { mkdir, mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { CommandError, readArguments, runCommand } from "../cli/command.ts";
import { DEMO_KEYS } from "../local/config.ts";
import { claimPort } from "../local/dev/ports.ts";
import { ROOT } from "../local/dev/root.ts";
import { waitForHealth } from "../local/dev/health.ts";
import { printTable } from "./print.ts";

const HELP = `
Usage: npm run measure:start

Runs \`npm start\` twice on a new folder of stored data, in which no embedding is kept, and asks one question each time. Prints
for both starts the seconds until /health answers, until the start says that it is ready, and until the question is answered;
the number of texts that the embedding model has computed until ready; and, on Linux, the CPU seconds of all its processes
until the answer. Other work on the machine changes the seconds, but hardly the CPU seconds, and not the number of texts.
`;

/** Not the question that the start asks itself: its embedding is computed. */
const QUESTION = "Can I get my money back?";
const LIMIT_MS = 900_000;
/** USER_HZ, which is 100 on every Linux (`man 5 proc`). */
const TICKS_PER_SECOND = 100;

await runCommand(HELP, async (args) => {
  readArguments(args, {});
  const state = await mkdtemp(path.join(os.tmpdir(), "edgewise-start-"));
  try {
    // A folder in this place keeps the start from using the embeddings that other instances have computed.
    await mkdir(path.join(state, "v3/kv"), { recursive: true });
    const first = await measure(state);
    const second = await measure(state);
    printTable(
      ["", "first start", "second start"],
      Object.keys(first).map((name) => [name, first[name] ?? "", second[name] ?? ""]),
    );
  } finally {
    await rm(state, { recursive: true, force: true });
  }
  return 0;
});

async function measure(state: string): Promise<Record<string, string>> {
  const began = performance.now();
  const seconds = (): string => ((performance.now() - began) / 1000).toFixed(1);
  const embedded = await countEmbeddings(state);
  const port = await claimPort(0);
  const url = `http://127.0.0.1:${port}`;
  const child = spawn("npm", ["start"], {
    cwd: ROOT,
    env: { ...process.env, PORT: String(port), EDGEWISE_STATE: state },
    stdio: ["ignore", "pipe", "inherit"],
    detached: true,
  });
  try {
    const [health, ready] = await Promise.all([
      waitForHealth(url, LIMIT_MS, () => undefined).then(seconds),
      untilReady(child).then(seconds),
    ]);
    const computed = (await countEmbeddings(state)) - embedded;
    await ask(url);
    return {
      "seconds to /health": health,
      "seconds to ready": ready,
      "seconds to the answer": seconds(),
      "texts embedded until ready": String(computed),
      "CPU seconds to the answer": (await cpuSeconds(child.pid ?? 0))?.toFixed(1) ?? "unknown",
    };
  } finally {
    const ended = new Promise((resolve) => child.once("close", resolve));
    if (child.pid && child.exitCode === null) process.kill(-child.pid, "SIGTERM");
    await Promise.race([ended, sleep(10_000)]);
  }
}

/** Waits until `npm start` prints its example of a request. */
function untilReady(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let output = "";
    child.stdout?.on("data", (data: Buffer) => {
      process.stderr.write(data);
      output += data.toString();
      if (output.includes("curl http")) resolve();
    });
    child.once("exit", (code) => reject(new CommandError(`npm start ended with ${code}.`)));
  });
}

async function ask(url: string): Promise<void> {
  const response = await fetch(`${url}/v1/chat`, {
    method: "POST",
    headers: {
      authorization: `Bearer ${DEMO_KEYS.publishable}`,
      accept: "application/json",
      "content-type": "application/json",
    },
    body: JSON.stringify({ message: QUESTION }),
  });
  const { outcome } = (await response.json()) as { outcome?: string };
  if (outcome !== "answered") throw new CommandError(`"${QUESTION}" was not answered: ${outcome}.`);
}

/** Each computed embedding is one value in the instance's key-value storage, and a value is a file. */
async function countEmbeddings(state: string): Promise<number> {
  const files = await readdir(path.join(state, "v3/kv"), { recursive: true, withFileTypes: true });
  return files.filter((file) => file.isFile() && path.basename(file.parentPath) === "blobs").length;
}

/** CPU time of a process and of all that it started, ended ones included. Undefined where there is no /proc. */
async function cpuSeconds(root: number): Promise<number | undefined> {
  const processes = await readdir("/proc").catch(() => []);
  const ids = processes.filter((name) => /^\d+$/.test(name));
  const stats = await Promise.all(
    ids.map((id) => readFile(`/proc/${id}/stat`, "utf8").catch(() => "")),
  );
  // Fields after the name, which may hold anything: state, parent, …; from the twelfth on user, system, and those of ended children.
  const rows = stats.filter(Boolean).map((line) => {
    const fields = line.slice(line.lastIndexOf(")") + 2).split(" ");
    const ticks = fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0);
    return { id: Number.parseInt(line, 10), parent: Number(fields[1]), ticks };
  });
  const own = new Set([root]);
  for (let size = 0; size < own.size;) {
    size = own.size;
    for (const { id, parent } of rows) if (own.has(parent)) own.add(id);
  }
  const ticks = rows.reduce((sum, row) => sum + (own.has(row.id) ? row.ticks : 0), 0);
  return ids.length > 0 ? ticks / TICKS_PER_SECOND : undefined;
}
