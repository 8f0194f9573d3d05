import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expect, it, onTestFinished } from "vitest";
import { runSql } from "../../../cli/d1.ts";

it("a command on the local database waits while another process writes to it", async () => {
  const state = await mkdtemp(path.join(tmpdir(), "edgewise-locked-"));
  onTestFinished(() => rm(state, { recursive: true, force: true }));
  await writeFile(
    path.join(state, "app.json"),
    JSON.stringify({
      name: "edgewise",
      compatibility_date: "2026-01-01",
      d1_databases: [{ binding: "DB", database_name: "edgewise", database_id: "local" }],
    }),
  );
  const target = { kind: "local" as const, state };
  await runSql(target, "CREATE TABLE written (n INTEGER)");
  const folder = path.join(state, "v3/d1/miniflare-D1DatabaseObject");
  const file = (await readdir(folder)).find((name) => /^[0-9a-f]{64}\.sqlite$/.test(name));
  const other = new DatabaseSync(path.join(folder, file!));
  onTestFinished(() => other.close());
  other.exec("BEGIN IMMEDIATE; INSERT INTO written VALUES (1)");
  const ours = runSql(target, "INSERT INTO written VALUES (2)");
  const first = await Promise.race([
    ours.then(() => "ended"),
    new Promise((resolve) => setTimeout(() => resolve("waiting"), 8_000)),
  ]);
  expect(first).toBe("waiting");
  other.exec("COMMIT");
  await ours;
  expect(await runSql(target, "SELECT n FROM written ORDER BY n")).toEqual([{ n: 1 }, { n: 2 }]);
}, 90_000);
