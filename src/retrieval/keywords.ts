import type { Release } from "../releases/release.ts";
import type { ExpandedTerms } from "./query-terms.ts";

export interface KeywordMatch {
  chunkId: number;
  /** BM25, larger is better. */
  score: number;
}

export interface KeywordResult {
  /** Best first. */
  matches: KeywordMatch[];
  /** Word of the query → number of chunks that contain it, among those that the reader may see. */
  chunkCounts: Map<string, number>;
  /** Chunks in the workspace that the reader may see. */
  totalChunks: number;
  /** Word that the query says more than once → how often it counts. */
  repeats: ReadonlyMap<string, number>;
}

/** Weight of a match by indexed field. The first column, the workspace, only filters, so its weight is 0. */
type FieldWeights = Release["retrieval"]["fields"];

/**
 * Caps the cost of one search: the number of postings (a word in a chunk) that it reads. Words are searched rarest first until
 * their postings reach the cap; commoner words are left out. The rarest word is always searched.
 */
const MAX_POSTINGS = 20_000;

/** Caps the cost of counting: postings counted for all words together. Each word gets an equal share, and is left out if it reaches it. */
const MAX_COUNTED = 6 * MAX_POSTINGS;

/**
 * Full-text search of one workspace: its best chunks for any of the words, and how rare each word is there. One statement,
 * one round trip. FTS5's bm25() is smaller for better matches, so the order is ascending and the score is negated.
 *
 * Chunks that the reader may not see do not count towards the caps: otherwise the matches and counts would reveal their words.
 * A search therefore also reads the postings of hidden chunks, beyond the caps.
 */
export async function searchKeywords(
  db: D1Database,
  workspaceId: string,
  audience: string[],
  terms: ExpandedTerms,
  fields: FieldWeights,
  limit: number,
): Promise<KeywordResult> {
  const equivalents = [...terms.equivalents.values()].flat();
  const queries = [...new Set([...terms.words, ...terms.phrases, ...equivalents])];
  if (queries.length === 0) return NOTHING;
  const scored = queries.flatMap((term) => Array(terms.repeats.get(term) ?? 1).fill(term));
  const { results: rows } = await db
    .prepare(SEARCH)
    .bind(
      JSON.stringify(scored),
      `workspace : ${quote(workspaceTerm(workspaceId))} AND {title headings body} : `,
      workspaceId,
      JSON.stringify(audience),
      limit,
      Math.min(MAX_POSTINGS, Math.ceil(MAX_COUNTED / queries.length)),
      fields.title,
      fields.headings,
      fields.body,
    )
    .all<Row>();
  return toResult(rows, terms);
}

function toResult(rows: Row[], terms: ExpandedTerms): KeywordResult {
  const counts = new Map(
    rows.flatMap(({ term, chunks }) => (term === null || chunks === null ? [] : [[term, chunks]])),
  );
  return {
    matches: rows.flatMap(({ chunkId, score }) =>
      chunkId === null || score === null ? [] : [{ chunkId, score }],
    ),
    chunkCounts: new Map(terms.words.map((word) => [word, countOf(word, terms, counts)])),
    totalChunks: rows.find(({ total }) => total !== null)?.total ?? 0,
    repeats: terms.repeats,
  };
}

/** A word counts as often as the commonest of its equivalents: "parcel" is not rare where documents say "package". */
function countOf(word: string, terms: ExpandedTerms, counts: Map<string, number>): number {
  const same = Array.from(terms.equivalents, ([term, equivalents]) =>
    term.split(" ").includes(word) ? equivalents : [],
  );
  return Math.max(...[word, ...same.flat()].map((term) => counts.get(term) ?? 0));
}

/** One of three kinds: a word with the number of its chunks, a match, or the number of all chunks. */
interface Row {
  term: string | null;
  chunks: number | null;
  chunkId: number | null;
  score: number | null;
  total: number | null;
}

export const NOTHING: KeywordResult = {
  matches: [],
  chunkCounts: new Map(),
  totalChunks: 0,
  repeats: new Map(),
};

