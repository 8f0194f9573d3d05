// Measures the CPU time of the Worker's global scope with `wrangler check startup`, prints it, and fails above LIMIT_MS.
import { execFileSync } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";

/** Cloudflare's own limit is 1,000 ms. */
const LIMIT_MS = 100;
/** Other processes of the machine make a profile longer, never shorter. So the smallest of several profiles counts. */
const MOST_PROFILES = 5;

const folder = await mkdtemp(path.join(tmpdir(), "edgewise-profile-"));
const measured = [];
do {
  measured.push(await profile(path.join(folder, `startup-${measured.length}.cpuprofile`)));
} while (Math.min(...measured) > LIMIT_MS && measured.length < MOST_PROFILES);
await rm(folder, { recursive: true });

const least = Math.min(...measured);
console.log(
  `start-up CPU: ${least} ms (limit ${LIMIT_MS} ms; measured: ${measured.join(", ")} ms)`,
);
if (least > LIMIT_MS) process.exitCode = 1;

/** The milliseconds of one profile, without its idle samples. */
async function profile(outfile) {
  execFileSync(
    process.execPath,
    ["node_modules/wrangler/bin/wrangler.js", "check", "startup", "--outfile", outfile],
    { stdio: "ignore" },
  );
  const { nodes, samples, timeDeltas } = JSON.parse(await readFile(outfile, "utf8"));
  const idle = new Set(
    nodes
      .filter((node) => ["(idle)", "(program)"].includes(node.callFrame.functionName))
      .map((node) => node.id),
  );
  const busy = samples.reduce((sum, id, index) => sum + (idle.has(id) ? 0 : timeDeltas[index]), 0);
  return Math.round(busy / 1000);
}
