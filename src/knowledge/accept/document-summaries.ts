import type { DocumentWarning } from "../formats/warnings.ts";

export type DocumentStatus = "pending" | "live" | "failed" | "deleted";

/** A document as the API shows it, without its text. */
export interface DocumentSummary {
  external_id: string;
  title: string;
  url: string | null;
  content_type: string;
  language: string | null;
  audience: string[];
  metadata: Record<string, unknown>;
  status: DocumentStatus;
  version: number;
  /** The version that is served; 0 while none is. */
  live_version: number;
  error: string | null;
  /** Passages that read like instructions to a model, and text that is hidden. They block nothing. */
  warnings: DocumentWarning[];
  chunks: number;
  /** Chunks that the last run embedded; the text of the others was unchanged. */
  embedded_chunks: number;
  source_updated_at: string | null;
  /** When this version reached each stage, and what delays it. */
  stages: Stages;
  created_at: string;
  updated_at: string;
}

export interface Stages {
  accepted_at?: string;
  normalised_at?: string;
  /** From here on the keyword leg finds this version, and no longer the version before. */
  keywords_at?: string;
  /** Vectorize has accepted all vectors of the version; it shows them some seconds later. */
  vectors_at?: string;
  failed_at?: string;
  delayed_by?: string;
}

const SUMMARY_COLUMNS = `external_id, title, url, content_type,
  coalesce(language, detected_language) AS language, audience, metadata, status, version,
  live_version, error, warnings, chunk_count AS chunks, embedded_chunks, source_updated_at, stages, created_at, updated_at`;

export async function getDocument(
  db: D1Database,
  workspaceId: string,
  externalId: string,
): Promise<(DocumentSummary & { content: string }) | null> {
  const row = await db
    .prepare(
      `SELECT ${SUMMARY_COLUMNS}, content FROM documents
       WHERE workspace_id = ?1 AND external_id = ?2 AND status <> 'deleted'`,
    )
    .bind(workspaceId, externalId)
    .first<SummaryRow & { content: string }>();
  return row && { ...toSummary(row), content: row.content };
}

/** A page of documents, ordered by external id, so that changes between two pages do not shift the list. */
export async function listDocuments(
  db: D1Database,
  workspaceId: string,
  page: { status?: DocumentStatus | undefined; after?: string | undefined; limit: number },
): Promise<DocumentSummary[]> {
  const { results } = await db
    .prepare(
      `SELECT ${SUMMARY_COLUMNS} FROM documents
       WHERE workspace_id = ?1 AND external_id > ?2
         AND (status = ?3 OR (?3 IS NULL AND status <> 'deleted'))
       ORDER BY external_id LIMIT ?4`,
    )
    .bind(workspaceId, page.after ?? "", page.status ?? null, page.limit)
    .all<SummaryRow>();
  return results.map(toSummary);
}

type SummaryRow = Omit<
  DocumentSummary,
  "audience" | "metadata" | "warnings" | "stages" | "created_at" | "updated_at"
> & {
  audience: string;
  metadata: string;
  warnings: string;
  stages: string;
  created_at: number;
  updated_at: number;
};

function toSummary(row: SummaryRow): DocumentSummary {
  const { content: _content, ...columns } = row as SummaryRow & { content?: string };
  return {
    ...columns,
    audience: JSON.parse(row.audience) as string[],
    metadata: JSON.parse(row.metadata) as Record<string, unknown>,
    warnings: JSON.parse(row.warnings) as DocumentWarning[],
    stages: toStages(row.stages),
    created_at: new Date(row.created_at).toISOString(),
    updated_at: new Date(row.updated_at).toISOString(),
  };
}

function toStages(json: string): Stages {
  const stages = Object.entries(JSON.parse(json) as Record<string, number | string>);
  return Object.fromEntries(
    stages.map(([name, value]) => [
      name,
      typeof value === "number" ? new Date(value).toISOString() : value,
    ]),
  );
}