/** The indexed form of a workspace id: one word to the tokenizer. Written by `knowledge/ingest/commit-statements.ts`. */
function workspaceTerm(workspaceId: string): string {
  return workspaceId.replaceAll("_", "");
}

/**
 * SQL: the workspace's chunks that the reader may not see. They are neither found nor counted, else the confidence of an answer
 * would reveal which words they use. The set is read once a search, so that each posting costs one look-up in it, not one of its chunk
 * and one of its document. If all documents are for everybody, the set is empty and costs one read of the index `documents_for_some`,
 * whose condition is the one on `d` below.
 */
function hiddenChunks(workspace: string, audience: string): string {
  return `SELECT c.id FROM documents d CROSS JOIN chunks c ON c.document_id = d.id
    WHERE d.workspace_id = ${workspace}
      AND (d.audience <> '[]' OR d.served_audience <> '[]' OR (d.served_audience IS NULL AND d.live_version > 0))
      AND ${visibleTo("d", audience)} IS NOT TRUE`;
}

/** SQL: equivalent to `NOT IN`, but SQLite checks the set's Bloom filter first only in this form, which settles most postings. */
const NOT_HIDDEN = "(rowid IN hidden) IS NOT TRUE";

/**
 * Parameters: 1 terms (JSON array, repeated as the query repeats them), 2 column filter, 3 workspace, 4 audience (JSON array),
 * 5 matches, 6 chunks counted for a term, 7 to 9 weights of title, headings and body.
 */
const SEARCH = `WITH hidden AS MATERIALIZED (${hiddenChunks("?3", "?4")}),
   rarity AS MATERIALIZED (
     SELECT value AS term, (SELECT count(*) FROM
       (SELECT 1 FROM chunk_terms WHERE chunk_terms MATCH ?2 || '"' || value || '"' AND ${NOT_HIDDEN} LIMIT ?6)) AS chunks
     FROM (SELECT DISTINCT value FROM json_each(?1))),
   affordable AS (
     SELECT term FROM (
       SELECT term, sum(chunks) OVER (ORDER BY chunks, term) AS postings,
         row_number() OVER (ORDER BY chunks, term) AS place
       FROM rarity WHERE chunks > 0 AND (chunks < ?6 OR ?6 = ${MAX_POSTINGS}))
     WHERE postings <= ${MAX_POSTINGS} OR place = 1),
   query AS (SELECT ?2 || coalesce('(' || group_concat('"' || term || '"', ' OR ') || ')', '""') AS match
     FROM json_each(?1) AS scored JOIN affordable ON term = scored.value)
   SELECT term, chunks, NULL AS chunkId, NULL AS score, NULL AS total FROM rarity
   UNION ALL
   SELECT NULL, NULL, NULL, NULL,
     (SELECT count(*) FROM chunks WHERE workspace_id = ?3) - (SELECT count(*) FROM hidden)
   UNION ALL
   SELECT NULL, NULL, id, -bm25, NULL FROM (
     SELECT rowid AS id, bm25(chunk_terms, 0.0, ?7, ?8, ?9) AS bm25 FROM chunk_terms
     WHERE chunk_terms MATCH (SELECT match FROM query) AND ${NOT_HIDDEN}
     ORDER BY bm25 LIMIT ?5) AS best
   WHERE EXISTS (SELECT 1 FROM chunks c WHERE c.workspace_id = ?3 AND c.id = best.id)`;

/**
 * SQL: the document is for everybody, or for an audience that the reader (a JSON array) belongs to. Both the version that is
 * served and the newest one have to say so: a document is closed at once, and opened with the text that is meant to be open.
 */
export function visibleTo(documents: string, audience: string): string {
  const allows = (column: string): string => `(${documents}.${column} = '[]' OR EXISTS (
    SELECT 1 FROM json_each(${documents}.${column}) AS needed, json_each(${audience}) AS had
    WHERE needed.value = had.value))`;
  return `(${allows("audience")} AND ${allows("served_audience")})`;
}

function quote(words: string): string {
  return `"${words}"`;
}
