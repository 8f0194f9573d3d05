import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Api } from "../../cli/api.ts";
import { CommandError } from "../../cli/command.ts";
import { DEMO_KEYS } from "../../local/config.ts";
import { claimPort } from "../../local/dev/ports.ts";
import { startInstance, type Instance, type InstanceOptions } from "../../local/dev/instance.ts";
import { watchHeap } from "./heap.ts";

/** What a case may take at most. Statements and subrequests are those of one invocation. */
export interface Bound {
  statements: number;
  subrequests: number;
  seconds: number;
  /** Of the application's isolate, above its idle state. */
  peakHeapMb: number;
}

/** What a case took. */
export interface Measured extends Bound {
  what: string;
  bound: Bound;
  /** Of all that workerd holds, above its idle state. It has no bound, because the local database, converter and model are in it. */
  peakRssMb: number;
}

/** Work on a fresh instance, whose database is empty. */
export interface Bench {
  instance: Instance;
  api: Api;
  /** The lines that the Worker has logged about its units of work so far. */
  work: { work: string; items: number; d1_statements: number; subrequests: number }[];
}

/**
 * What V8 may hold for a Worker: some 16 MB when idle, and the 64 MB of {@link Bound.peakHeapMb}. Without a limit V8 keeps
 * garbage as long as there is room, and the peak says nothing about what the work needs. Work that needs more ends workerd.
 */
const HEAP_MB = 80;
const IDLE_MS = 3000;
const KEEP_LOADED_MS = 4000;
/** The last lines of the log arrive a moment later. */
const LOG_MS = 2000;
const REQUEST_TIMEOUT_MS = 600_000;

interface MeasureOptions extends Omit<InstanceOptions, "state"> {
  /** Runs before, unmeasured, on the same data: an instance whose queues lose every message. */
  prepare?: (api: Api) => Promise<void>;
}

/**
 * Runs work on a fresh local instance. Of statements and subrequests it takes the most that one invocation used; of memory, what
 * the peak exceeds the idle state by, of workerd and of the application's isolate in it. Besides it, workerd holds the local database
 * and the embedding model.
 */
export async function measure(
  what: string,
  bound: Bound,
  run: (bench: Bench) => Promise<void>,
  { prepare, ...options }: MeasureOptions = {},
): Promise<Measured> {
  console.error(`${what} …`);
  const state = await mkdtemp(path.join(os.tmpdir(), "edgewise-budgets-"));
  const forget = (): void => rmSync(state, { recursive: true, force: true, maxRetries: 5 });
  process.once("exit", forget);
  const work: Bench["work"] = [];
  const onConsole = (line: string): void => {
    const json = line.slice(line.indexOf("{"));
    if (json.startsWith('{"work":')) work.push(JSON.parse(json) as Bench["work"][number]);
  };
  const apiOf = ({ url }: Instance): Api =>
    new Api({ url, key: DEMO_KEYS.secret, tries: 1, timeoutMs: REQUEST_TIMEOUT_MS });
  if (prepare) {
    const lossy = await startInstance({ ...options, state, consumers: false });
    await prepare(apiOf(lossy)).finally(() => lossy.stop());
  }
  const inspectorPort = await claimPort(0);
  const instance = await startInstance({
    ...options,
    state,
    onConsole,
    inspectorPort,
    heapMb: HEAP_MB,
  });
  let isMeasured = false;
  let endAsking = (): void => {};
  try {
    const api = apiOf(instance);
    if (options.aiErrorRate !== 1) endAsking = await keepModelLoaded(api);
    await sleep(IDLE_MS);
    const idle = memory("VmRSS");
    forgetPeak();
    const peakHeap = await watchHeap(inspectorPort);
    const started = performance.now();
    await run({ instance, api, work });
    const seconds = (performance.now() - started) / 1000;
    const peak = memory("VmHWM");
    const peakHeapMb = peakHeap();
    await sleep(LOG_MS);
    isMeasured = true;
    return {
      what,
      statements: Math.max(0, ...work.map((one) => one.d1_statements)),
      subrequests: Math.max(0, ...work.map((one) => one.subrequests)),
      seconds,
      peakRssMb: (peak - idle) / 1024,
      peakHeapMb,
      bound,
    };
  } finally {
    endAsking();
    await instance.stop();
    if (isMeasured) forget();
    else {
      process.removeListener("exit", forget);
      console.error(`The instance's state is kept: ${state} (its log: wrangler.log)`);
    }
  }
}

/**
 * Loads the local embedding model, and asks it so often that it stays loaded: workerd removes an object that is idle for ten seconds. V8 counts the
 * array buffers of all Workers, and loading takes 92 MB for two seconds.
 * @returns a function that ends it
 */
async function keepModelLoaded(api: Api): Promise<() => void> {
  let asked = 0;
  // Another text each time: vectors are cached.
  const ask = (): Promise<unknown> => api.post("/v1/search", { query: `Is it loaded? ${asked++}` });
  await ask();
  const asking = setInterval(() => void ask().catch(() => undefined), KEEP_LOADED_MS);
  return () => clearInterval(asking);
}

/** Kibibytes, of all workerd processes that this process has started. */
function memory(field: "VmRSS" | "VmHWM"): number {
  return workerds()
    .map((pid) => readFileSync(`/proc/${pid}/status`, "utf8"))
    .map((status) => Number(new RegExp(`^${field}:\\s+(\\d+) kB`, "m").exec(status)?.[1]))
    .reduce((sum, kibibytes) => sum + kibibytes, 0);
}

/** Sets the peak to what is used now (man 5 proc, clear_refs). */
function forgetPeak(): void {
  for (const pid of workerds()) writeFileSync(`/proc/${pid}/clear_refs`, "5");
}

function workerds(): string[] {
  const parents = new Map<string, { name: string; parent: string }>();
  for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
      const [, name = "", parent = ""] = /\((.*)\) \S (\d+)/s.exec(stat) ?? [];
      parents.set(pid, { name, parent });
    } catch {
      // It has ended meanwhile.
    }
  }
  const isOurs = (pid: string): boolean => {
    if (pid === String(process.pid)) return true;
    const parent = parents.get(pid)?.parent;
    return parent !== undefined && isOurs(parent);
  };
  const found = [...parents.keys()].filter(
    (pid) => parents.get(pid)?.name === "workerd" && isOurs(pid),
  );
  if (found.length === 0) throw new CommandError("No workerd process was found in /proc.");
  return found;
}
