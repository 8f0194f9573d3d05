import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { CommandError } from "./command.ts";

const ROOT = path.resolve(import.meta.dirname, "..");
const WRANGLER = path.join(ROOT, "node_modules/wrangler/bin/wrangler.js");
const DATABASE = "edgewise";
/** The placeholder for `database_id` in wrangler.toml before the first deployment. */
const NO_DATABASE_ID = "00000000-0000-0000-0000-000000000000";

/**
 * How long a locked database is tried again. A running instance writes to the same SQLite file, and workerd sets no busy
 * timeout, so a statement of ours fails at once when it meets a write. What failed with SQLITE_BUSY changed nothing.
 */
const LOCKED_WAIT_MS = 30_000;

/** The deployed database of wrangler.toml, or the one in a local instance's state folder. */
export type Target = { kind: "remote" } | { kind: "local"; state: string };

export type Row = Record<string, string | number | null>;

/**
 * Runs SQL through wrangler and returns the first statement's rows. Several statements are one transaction. wrangler takes no
 * parameters, so every value in `sql` has to come from {@link sqlText}.
 */
export async function runSql(target: Target, sql: string): Promise<Row[]> {
  const args = [
    "d1",
    "execute",
    DATABASE,
    "--json",
    "--yes",
    "--command",
    sql,
    ...whichDatabase(target),
  ];
  const until = Date.now() + LOCKED_WAIT_MS;
  for (;;) {
    const { code, stdout, stderr } = await runWrangler(args);
    const results = parseResults(stdout);
    if (code === 0 && results) return results;
    const said = [stderr, stdout].map((text) => text.trim()).find((text) => text !== "");
    if (said?.includes("SQLITE_BUSY") && Date.now() < until) continue;
    throw new CommandError(`wrangler d1 execute failed:\n${said ?? `exit code ${code}`}`);
  }
}

function whichDatabase(target: Target): string[] {
  if (target.kind === "remote") {
    const config = path.join(ROOT, "wrangler.toml");
    if (readFileSync(config, "utf8").includes(NO_DATABASE_ID)) {
      throw new CommandError(
        "wrangler.toml names no database yet: put the id that `npx wrangler d1 create edgewise` prints into database_id.",
      );
    }
    return ["--remote", "-c", config];
  }
  const config = path.join(target.state, "app.json");
  if (!existsSync(config)) {
    throw new CommandError(
      `There is no local instance in ${target.state}: run npm start once, or use --remote.`,
    );
  }
  return ["--local", "--persist-to", target.state, "-c", config];
}

async function runWrangler(
  args: string[],
): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const child = spawn(process.execPath, ["--no-warnings", WRANGLER, ...args], {
    cwd: ROOT,
    stdio: ["ignore", "pipe", "pipe"],
    env: {
      ...process.env,
      WRANGLER_SEND_METRICS: "false",
      NO_COLOR: "1",
      FORCE_COLOR: "0",
      CI: "1",
    },
  });
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
  return { code, stdout, stderr };
}

/** wrangler prints `[{ results, success, meta }]`, possibly after lines of its own. */
function parseResults(stdout: string): Row[] | undefined {
  const start = stdout.search(/^\[/m);
  if (start < 0) return undefined;
  try {
    const [statement] = JSON.parse(stdout.slice(start)) as { results?: Row[]; success?: boolean }[];
    return statement?.success === false ? undefined : statement?.results;
  } catch {
    return undefined;
  }
}

/** A text as SQL that holds nothing but hexadecimal digits: no quote, comment or semicolon of it can be read as SQL. */
export function sqlText(text: string): string {
  return `CAST(X'${Buffer.from(text, "utf8").toString("hex")}' AS TEXT)`;
}
