import { batchByName } from "../../runtime/named-batch.ts";
import type { DocumentStatus } from "../accept/document-summaries.ts";
import { isOutdated, isUnread } from "../accept/outdated.ts";
import { READER_VERSION } from "../formats/reader-version.ts";
import { readMore, type Stage } from "./outbox.ts";

/** The current state of a claimed document, as far as ingestion needs it. */
export interface DocumentWork {
  documentId: number;
  workspaceId: string;
  title: string;
  /** Empty if this version is served already as this reader reads it, because then only its chunks are needed. */
  content: string;
  contentType: string;
  /** As its owner stated it. */
  language: string | null;
  status: DocumentStatus;
  version: number;
  liveVersion: number;
  /** 1: the version is served, and read anew because an older reader has read it. */
  isOutdated: 0 | 1;
  /** Its chunks' keywords were written by a reader of this version. */
  isIndexed: 0 | 1;
  /** The language that its chunks' keywords are written for. */
  indexedLanguage: string | null;
  /** When its owner last changed it or asked for another attempt, in milliseconds. */
  updatedAt: number;
  /** The reason why the last attempt at this version failed, if one did. */
  delayedBy: string | null;
  /** When the first of its failed attempts in a row ended. */
  failingSince: number | null;
  /** The chunks of the version before. */
  chunks: { id: number; hash: string; ordinal: number; marks: string | null }[];
}

/** SQL: of a document `d` and its row `o` in the outbox. */
const WORK_COLUMNS = `d.id AS documentId, d.workspace_id AS workspaceId, d.title, d.content_type AS contentType, d.language,
  d.status, d.version, d.live_version AS liveVersion, d.updated_at AS updatedAt, d.stages ->> '$.delayed_by' AS delayedBy,
  o.failing_since AS failingSince, o.stage = 'serve' AND ${isOutdated("d")} AS isOutdated, d.reader_version >= ${READER_VERSION} AS isIndexed,
  d.detected_language AS indexedLanguage`;

/** Claims documents and reads what their next version consists of, in one transaction. */
export async function claimVersions(
  db: D1Database,
  claim: D1PreparedStatement,
  by: string,
  now: number,
): Promise<{ works: DocumentWork[]; more: boolean }> {
  const rows = await batchByName<{
    works: Omit<DocumentWork, "chunks">;
    chunks: DocumentWork["chunks"][number] & { document_id: number };
    more: unknown;
  }>(db, {
    claim,
    works: db
      .prepare(
        `SELECT ${WORK_COLUMNS},
           iif(${isUnread("d")} AND d.status <> 'deleted', d.content, '') AS content
         FROM outbox o JOIN documents d ON d.id = o.document_id
         WHERE o.claimed_by = ?1 AND o.stage = 'serve' ORDER BY d.id`,
      )
      .bind(by),
    chunks: db
      .prepare(
        `SELECT c.document_id, c.id, c.hash, c.ordinal, c.marks
         FROM outbox o JOIN documents d ON d.id = o.document_id
           JOIN chunks c ON c.document_id = d.id AND c.workspace_id = d.workspace_id
         WHERE o.claimed_by = ?1 AND o.stage = 'serve' AND ${isUnread("d")} ORDER BY c.ordinal`,
      )
      .bind(by),
    more: readMore(db, "serve", now),
  });
  const chunksOf = Map.groupBy(rows.chunks, (row) => row.document_id);
  const works = rows.works.map((row) => ({ ...row, chunks: chunksOf.get(row.documentId) ?? [] }));
  return { works, more: rows.more.length > 0 };
}

/** The statement that reads the claimed documents of a stage without their text. */
export function readClaimed(db: D1Database, stage: Stage, by: string): D1PreparedStatement {
  return db
    .prepare(
      `SELECT ${WORK_COLUMNS}, '' AS content FROM outbox o JOIN documents d ON d.id = o.document_id
       WHERE o.claimed_by = ?1 AND o.stage = ?2 ORDER BY d.id`,
    )
    .bind(by, stage);
}

/** Reads documents with pending work by their ids, without their text. */
export async function readPending(db: D1Database, documentIds: number[]): Promise<DocumentWork[]> {
  const { results } = await db
    .prepare(
      `SELECT ${WORK_COLUMNS}, '' AS content FROM outbox o JOIN documents d ON d.id = o.document_id
       WHERE o.document_id IN (SELECT value FROM json_each(?1)) AND o.stage <> 'confirm' ORDER BY d.id`,
    )
    .bind(JSON.stringify(documentIds))
    .all<Omit<DocumentWork, "chunks">>();
  return results.map((row) => ({ ...row, chunks: [] }));
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
  return `json_each(${parameter}) AS w CROSS JOIN documents d ON d.id = w.value ->> 'id'
    AND d.workspace_id = w.value ->> 'workspace' AND d.version = w.value ->> 'version'`;
}
