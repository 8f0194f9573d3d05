import type { QueryTerms } from "./query-terms.ts";

export interface KeywordMatch {
  chunkId: number;
  /** BM25, larger is better. */
  score: number;
}

export interface KeywordResult {
  /** Best first. */
  matches: KeywordMatch[];
  /** For each word of the query: in how many of the workspace's chunks it occurs. */
  chunkCounts: Map<string, number>;
  /** Chunks in the workspace. */
  totalChunks: number;
}

/** Weight of a match by column: workspace (a filter, not evidence), title, headings, body. */
const COLUMN_WEIGHTS = "0.0, 2.0, 1.5, 1.0";

/**
 * Full-text search of one workspace: its best chunks for any of the words, and how rare each word is there. One batch,
 * one round trip. FTS5's bm25() is smaller for better matches, hence ascending order and the changed sign.
 */
export async function searchKeywords(
  db: D1Database,
  workspaceId: string,
  audience: string[],
  terms: QueryTerms,
  limit: number,
): Promise<KeywordResult> {
  const queries = [...terms.words, ...terms.phrases].map(quote);
  if (queries.length === 0) return { matches: [], chunkCounts: new Map(), totalChunks: 0 };
  const scope = `workspace : ${quote(workspaceTerm(workspaceId))}`;
  const search = db
    .prepare(
      `SELECT c.id AS chunkId, -bm25(chunk_terms, ${COLUMN_WEIGHTS}) AS score
       FROM chunk_terms JOIN chunks c ON c.id = chunk_terms.rowid JOIN documents d ON d.id = c.document_id
       WHERE chunk_terms MATCH ?1 AND c.workspace_id = ?2 AND ${visibleTo("d", "?3")}
       ORDER BY bm25(chunk_terms, ${COLUMN_WEIGHTS}) LIMIT ?4`,
    )
    .bind(
      `${scope} AND {title headings body} : (${queries.join(" OR ")})`,
      workspaceId,
      JSON.stringify(audience),
      limit,
    );
  const rarity = db
    .prepare(
      `SELECT value AS word,
         (SELECT count(*) FROM chunk_terms WHERE chunk_terms MATCH ?2 || '"' || value || '"') AS chunks
       FROM json_each(?1)`,
    )
    .bind(JSON.stringify(terms.words), `${scope} AND {title headings body} : `);
  const total = db
    .prepare(`SELECT count(*) AS chunks FROM chunks WHERE workspace_id = ?1`)
    .bind(workspaceId);
  const [matches, counts, size] = await db.batch<Record<string, number | string>>([
    search,
    rarity,
    total,
  ]);
  return {
    matches: (matches?.results ?? []) as unknown as KeywordMatch[],
    chunkCounts: new Map(counts?.results.map((row) => [String(row.word), Number(row.chunks)])),
    totalChunks: Number(size?.results[0]?.chunks ?? 0),
  };
}

/** The indexed form of a workspace id: one word to the tokenizer. Written by `commitVersion`. */
function workspaceTerm(workspaceId: string): string {
  return workspaceId.replaceAll("_", "");
}

/** SQL: the document is for everybody, or for an audience that the reader (a JSON array) belongs to. */
export function visibleTo(documents: string, audience: string): string {
  return `(${documents}.audience = '[]' OR EXISTS (
    SELECT 1 FROM json_each(${documents}.audience) AS needed, json_each(${audience}) AS had
    WHERE needed.value = had.value))`;
}

function quote(words: string): string {
  return `"${words}"`;
}
