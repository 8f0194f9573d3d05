import { spawn } from "node:child_process";
import path from "node:path";

const ROOT = path.resolve(import.meta.dirname, "../..");

/** Runs `npm run ingest` without a terminal, so that it asks no question. `output` holds both of its output streams. */
export function runIngest(...args: string[]): Promise<{ code: number | null; output: string }> {
  const child = spawn(process.execPath, ["--no-warnings", "cli/ingest.ts", ...args], {
    cwd: ROOT,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  child.stdout.on("data", (part: Buffer) => (output += part.toString()));
  child.stderr.on("data", (part: Buffer) => (output += part.toString()));
  return new Promise((resolve) => child.once("close", (code) => resolve({ code, output })));
}
