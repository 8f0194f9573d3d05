import { createHash } from "node:crypto";
import { readdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { databaseConfig } from "../config.ts";
import { ROOT } from "./root.ts";
import { runNode } from "./run-node.ts";
import { WRANGLER_ENVIRONMENT } from "./wrangler.ts";

/**
 * Applies the migrations and the development keys. That takes seconds, so the state folder records what has been applied, and
 * later starts skip it.
 */
export async function prepareDatabase(state: string, log: (line: string) => void): Promise<void> {
  const marker = path.join(state, "database.sha256");
  const wanted = await fingerprint();
  if ((await readFile(marker, "utf8").catch(() => "")) === wanted) return;
  log("Preparing the database …");
  const config = path.join(state, "database.json");
  await writeFile(config, JSON.stringify(databaseConfig(), null, 2));
  const script = path.join(ROOT, "local/dev/apply-migrations.ts");
  await runNode(script, [config, path.join(state, "v3")], WRANGLER_ENVIRONMENT);
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
