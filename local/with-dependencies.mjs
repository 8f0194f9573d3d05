// Runs a script with this repository's own Node and dependencies, installing them first where they are missing or stale:
//   node local/with-dependencies.mjs <script> [arguments…]
// Plain JavaScript and no imports from node_modules: it has to run on an older Node, before anything is installed.
import { spawn, spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";

const OLDEST_NODE = 20;
/** wrangler refuses to start on an older Node. */
const OLDEST_NODE_FOR_WRANGLER = [22, 12];

const root =
  process.env.EDGEWISE_ROOT ??
  path.resolve(import.meta.dirname ?? path.dirname(new URL(import.meta.url).pathname), "..");
const modules = path.join(root, "node_modules");
const windows = process.platform === "win32";

requireNode();
if (!isInstalled()) install();
run(process.argv.slice(2));

function requireNode() {
  const [major] = process.versions.node.split(".").map(Number);
  if (major < OLDEST_NODE)
    fail(`Edgewise needs Node ${OLDEST_NODE} or newer to start; this is ${process.versions.node}.`);
}

/** True when npm's record of installed packages holds every package of the lockfile. */
function isInstalled() {
  const installed = readPackages(path.join(modules, ".package-lock.json"));
  if (!installed) return false;
  const wanted = readPackages(path.join(root, "package-lock.json"));
  if (!wanted) fail("package-lock.json cannot be read.");
  return Object.entries(wanted).every(
    ([name, { version, integrity, optional, devOptional, link }]) => {
      if (name === "" || optional || devOptional || link) return true;
      return installed[name]?.version === version && installed[name].integrity === integrity;
    },
  );
}

function readPackages(file) {
  try {
    return JSON.parse(readFileSync(file, "utf8")).packages;
  } catch {
    return undefined;
  }
}

function install() {
  console.error("Installing dependencies (npm ci), which takes a minute or two …");
  const { status, error } = spawnSync(
    "npm",
    ["ci", "--no-fund", "--no-audit", "--loglevel=error"],
    {
      cwd: root,
      stdio: "inherit",
      shell: windows,
    },
  );
  if (error) fail(`npm could not be started: ${error.message}`);
  if (status !== 0) fail("npm ci failed; see above.");
}

/** The `node` package's binary, else the Node that runs this, if wrangler can use it. */
function node() {
  const bundled = path.join(modules, "node/bin", windows ? "node.exe" : "node");
  if (existsSync(bundled)) return bundled;
  const [major, minor] = process.versions.node.split(".").map(Number);
  const [wantedMajor, wantedMinor] = OLDEST_NODE_FOR_WRANGLER;
  if (major > wantedMajor || (major === wantedMajor && minor >= wantedMinor))
    return process.execPath;
  return fail(
    `${bundled} is missing and Node ${process.versions.node} is too old: delete node_modules and start again.`,
  );
}

function run(args) {
  if (args.length === 0) fail("Usage: node local/with-dependencies.mjs <script> [arguments…]");
  const PATH = [path.join(modules, ".bin"), process.env.PATH].join(path.delimiter);
  const child = spawn(node(), args, { cwd: root, stdio: "inherit", env: { ...process.env, PATH } });
  // Ctrl-C also reaches the child, which is in the same process group. This process must only outlive it.
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
    process.on(signal, () => {
      if (signal !== "SIGINT" || !process.stdin.isTTY) child.kill(signal);
    });
  }
  child.on("error", (error) => fail(error.message));
  child.on("exit", (code, signal) => {
    process.exitCode = code ?? (signal === "SIGINT" ? 130 : 143);
  });
}

function fail(message) {
  console.error(message);
  process.exit(1);
}
