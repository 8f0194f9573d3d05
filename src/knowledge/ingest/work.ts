import type { DocumentStatus } from "../accept/document-summaries.ts";

/** What the consumer needs of a document, as it is now. */
export interface DocumentWork {
  documentId: number;
  workspaceId: string;
  title: string;
  /** Empty when this version is committed already: then only its chunks are read. */
  content: string;
  contentType: string;
  /** As its owner named it. */
  language: string | null;
  status: DocumentStatus;
  version: number;
  liveVersion: number;
  /** How often it was begun alone without an end being noted; -1 where the last attempt noted its end. */
  tries: number;
  /** The chunks of the version before. */
  chunks: { id: number; hash: string; ordinal: number }[];
}

/**
 * Characters of source text that are worked on at a time. A Worker has 128 MB, and a text passes through it as source,
 * Markdown, tree and chunks.
 */
const SLICE_CHARACTERS = 2_000_000;

/**
 * Reads documents, as many from the front of the list as fit into memory together. Those that were begun alone before come
 * without their content: they are not to be worked on together with others.
 * @returns they, in order, without those that do not exist, and the ids that are left for later
 */
export async function readWork(
  db: D1Database,
  documentIds: number[],
): Promise<{ works: DocumentWork[]; rest: number[] }> {
  const wanted = `SELECT w.key, d.*, coalesce(o.tries, 0) AS tries, sum(length(d.content)) OVER (ORDER BY w.key) - length(d.content) AS before
    FROM json_each(?1) AS w JOIN documents d ON d.id = w.value LEFT JOIN outbox o ON o.document_id = d.id`;
  const bind = (sql: string): D1PreparedStatement =>
    db.prepare(sql).bind(JSON.stringify(documentIds), SLICE_CHARACTERS);
  const [documents, chunks] = await db.batch<never>([
    bind(
      `SELECT id AS documentId, workspace_id AS workspaceId, title, content_type AS contentType, language, status, version,
         live_version AS liveVersion, tries,
         CASE WHEN live_version = version OR status = 'deleted' THEN '' ELSE content END AS content
       FROM (${wanted}) WHERE before < ?2 ORDER BY key`,
    ),
    bind(
      `SELECT c.document_id, c.id, c.hash, c.ordinal
       FROM (${wanted}) AS d JOIN chunks c ON c.document_id = d.id AND c.workspace_id = d.workspace_id
       WHERE d.before < ?2 AND d.live_version <> d.version ORDER BY c.ordinal`,
    ),
  ]);
  const chunksOf = Map.groupBy(
    (chunks?.results ?? []) as (DocumentWork["chunks"][number] & { document_id: number })[],
    (row) => row.document_id,
  );
  const works = ((documents?.results ?? []) as Omit<DocumentWork, "chunks">[]).map((row) => ({
    ...row,
    chunks: chunksOf.get(row.documentId) ?? [],
  }));
  const last = works.at(-1);
  const read = last ? documentIds.indexOf(last.documentId) + 1 : documentIds.length;
  return { works, rest: documentIds.slice(read) };
}

/**
 * Notes that the work on a document begins: should its invocation be killed, that is all that will be known.
 * @returns how often that was noted without an end; 0 when nothing is owed to it any more
 */
export async function noteTry(db: D1Database, documentId: number): Promise<number> {
  const row = await db
    .prepare(`UPDATE outbox SET tries = max(tries, 0) + 1 WHERE document_id = ?1 RETURNING tries`)
    .bind(documentId)
    .first<{ tries: number }>();
  return row?.tries ?? 0;
}

/** Those of the documents whose last attempt noted its end. That of the one that begins now is not noted yet. */
export async function takeEnded(db: D1Database, documentIds: number[]): Promise<number[]> {
  const { results } = await db
    .prepare(
      `UPDATE outbox SET tries = 0 WHERE tries < 0 AND document_id IN (SELECT value FROM json_each(?1))
       RETURNING document_id`,
    )
    .bind(JSON.stringify(documentIds))
    .all<{ document_id: number }>();
  return results.map((row) => row.document_id);
}

/** Those of the documents to which work is owed, first those whose work was begun least often. */
export async function leastTriedFirst(db: D1Database, documentIds: number[]): Promise<number[]> {
  const { results } = await db
    .prepare(
      `SELECT document_id FROM outbox WHERE document_id IN (SELECT value FROM json_each(?1))
       ORDER BY tries, document_id`,
    )
    .bind(JSON.stringify(documentIds))
    .all<{ document_id: number }>();
  return results.map((row) => row.document_id);
}

/** Names versions to a statement, as one JSON parameter: `$.id`, `$.version`, `$.workspace`. */
export function toVersions(works: DocumentWork[]): string {
  return JSON.stringify(
    works.map(({ documentId, version, workspaceId }) => ({
      id: documentId,
      version,
      workspace: workspaceId,
    })),
  );
}

/** SQL: documents `d` that the versions in `parameter` still are. */
export function stillAt(parameter: string): string {
  return `json_each(${parameter}) AS w JOIN documents d ON d.id = w.value ->> 'id'
    AND d.workspace_id = w.value ->> 'workspace' AND d.version = w.value ->> 'version'`;
}
