import { spawnSync } from "node:child_process";
import path from "node:path";
import type { Job } from "./work.ts";

const CHILD = path.join(import.meta.dirname, "memory-child.ts");
const LIMIT_MS = 20_000;

/**
 * V8's limit: some 15 MB when idle, and the bound of 64 MB. Without one V8 keeps garbage as long as there is room, and the peak says
 * nothing about what the reading needs: a megabyte of plain text, which needs 15 MB, then takes 125.
 */
const HEAP_MB = 80;

/**
 * The peak of a fresh process over its idle size, in megabytes, while one input is read. Infinity: it needs more than
 * {@link HEAP_MB}. Undefined: it ran too long.
 */
export function peakMemory(job: Job, heldOut?: string): number | undefined {
  const flags = ["--expose-gc", "--max-semi-space-size=2", "--optimize-for-size", "--no-warnings"];
  const { stdout, stderr } = spawnSync(
    process.execPath,
    [...flags, `--max-old-space-size=${HEAP_MB}`, CHILD, JSON.stringify(job), heldOut ?? ""],
    { encoding: "utf8", timeout: LIMIT_MS, maxBuffer: 1 << 20 },
  );
  if (stderr.includes("heap out of memory")) return Infinity;
  const megabytes = Number(/peak (\S+)/.exec(stdout)?.[1]);
  return Number.isFinite(megabytes) ? megabytes : undefined;
}
