import type { z } from "zod";
import type { DocumentWarning } from "../formats/warnings.ts";
import { waitsForReading } from "./outdated.ts";
import type { documentSummary, documentWithContent } from "./schema.ts";

/** A document as the API shows it, without its text. */
export type DocumentSummary = z.infer<typeof documentSummary>;
export type DocumentStatus = DocumentSummary["status"];

const SUMMARY_COLUMNS = `external_id, title, url, content_type,
  coalesce(language, detected_language) AS language, audience, metadata, valid_from, valid_until, status, version,
  iif(live_version >= shown_from, live_version, 0) AS live_version, hidden_reason, hidden_until,
  CASE WHEN live_version < max(shown_from, 1) THEN NULL
    WHEN EXISTS (SELECT 1 FROM outbox o WHERE o.document_id = documents.id AND NOT ${waitsForReading("o")}) THEN 'pending'
    WHEN status = 'failed' AND EXISTS (SELECT 1 FROM chunks c JOIN index_generations g ON g.workspace_id = c.workspace_id AND g.state = 'live'
      WHERE c.document_id = documents.id AND (c.vector_stored & g.slot) = 0) THEN NULL
    ELSE 'visible' END AS vectors, error, warnings, chunk_count AS chunks, embedded_chunks, source_updated_at, stages, created_at, updated_at`;

export type DocumentWithContent = z.infer<typeof documentWithContent>;

/** @param withMarkdown whether to read the text of the served version, too, which is null while none is served */
export async function getDocument(
  db: D1Database,
  workspaceId: string,
  externalId: string,
  withMarkdown = false,
): Promise<DocumentWithContent | null> {
  const row = await db
    .prepare(
      `SELECT ${SUMMARY_COLUMNS}, content, iif(?3 AND live_version >= max(shown_from, 1), markdown, NULL) AS markdown FROM documents
       WHERE workspace_id = ?1 AND external_id = ?2 AND status <> 'deleted'`,
    )
    .bind(workspaceId, externalId, withMarkdown ? 1 : 0)
    .first<SummaryRow & { content: string; markdown: string | null }>();
  if (!row) return null;
  const { content, markdown, ...summary } = row;
  return { ...toSummary(summary), content, ...(withMarkdown && { markdown }) };
}

/** A page of the external ids between two texts, both exclusive, in their order. */
export async function listExternalIds(
  db: D1Database,
  workspaceId: string,
  { after, before, limit }: { after: string; before: string; limit: number },
): Promise<string[]> {
  const { results } = await db
    .prepare(
      `SELECT external_id AS id FROM documents
       WHERE workspace_id = ?1 AND external_id > ?2 AND external_id < ?3 AND status <> 'deleted'
       ORDER BY external_id LIMIT ?4`,
    )
    .bind(workspaceId, after, before, limit)
    .all<{ id: string }>();
  return results.map(({ id }) => id);
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
  return results.map((row) => {
    const summary = toSummary(row);
    return { ...summary, warnings: summary.warnings.filter(({ usual }) => !usual) };
  });
}

type SummaryRow = Omit<
  DocumentSummary,
  "audience" | "metadata" | "hidden" | "warnings" | "stages" | "created_at" | "updated_at"
> & {
  hidden_reason: string | null;
  hidden_until: number | null;
  audience: string;
  metadata: string;
  warnings: string;
  stages: string;
  created_at: number;
  updated_at: number;
};

function toSummary(row: SummaryRow): DocumentSummary {
  const { hidden_reason: reason, hidden_until: until, ...columns } = row;
  return {
    ...columns,
    hidden: until === null ? null : { reason: reason ?? "", until: new Date(until).toISOString() },
    audience: JSON.parse(row.audience) as string[],
    metadata: JSON.parse(row.metadata) as Record<string, unknown>,
    warnings: JSON.parse(row.warnings) as DocumentWarning[],
    stages: toStages(row.stages),
    created_at: new Date(row.created_at).toISOString(),
    updated_at: new Date(row.updated_at).toISOString(),
  };
}

function toStages(json: string): DocumentSummary["stages"] {
  const stages = Object.entries(JSON.parse(json) as Record<string, number | string>);
  return Object.fromEntries(
    stages.map(([name, value]) => [
      name,
      typeof value === "number" ? new Date(value).toISOString() : value,
    ]),
  );
}
