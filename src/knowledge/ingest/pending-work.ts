import { batchByName } from "../../runtime/named-batch.ts";
import type { DocumentStatus } from "../accept/document-summaries.ts";

/** What ingestion needs of a document, as it is now. */
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
  /** When its owner last changed it or asked for another attempt, in milliseconds. */
  updatedAt: number;
  /** The reason of this version's last attempt that ended without success, if there was one. */
  delayedBy: string | null;
  /** The chunks of the version before. */
  chunks: { id: number; hash: string; ordinal: number }[];
}

/**
 * Characters of source text that are worked on at a time. A Worker has 128 MB, and a text passes through it as source,
 * Markdown, tree and chunks.
 */
const SLICE_CHARACTERS = 2_000_000;

/**
 * Reads documents with pending work (a row in the outbox), as many from the front of the list as fit into memory together. A
 * wake-up that comes twice or late therefore finds nothing to do.
 * @returns the documents, in order, and the ids that are left for later
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
