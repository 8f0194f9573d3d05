import { spawnSync } from "node:child_process";
import path from "node:path";
import type { Job } from "./work.ts";

const CHILD = path.join(import.meta.dirname, "memory-child.ts");
const LIMIT_MS = 20_000;

/**
 * The peak of a fresh process over its idle size, in megabytes, while one input is read. The process collects its garbage as early
 * as one with a Worker's 128 MB would. Undefined: it ran too long or out of memory.
 */
export function peakMemory(job: Job, heldOut?: string): number | undefined {
  const flags = ["--expose-gc", "--max-semi-space-size=2", "--optimize-for-size", "--no-warnings"];
  const { stdout } = spawnSync(
    process.execPath,
    [...flags, "--max-old-space-size=2048", CHILD, JSON.stringify(job), heldOut ?? ""],
    { encoding: "utf8", timeout: LIMIT_MS, maxBuffer: 1 << 20 },
  );
  const megabytes = Number(/peak (\S+)/.exec(stdout)?.[1]);
  return Number.isFinite(megabytes) ? megabytes : undefined;
}
