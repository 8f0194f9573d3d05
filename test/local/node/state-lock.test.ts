import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { lockState } from "../../../local/dev/state-lock.ts";

let state: string;
beforeEach(() => void (state = mkdtempSync(path.join(os.tmpdir(), "edgewise-lock-"))));
afterEach(() => rmSync(state, { recursive: true, force: true }));

const MODULE = path.resolve(import.meta.dirname, "../../../local/dev/state-lock.ts");

it("a second instance on a state folder is refused until the first releases it", () => {
  const release = lockState(state);
  expect(() => lockState(state)).toThrow(/Another instance runs on the folder .*EDGEWISE_STATE/);
  release();
  lockState(state)();
});

it("the lock of an instance in another process holds, and ends with the process when it is killed", async () => {
  const script = `import { lockState } from ${JSON.stringify(MODULE)};
    lockState(${JSON.stringify(state)}); console.log("locked"); setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ["--no-warnings", "--input-type=module", "-e", script]);
  await once(child.stdout, "data");
  expect(() => lockState(state)).toThrow(/Another instance/);
  child.kill("SIGKILL");
  await once(child, "exit");
  lockState(state)();
});
