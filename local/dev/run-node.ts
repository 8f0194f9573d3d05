import { spawn } from "node:child_process";
import { ROOT } from "./root.ts";

/** Runs a script of this repository with this Node. Throws with what it printed when it fails. */
export async function runNode(
  script: string,
  args: string[] = [],
  environment: Record<string, string> = {},
): Promise<void> {
  const child = spawn(process.execPath, [script, ...args], {
    cwd: ROOT,
    env: { ...process.env, ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (chunk: Buffer) => (output += chunk.toString()));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
  if (code !== 0) throw new Error(`${script} failed:\n${output.trim()}`);
}
