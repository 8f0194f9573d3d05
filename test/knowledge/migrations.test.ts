import { env } from "cloudflare:workers";
import { beforeEach, expect, it } from "vitest";
import { sweep } from "../../src/knowledge/sweeper.ts";
import { createWorkspace } from "../support/workspace.ts";
import { deliver, foundBy, pendingWork, store, withServices } from "../support/pipeline.ts";

beforeEach(() => env.DB.prepare("DELETE FROM outbox").run());

/** Runs a migration's statements on rows again; its changes of tables are already in place. */
async function migrateRows(name: string): Promise<void> {
  const migration = env.TEST_MIGRATIONS.find((one) => one.name.startsWith(name));
  const rows = (migration?.queries ?? [])
    .map((query) => query.replace(/^\s*--.*$/gm, "").trim())
    .filter((query) => /^(?:UPDATE|INSERT)/.test(query));
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
  "a migration closes a document that 0008 may have opened before its wider version was ingested, and has it ingested: %s",
  async (status) => {
    const workspace = await createWorkspace();
    const secret = { title: "Margins", content: "Margins are forty percent.", audience: ["staff"] };
    const { documentId } = await store(workspace, "widened", secret);
    const other = await store(workspace, "ingested", {
      title: "Hours",
      content: "We open at nine.",
    });
    await deliver([documentId, other.documentId]);
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
    // The document may or may not have pending work.
    if (status === "failed") {
      await env.DB.prepare(`DELETE FROM outbox WHERE document_id = ?1`).bind(documentId).run();
    }

    await migrateRows("0011");
    expect(await served(documentId)).toBeNull();
    expect(await served(other.documentId)).toBe("[]");
    expect(await foundBy("keywords", workspace, "margins")).toEqual([]);

    expect(await pendingWork(workspace)).toEqual([documentId]);
    const { resent } = await withServices((services) => sweep(services));
    expect(resent).toBe(1);
    await deliver([documentId]);
    expect(await served(documentId)).toBe("[]");
    expect(await foundBy("keywords", workspace, "margins")).toEqual(["widened"]);
  },
);
