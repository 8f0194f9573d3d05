import { createHash } from "node:crypto";
import { readdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { DATABASE } from "../config.ts";
import { ROOT } from "./root.ts";
import { runWrangler } from "./wrangler.ts";

/**
 * Applies the migrations and the development keys. Each is a wrangler run of some seconds, so the state
 * folder records what has been applied, and later starts skip it.
 */
export async function prepareDatabase(
  state: string,
  appConfigFile: string,
  log: (line: string) => void,
): Promise<void> {
  const marker = path.join(state, "database.sha256");
  const wanted = await fingerprint();
  if ((await readFile(marker, "utf8").catch(() => "")) === wanted) return;
  log("Preparing the database …");
  const common = ["--local", "--persist-to", state, "-c", appConfigFile];
  await runWrangler(["d1", "migrations", "apply", DATABASE, ...common]);
  await runWrangler([
    "d1",
    "execute",
    DATABASE,
    "--file",
    path.join(ROOT, "local/seed.sql"),
    "--yes",
    ...common,
  ]);
  await writeFile(marker, wanted);
}

async function fingerprint(): Promise<string> {
  const migrations = (await readdir(path.join(ROOT, "migrations")))
    .toSorted()
    .map((name) => path.join("migrations", name));
  const hash = createHash("sha256");
  for (const file of [...migrations, "local/seed.sql"])
    hash.update(file).update(await readFile(path.join(ROOT, file)));
  return hash.digest("hex");
}
