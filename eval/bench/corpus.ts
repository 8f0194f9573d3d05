import type { Services } from "../../src/runtime/services.ts";
import { EMBEDDING_MODEL } from "../../local/ai/embedding-model.ts";
import { commitVersions } from "../../src/knowledge/ingest/commit.ts";
import type { Draft } from "../../src/knowledge/ingest/draft.ts";
import { openDatabase } from "../in-process/database.ts";
import type { SyntheticText } from "./synthetic-text.ts";

export const WORKSPACE = "ws_local_demo";
/** Shares the index and the vocabulary with the first workspace, so that its words are in the same postings lists. */
const NEIGHBOUR = "ws_neighbour";
const NEIGHBOUR_SHARE = 0.5;

const CHUNKS_PER_DOCUMENT = 8;
/** About as many words as a chunk of 128 tokens has. */
const WORDS_PER_CHUNK = 80;
const DOCUMENTS_A_COMMIT = 250;

/** An in-memory database with the chunks written as ingestion writes them, and half as many of a second workspace. */
export async function buildCorpus(chunks: number, text: SyntheticText): Promise<D1Database> {
  const db = await openDatabase();
  await db
    .prepare(`INSERT INTO workspaces (id, name, secret, created_at) VALUES (?1, ?1, 'secret', 0)`)
    .bind(NEIGHBOUR)
    .run();
  await fill(db, WORKSPACE, chunks, text);
  await fill(db, NEIGHBOUR, chunks * NEIGHBOUR_SHARE, text);
  return db;
}

async function fill(
  db: D1Database,
  workspaceId: string,
  chunks: number,
  text: SyntheticText,
): Promise<void> {
  const services = {
    db,
    config: { embeddingModel: EMBEDDING_MODEL },
    now: () => 0,
  } as unknown as Services;
  const documents = Math.ceil(chunks / CHUNKS_PER_DOCUMENT);
  for (let start = 0; start < documents; start += DOCUMENTS_A_COMMIT) {
    const drafts: Draft[] = [];
    for (let at = start; at < Math.min(documents, start + DOCUMENTS_A_COMMIT); at++)
      drafts.push(await draftOf(db, workspaceId, `document-${at}`, text));
    await commitVersions(
      services,
      drafts.map(({ work }) => work),
      drafts,
    );
  }
}

async function draftOf(
  db: D1Database,
  workspaceId: string,
  externalId: string,
  text: SyntheticText,
): Promise<Draft> {
  const title = text.text(5);
  const row = await db
    .prepare(
      `INSERT INTO documents (workspace_id, external_id, title, content_type, content, content_hash, version, status,
         created_at, updated_at)
       VALUES (?1, ?2, ?3, 'text/markdown', '', '', 1, 'live', 0, 0) RETURNING id`,
    )
    .bind(workspaceId, externalId, title)
    .first<{ id: number }>();
  const heading = text.text(3);
  return {
    work: {
      documentId: row?.id ?? 0,
      workspaceId,
      title,
      content: "",
      contentType: "text/markdown",
      language: null,
      status: "pending",
      version: 1,
      liveVersion: 0,
      isOutdated: 0,
      isIndexed: 0,
      indexedLanguage: null,
      chunks: [],
      updatedAt: 0,
      delayedBy: null,
      failingSince: null,
    },
    markdown: "",
    language: "en",
    warnings: [],
    chunks: Array.from({ length: CHUNKS_PER_DOCUMENT }, () => ({
      headingPath: [heading],
      text: text.text(WORDS_PER_CHUNK),
      spans: [],
    })),
    normalisedAt: 0,
  };
}

/** Restricts every tenth document of the first workspace to one audience, so that words are counted by what a reader may see. */
export async function restrict(db: D1Database): Promise<void> {
  await db
    .prepare(
      `UPDATE documents SET audience = '["staff"]', served_audience = '["staff"]'
       WHERE workspace_id = ?1 AND id % 10 = 0`,
    )
    .bind(WORKSPACE)
    .run();
}
