import { env } from "cloudflare:workers";
import { beforeEach, expect, it } from "vitest";
import { READER_VERSION } from "../../src/knowledge/formats/reader-version.ts";
import { sweep } from "../../src/knowledge/sweeper.ts";
import { cheapAi } from "../support/cheap-ai.ts";
import {
  dropPendingWork,
  foundBy,
  ingestPending,
  longArticle,
  SILENT_QUEUES,
  store,
  withServices,
} from "../support/pipeline.ts";
import { createWorkspace, type Workspace } from "../support/workspace.ts";

beforeEach(async () => {
  await dropPendingWork();
  await env.DB.prepare(`UPDATE documents SET reader_version = ${READER_VERSION}`).run();
});

const TEXTS: Record<string, string> = {
  german: "Größe und Straße stehen auf dem Etikett.",
  hindi: "अपना पासवर्ड बदलें",
  thai: "คุณสามารถคืนสินค้าได้",
  number: "It lasts for 10,000 cycles.",
  code: "Code E-12 says that the lid is open.",
};

async function ingested(): Promise<Workspace> {
  const workspace = await createWorkspace();
  for (const [id, content] of Object.entries(TEXTS))
    await store(workspace, id, { title: "Note", content, content_type: "text/plain" });
  await ingestPending();
  await dropPendingWork();
  return workspace;
}

/** Gives the workspace's chunks the keywords that a reader of version 1 wrote: their text as it is. */
async function asReaderOneWrote(workspace: Workspace): Promise<void> {
  const chunks = `SELECT c.id FROM chunks c WHERE c.workspace_id = ?1`;
  await env.DB.batch(
    [
      `DELETE FROM chunk_terms WHERE rowid IN (${chunks})`,
      `INSERT INTO chunk_terms (rowid, workspace, title, headings, body)
       SELECT c.id, replace(c.workspace_id, '_', ''), d.title, '', c.text
       FROM chunks c JOIN documents d ON d.id = c.document_id WHERE c.workspace_id = ?1`,
      `UPDATE chunks SET word_count = 1, repeated_words = NULL WHERE workspace_id = ?1`,
      `DELETE FROM words WHERE workspace_id = ?1`,
      `DELETE FROM document_words WHERE rowid IN (SELECT id FROM documents WHERE workspace_id = ?1)`,
      `INSERT INTO document_words (rowid, workspace, words)
       SELECT id, replace(workspace_id, '_', ''), lower(markdown) FROM documents WHERE workspace_id = ?1`,
      `UPDATE documents SET reader_version = 1 WHERE workspace_id = ?1`,
    ].map((sql) => env.DB.prepare(sql).bind(workspace.id)),
  );
}

async function rows(workspace: Workspace): Promise<object[]> {
  const { results } = await env.DB.prepare(
    `SELECT id, word_count FROM chunks WHERE workspace_id = ?1 ORDER BY id`,
  )
    .bind(workspace.id)
    .all();
  return results;
}

it("until a document is read anew its keywords of an older reader find what they found, and afterwards every spelling, without an embedding", async () => {
  const workspace = await ingested();
  const before = await rows(workspace);
  await asReaderOneWrote(workspace);
  const finds = async (question: string): Promise<string[]> =>
    foundBy("keywords", workspace, question);
  const asWritten = ["Größe", "पासवर्ड", "10,000", "E-12", "lid"];
  const found = [["german"], ["hindi"], ["number"], ["code"], ["code"]];
  expect(await Promise.all(asWritten.map(finds))).toEqual(found);
  expect(await finds("Groesse")).toEqual([]);

  await withServices((services) => sweep(services), SILENT_QUEUES);
  const { ai, calls } = cheapAi();
  await ingestPending({ bindings: { AI: ai } });
  expect(calls).toEqual([]);
  expect(await rows(workspace)).toEqual(before);
  const otherwise = ["Groesse", "पासवर्ड बदलें", "10000", "e12", "LIDS"];
  expect(await Promise.all([...asWritten, ...otherwise].map(finds))).toEqual([...found, ...found]);
  expect(await finds("สินค้า")).toEqual(["thai"]);
});

it("a document whose language is corrected gets the stems of that language, and no chunk is embedded again", async () => {
  const workspace = await createWorkspace();
  const content = "Die Häuser am See werden im Herbst von Handwerkern aus dem Dorf renoviert.";
  await store(workspace, "houses", { title: "Notiz", content, language: "fi" });
  await ingestPending();
  expect(await foundBy("keywords", workspace, "Haus")).toEqual([]);
  await store(workspace, "houses", { title: "Notiz", content, language: "de" });
  const { ai, calls } = cheapAi();
  await ingestPending({ bindings: { AI: ai } });
  expect(calls).toEqual([]);
  expect(await foundBy("keywords", workspace, "Haus")).toEqual(["houses"]);
});

it("an edit of a document that an older reader has read writes the keywords of its unchanged chunks anew, too", async () => {
  const workspace = await createWorkspace();
  const article = longArticle(["Größe", "lamps"]);
  await store(workspace, "guide", { title: "Guide", content: article });
  await ingestPending();
  await dropPendingWork();
  await asReaderOneWrote(workspace);
  expect(await foundBy("keywords", workspace, "Groesse")).toEqual([]);
  await store(workspace, "guide", { title: "Guide", content: `${article}\n\n## More\n\nA pump.` });
  await ingestPending();
  expect(await foundBy("keywords", workspace, "Groesse")).toEqual(["guide"]);
});
