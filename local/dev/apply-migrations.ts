// Applies the migrations that a local database lacks, and the development keys:
//   node local/dev/apply-migrations.ts <wrangler configuration> <folder of stored data>
// It opens the database as wrangler does, in one process: `wrangler d1` needs one for the migrations and one for the keys
// (docs/decisions/0051).
import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { getPlatformProxy } from "wrangler";
import { ROOT } from "./root.ts";

/** As `wrangler d1 migrations apply` creates it, so that either can go on after the other. */
const APPLIED = `CREATE TABLE IF NOT EXISTS d1_migrations(
  id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT UNIQUE, applied_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP NOT NULL
)`;

const [configPath, stored] = process.argv.slice(2);
if (!configPath || !stored) throw new Error("Name the configuration and the folder.");
const proxy = await getPlatformProxy<{ DB: D1Database }>({
  configPath,
  envFiles: [],
  persist: { path: stored },
  remoteBindings: false,
});
try {
  await prepare(proxy.env.DB);
} finally {
  await proxy.dispose();
}

async function prepare(db: D1Database): Promise<void> {
  await db.prepare(APPLIED).run();
  const { results } = await db.prepare("SELECT name FROM d1_migrations").all<{ name: string }>();
  const applied = new Set(results.map(({ name }) => name));
  const migrations = (await readdir(path.join(ROOT, "migrations"))).toSorted();
  for (const name of migrations.filter((one) => !applied.has(one))) {
    await db.batch([
      db.prepare(await sql(path.join("migrations", name))),
      db.prepare("INSERT INTO d1_migrations (name) VALUES (?)").bind(name),
    ]);
  }
  await db.prepare(await sql("local/seed.sql")).run();
}

function sql(file: string): Promise<string> {
  return readFile(path.join(ROOT, file), "utf8");
}
