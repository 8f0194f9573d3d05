import { spawn, type ChildProcess } from "node:child_process";
import { createWriteStream } from "node:fs";
import path from "node:path";
import { createInterface } from "node:readline";
import { ROOT } from "./root.ts";

const WRANGLER = path.join(ROOT, "node_modules/wrangler/bin/wrangler.js");

/** wrangler sends no telemetry, asks nothing, and does not look up its location, which logs an error without internet. */
export const WRANGLER_ENVIRONMENT = {
  WRANGLER_SEND_METRICS: "false",
  CLOUDFLARE_CF_FETCH_ENABLED: "false",
  WRANGLER_LOG_SANITIZE: "true",
  NO_COLOR: "1",
  FORCE_COLOR: "0",
  CI: "1",
};

/** How long a stopped wrangler may take to end its workerd. */
const GRACE_MS = 5_000;

const alive = new Set<ChildProcess>();

// Stops wrangler and workerd when this process ends, unless it is killed by SIGKILL.
process.on("exit", () => {
  for (const child of alive) signalGroup(child, "SIGKILL");
});

function spawnWrangler(args: string[], heapMb?: number): ChildProcess {
  // miniflare passes these flags on to workerd.
  const v8 = heapMb && { MINIFLARE_WORKERD_V8_FLAGS: `--max-old-space-size=${heapMb}` };
  const child = spawn(process.execPath, ["--no-warnings", WRANGLER, ...args], {
    cwd: ROOT,
    stdio: ["ignore", "pipe", "pipe"],
    // A group of its own, so that stopping it reaches workerd even when wrangler does not pass the signal on.
    detached: process.platform !== "win32",
    env: { ...process.env, ...WRANGLER_ENVIRONMENT, ...v8 },
  });
  alive.add(child);
  child.once("close", () => alive.delete(child));
  return child;
}

export interface RunningWrangler {
  /** Rejects, with the end of the log, when wrangler ends without having been asked to. */
  readonly failed: Promise<never>;
  stop(): Promise<void>;
  /** Kills wrangler and its workerd at once, as a power cut would. */
  kill(): Promise<void>;
}

/** Runs a long-running wrangler command. Its output goes to `logFile` and, line by line, to `onLine`. */
export function startWrangler(
  args: string[],
  logFile: string,
  onLine: (line: string) => void,
  heapMb?: number,
): RunningWrangler {
  const child = spawnWrangler(args, heapMb);
  const log = createWriteStream(logFile, { flags: "w" });
  const tail: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    if (!stream) continue;
    createInterface({ input: stream }).on("line", (line) => {
      log.write(`${line}\n`);
      tail.push(line);
      if (tail.length > 30) tail.shift();
      onLine(line);
    });
  }
  let stopping = false;
  const ended = new Promise<void>((resolve) => child.once("close", () => resolve()));
  const failed = new Promise<never>((_, reject) => {
    child.once("error", reject);
    child.once("close", (code) => {
      if (!stopping)
        reject(
          new Error(
            `wrangler dev ended with code ${code}. The end of ${logFile}:\n${tail.join("\n")}`,
          ),
        );
    });
  });
  failed.catch(() => undefined);
  return {
    failed,
    async stop() {
      stopping = true;
      signalGroup(child, "SIGTERM");
      const timer = setTimeout(() => signalGroup(child, "SIGKILL"), GRACE_MS);
      await ended;
      clearTimeout(timer);
      // wrangler may end before a busy workerd, so the rest of the process group is killed now.
      signalGroup(child, "SIGKILL");
      log.end();
    },
    async kill() {
      stopping = true;
      signalGroup(child, "SIGKILL");
      await ended;
      log.end();
    },
  };
}

function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (!child.pid) return;
  try {
    if (process.platform === "win32") child.kill(signal);
    else process.kill(-child.pid, signal);
  } catch {
    // Already gone.
  }
}
