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

it("a migration forgets what files were read as, so that they are converted anew, except images, which a model describes", async () => {
  const workspace = await createWorkspace();
  for (const [hash, type] of [
    ["a1", "application/pdf"],
    ["b2", "image/png"],
  ] as const) {
    const { documentId } = await store(workspace, hash, { title: hash, content: "text" });
    await env.DB.batch([
      env.DB.prepare(`UPDATE documents SET content = ?2, content_type = ?3 WHERE id = ?1`).bind(
        documentId,
        `sha256:${hash}`,
        type,
      ),
      env.DB.prepare(
        `INSERT INTO source_files (workspace_id, hash, part, bytes, conversion, stored_at) VALUES (?1, ?2, 0, x'00', 'read', 0)`,
      ).bind(workspace.id, hash),
    ]);
  }
  await migrateRows("0025");
  const { results } = await env.DB.prepare(
    `SELECT hash, conversion FROM source_files WHERE workspace_id = ?1 ORDER BY hash`,
  )
    .bind(workspace.id)
    .all();
  expect(results).toEqual([
    { hash: "a1", conversion: null },
    { hash: "b2", conversion: "read" },
  ]);
});
