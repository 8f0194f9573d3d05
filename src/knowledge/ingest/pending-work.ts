import { batchByName } from "../../runtime/named-batch.ts";
import type { DocumentStatus } from "../accept/document-summaries.ts";

/** The current state of a document, as far as ingestion needs it. */
export interface DocumentWork {
  documentId: number;
  workspaceId: string;
  title: string;
  /** Empty if this version is committed already, because then only its chunks are needed. */
  content: string;
  contentType: string;
  /** As its owner stated it. */
  language: string | null;
  status: DocumentStatus;
  version: number;
  liveVersion: number;
  /** When its owner last changed it or asked for another attempt, in milliseconds. */
  updatedAt: number;
  /** The reason why the last attempt at this version failed, if one did. */
  delayedBy: string | null;
  /** The chunks of the version before. */
  chunks: { id: number; hash: string; ordinal: number }[];
}

/**
 * Characters of source text that are in work at a time. A Worker has 128 MB, and holds a text as source, Markdown, tree and
 * chunks.
 */
const SLICE_CHARACTERS = 2_000_000;

/**
 * Reads documents with pending work (a row in the outbox), as many from the front of the list as fit into memory. A wake-up
 * that comes twice or late finds no row and so does nothing.
 * @returns the documents, in order, and the ids that did not fit
 */
export async function readPendingWork(
  db: D1Database,
  documentIds: number[],
): Promise<{ works: DocumentWork[]; rest: number[] }> {
  const pending = `SELECT w.key, d.*, sum(length(d.content)) OVER (ORDER BY w.key) - length(d.content) AS before
    FROM json_each(?1) AS w JOIN documents d ON d.id = w.value JOIN outbox o ON o.document_id = d.id`;
  const bind = (sql: string): D1PreparedStatement =>
    db.prepare(sql).bind(JSON.stringify(documentIds), SLICE_CHARACTERS);
  const rows = await batchByName<{
    documents: Omit<DocumentWork, "chunks">;
    chunks: DocumentWork["chunks"][number] & { document_id: number };
  }>(db, {
    documents: bind(
      `SELECT id AS documentId, workspace_id AS workspaceId, title, content_type AS contentType, language, status, version,
         live_version AS liveVersion, updated_at AS updatedAt, stages ->> '$.delayed_by' AS delayedBy,
         CASE WHEN live_version = version OR status = 'deleted' THEN '' ELSE content END AS content
       FROM (${pending}) WHERE before < ?2 ORDER BY key`,
    ),
    chunks: bind(
      `SELECT c.document_id, c.id, c.hash, c.ordinal
       FROM (${pending}) AS d JOIN chunks c ON c.document_id = d.id AND c.workspace_id = d.workspace_id
       WHERE d.before < ?2 AND d.live_version <> d.version ORDER BY c.ordinal`,
    ),
  });
  const chunksOf = Map.groupBy(rows.chunks, (row) => row.document_id);
  const works = rows.documents.map((row) => ({
    ...row,
    chunks: chunksOf.get(row.documentId) ?? [],
  }));
  const last = works.at(-1);
  const read = last ? documentIds.indexOf(last.documentId) + 1 : documentIds.length;
  return { works, rest: documentIds.slice(read) };
}

/** The ids of versions as one JSON parameter of a statement: `$.id`, `$.version`, `$.workspace`. */
export function toVersions(works: DocumentWork[]): string {
  return JSON.stringify(
    works.map(({ documentId, version, workspaceId }) => ({
      id: documentId,
      version,
      workspace: workspaceId,
    })),
  );
}

/** SQL: documents `d` that are still at the versions in `parameter`. */
export function stillAt(parameter: string): string {
  return `json_each(${parameter}) AS w JOIN documents d ON d.id = w.value ->> 'id'
    AND d.workspace_id = w.value ->> 'workspace' AND d.version = w.value ->> 'version'`;
}
