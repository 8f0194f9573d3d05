import { spawn } from "node:child_process";
import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

const LAUNCHER = path.resolve(import.meta.dirname, "../../../local/with-dependencies.mjs");

// A repository with one dependency, and an `npm` that says that it ran and installs nothing.
let root: string;

beforeEach(async () => {
  root = await mkdtemp(path.join(tmpdir(), "edgewise-launcher-"));
  await mkdir(path.join(root, "bin"));
  await writeFile(
    path.join(root, "bin/npm"),
    '#!/bin/sh\necho "npm $1"\nexit "${NPM_STATUS:-0}"\n',
  );
  await chmod(path.join(root, "bin/npm"), 0o755);
  await mkdir(path.join(root, "node_modules/node/bin"), { recursive: true });
  await symlink(process.execPath, path.join(root, "node_modules/node/bin/node"));
  await lock("package-lock.json", "1.0.0");
  await lock("node_modules/.package-lock.json", "1.0.0");
});

afterEach(() => rm(root, { recursive: true, force: true }));

function lock(file: string, version: string): Promise<void> {
  const packages = {
    "": { name: "x" },
    "node_modules/a": { version, integrity: `sha512-${version}` },
  };
  const onlyElsewhere = { "node_modules/b-win32": { version: "1.0.0", optional: true } };
  const all = file === "package-lock.json" ? { ...packages, ...onlyElsewhere } : packages;
  return writeFile(path.join(root, file), JSON.stringify({ packages: all }));
}

interface Result {
  code: number | null;
  stdout: string;
  stderr: string;
}

function launch(
  script: string,
  env: Record<string, string> = {},
  onStart?: (pid: number) => void,
): Promise<Result> {
  const child = spawn(process.execPath, [LAUNCHER, "-e", script], {
    env: {
      ...process.env,
      ...env,
      EDGEWISE_ROOT: root,
      PATH: `${path.join(root, "bin")}:${process.env["PATH"]}`,
    },
  });
  let [stdout, stderr] = ["", ""];
  child.stdout.on("data", (chunk) => {
    stdout += chunk;
    if (stdout.includes("ready") && child.pid) onStart?.(child.pid);
  });
  child.stderr.on("data", (chunk) => (stderr += chunk));
  return new Promise((resolve) => child.on("close", (code) => resolve({ code, stdout, stderr })));
}

describe("with-dependencies", () => {
  it("runs the script with the repository's Node first on the PATH, and passes its exit code on", async () => {
    const { code, stdout } = await launch(
      "console.log(process.env.PATH.split(':')[0]); process.exit(7)",
    );
    expect(code).toBe(7);
    expect(stdout).toBe(`${path.join(root, "node_modules/.bin")}\n`);
  });

  it("installs when the lockfile wants another version", async () => {
    await lock("package-lock.json", "2.0.0");
    expect((await launch("0")).stdout).toBe("npm ci\n");
  });

  it("installs when nothing is installed, and stops when that fails", async () => {
    await rm(path.join(root, "node_modules"), { recursive: true });
    const { code, stdout, stderr } = await launch("console.log('ran')", { NPM_STATUS: "1" });
    expect([code, stdout]).toEqual([1, "npm ci\n"]);
    expect(stderr).toContain("npm ci failed");
  });

  it("passes SIGTERM on and waits for the script's own end", async () => {
    const script =
      "process.on('SIGTERM', () => process.exit(3)); console.log('ready'); setInterval(() => {}, 1000)";
    const { code } = await launch(script, {}, (pid) => process.kill(pid, "SIGTERM"));
    expect(code).toBe(3);
  });
});
