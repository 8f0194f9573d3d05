import { env } from "cloudflare:workers";
import { beforeEach, expect, it } from "vitest";
import { createWorkspace } from "../support/workspace.ts";
import { ingestPending, foundBy, store } from "../support/pipeline.ts";

beforeEach(() => env.DB.prepare("DELETE FROM outbox").run());

/** Runs a migration's changes of rows again. Those of tables are in place, and the outbox has other columns since. */
async function migrateRows(name: string): Promise<void> {
  const migration = env.TEST_MIGRATIONS.find((one) => one.name.startsWith(name));
  const rows = (migration?.queries ?? [])
    .map((query) => query.replace(/^\s*--.*$/gm, "").trim())
    .filter((query) => query.startsWith("UPDATE"));
  expect(rows.length).toBeGreaterThan(0);
  await env.DB.batch(rows.map((query) => env.DB.prepare(query)));
}

async function served(documentId: number): Promise<string | null | undefined> {
  const row = await env.DB.prepare(`SELECT served_audience FROM documents WHERE id = ?1`)
    .bind(documentId)
    .first<{ served_audience: string | null }>();
  return row?.served_audience;
}

it.each(["pending", "failed"])(
  "a migration closes a document that 0008 may have opened before its wider version was ingested: %s",
  async (status) => {
    const workspace = await createWorkspace();
    const secret = { title: "Margins", content: "Margins are forty percent.", audience: ["staff"] };
    const { documentId } = await store(workspace, "widened", secret);
    const other = await store(workspace, "ingested", {
      title: "Hours",
      content: "We open at nine.",
    });
    await ingestPending();
    await store(workspace, "widened", {
      title: "Margins",
      content: "Margins are fair.",
      audience: [],
    });
    // What 0008 left: the served version has the newest version's audience.
    await env.DB.prepare(
      `UPDATE documents SET served_audience = audience, status = ?2 WHERE id = ?1`,
    )
      .bind(documentId, status)
      .run();
    await migrateRows("0011");
    expect(await served(documentId)).toBeNull();
    expect(await served(other.documentId)).toBe("[]");
    expect(await foundBy("keywords", workspace, "margins")).toEqual([]);

    await ingestPending();
    expect(await served(documentId)).toBe("[]");
    expect(await foundBy("keywords", workspace, "margins")).toEqual(["widened"]);
  },
);
