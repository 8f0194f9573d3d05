// Prints the CPU time that the Worker's global scope takes, from wrangler's own profile of it on this machine.
import { execFileSync } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";

const folder = await mkdtemp(path.join(tmpdir(), "edgewise-profile-"));
const outfile = path.join(folder, "startup.cpuprofile");
execFileSync(
  process.execPath,
  ["node_modules/wrangler/bin/wrangler.js", "check", "startup", "--outfile", outfile],
  {
    stdio: "ignore",
  },
);
const { nodes, samples, timeDeltas } = JSON.parse(await readFile(outfile, "utf8"));
const idle = new Set(
  nodes
    .filter((node) => ["(idle)", "(program)"].includes(node.callFrame.functionName))
    .map((node) => node.id),
);
const busy = samples.reduce((sum, id, index) => sum + (idle.has(id) ? 0 : timeDeltas[index]), 0);
console.log(`start-up CPU: ${(busy / 1000).toFixed(0)} ms here (limit on Cloudflare: 1,000 ms)`);
await rm(folder, { recursive: true });
