import { VERIFIED, type Generation } from "../generations/generation.ts";
import type { Release } from "../releases/release.ts";
import { toIndex } from "../language/index-terms.ts";
import { stemOf } from "../text/stems.ts";
import { isHiddenFrom, type View, type ViewSql } from "./visibility.ts";
import type { ExpandedTerms } from "./query-terms.ts";

export interface KeywordMatch {
  chunkId: number;
  /** BM25, larger is better. */
  score: number;
  /** Whether the index of the searched generation is known to show the chunk's vector: it does so seconds to minutes after it was stored. */
  vectorVisible: boolean;
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

/** How much an occurrence counts in BM25, by indexed field. */
type FieldWeights = Release["retrieval"]["fields"];

/**
 * Caps the cost of one search: the number of postings (a word in a chunk) that it reads. Words are searched rarest first until
 * their postings reach the cap; commoner words are left out. The rarest word is always searched.
 */
const MAX_POSTINGS = 20_000;

/** Caps the cost of counting: postings counted for all words together. Each word gets an equal share, and is left out if it reaches it. */
const MAX_COUNTED = 6 * MAX_POSTINGS;

/** Matches whose BM25 is computed exactly: the best ones by the columns that the words stand in. Chosen, not measured. */
const MAX_SCORED = 400;

/** BM25's parameters, those of FTS5's bm25(): how soon a word saturates, and how much a chunk's length counts. */
export const K1 = 1.2;
const B = 0.75;

/**
 * Full-text search of one workspace: its best chunks for any of the words, and how rare each word is there. One statement,
 * one round trip. FTS5 only finds the chunks. Its bm25() counts rarity and lengths in all workspaces together, so BM25 is computed here,
 * from the chunks of the workspace that the reader may see (docs/decisions/0055).
 *
 * Chunks that the reader may not see do not count towards the caps: otherwise the matches and counts would reveal their words.
 * A search therefore also reads the postings of hidden chunks, beyond the caps.
 */
export async function searchKeywords(
  db: D1Database,
  { workspaceId, audience, now, since }: View,
  terms: ExpandedTerms,
  fields: FieldWeights,
  limit: number,
  { slot }: Pick<Generation, "slot">,
): Promise<KeywordResult> {
  const equivalents = [...terms.equivalents.values()].flat();
  const queries = [...new Set([...terms.words, ...terms.phrases, ...equivalents])];
  if (queries.length === 0) return NOTHING;
  const asked = queries.map((term) => [
    term,
    terms.repeats.get(term) ?? 1,
    repeatsPath(term),
    anyFormOf(term, terms),
  ]);
  const { results: rows } = await db
    .prepare(SEARCH)
    .bind(
      JSON.stringify(asked),
      `workspace : "${workspaceTerm(workspaceId)}" AND `,
      workspaceId,
      JSON.stringify(audience),
      limit,
      Math.min(MAX_POSTINGS, Math.ceil(MAX_COUNTED / queries.length)),
      fields.title,
      fields.headings,
      fields.body,
      slot * VERIFIED,
      now,
      since,
    )
    .all<Row>();
  return toResult(rows, terms);
}

function toResult(rows: Row[], terms: ExpandedTerms): KeywordResult {
  const counts = new Map(
    rows.flatMap(({ term, chunks }) => (term === null || chunks === null ? [] : [[term, chunks]])),
  );
  return {
    matches: rows.flatMap(({ chunkId, score, visible }) =>
      chunkId === null || score === null ? [] : [{ chunkId, score, vectorVisible: visible === 1 }],
    ),
    chunkCounts: new Map(terms.words.map((word) => [word, countOf(word, terms, counts)])),
    totalChunks: rows.find(({ total }) => total !== null)?.total ?? 0,
    repeats: terms.repeats,
  };
}

/**
 * A word counts as often as the commonest of its equivalents: "parcel" is not rare where documents say "package", nor "mail" of "e-mail"
 * where they say "email".
 */
function countOf(word: string, terms: ExpandedTerms, counts: Map<string, number>): number {
  const isIn = (term: string): boolean => term.split(" ").includes(word);
  const same = Array.from(terms.equivalents, ([term, equivalents]) =>
    isIn(term) ? equivalents : [],
  );
  const compounds = terms.phrases.filter(isIn);
  return Math.max(...[word, ...compounds, ...same.flat()].map((term) => counts.get(term) ?? 0));
}

/** One of three kinds: a word with the number of its chunks, a match, or the number of all chunks. */
interface Row {
  term: string | null;
  chunks: number | null;
  chunkId: number | null;
  score: number | null;
  visible: 0 | 1 | null;
  total: number | null;
}

export const NOTHING: KeywordResult = {
  matches: [],
  chunkCounts: new Map(),
  totalChunks: 0,
  repeats: new Map(),
};

/** An FTS5 expression for a term in any of its forms. A chunk that has several of them has the term once. */
function anyFormOf(term: string, { forms, written }: ExpandedTerms): string {
  const stored = [term, ...(forms.get(term) ?? [])].map(toIndex);
  const all = new Set([...stored, written.get(term) ?? term]);
  return `(${Array.from(all, (form) => `"${form}"`).join(" OR ")})`;
}

/** Where `chunks.repeated_words` says how often the body has a word. Terms of several words are taken to stand there once. */
function repeatsPath(term: string): string | null {
  return term.includes(" ") ? null : `$."${stemOf(term)}"`;
}

/** The indexed form of a workspace id: one word to the tokenizer. Written by `knowledge/ingest/commit-statements.ts`. */
function workspaceTerm(workspaceId: string): string {
  return workspaceId.replaceAll("_", "");
}

/**
 * SQL: the workspace's chunks that the reader may not see. They are neither found nor counted, else the confidence of an answer
 * would reveal which words they use. The set is read once a search, so that each posting costs one look-up in it, not one of its chunk
 * and one of its document.
 */
function hiddenChunks(workspace: string, view: ViewSql): string {
  return `SELECT c.id, c.word_count FROM documents d CROSS JOIN chunks c ON c.document_id = d.id
    WHERE ${isHiddenFrom("d", workspace, view)}`;
}

/** SQL: equivalent to `NOT IN`, but SQLite checks the set's Bloom filter first only in this form, which settles most postings. */
const NOT_HIDDEN = "(rowid IN hidden) IS NOT TRUE";

/** SQL: the postings of the affordable words in one column. */
function postingsIn(column: string, weight: string): string {
  return `SELECT a.place, a.weight, t.rowid AS id, ${weight} AS occurrences, ${column === "body" ? 1 : 0} AS in_body
    FROM affordable a CROSS JOIN chunk_terms t
    WHERE t.chunk_terms MATCH ?2 || '${column} : ' || a.forms AND ${NOT_HIDDEN}`;
}

/**
 * Parameters: 1 terms (JSON array of [term, times in the query, path in `repeated_words`, its forms]), 2 workspace filter, 3 workspace,
 * 4 audience (JSON array), 5 matches, 6 chunks counted for a term, 7 to 9 weights of title, headings and body,
 * 10 the bit in `chunks.vector_stored` of a visible vector, 11 and 12 the times of the view.
 *
 * `candidate` orders matches by what the index alone tells: the columns that each word stands in. BM25 is then computed for the best of
 * them, with lengths and repeated words. All sums and orders are over rows of the workspace that the reader may see. Ties are in the
 * order of ids.
 */
const SEARCH = `WITH hidden_chunk AS MATERIALIZED (${hiddenChunks("?3", { audience: "?4", now: "?11", since: "?12" })}),
   hidden AS MATERIALIZED (SELECT id FROM hidden_chunk),
   visible AS MATERIALIZED (
     SELECT count(*) - (SELECT count(*) FROM hidden_chunk) AS chunks,
       sum(word_count) - (SELECT total(word_count) FROM hidden_chunk) AS words
     FROM chunks WHERE workspace_id = ?3),
   rarity AS MATERIALIZED (
     SELECT value ->> 0 AS term, value ->> 1 AS times, value ->> 2 AS path, value ->> 3 AS forms, (SELECT count(*) FROM
       (SELECT 1 FROM chunk_terms WHERE chunk_terms MATCH ?2 || '{title headings body} : ' || (value ->> 3)
          AND ${NOT_HIDDEN} LIMIT ?6)) AS chunks
     FROM json_each(?1)),
   affordable AS MATERIALIZED (
     SELECT place, term, path, forms, times * max(1e-6, coalesce(ln((visible.chunks - r.chunks + .5) / (r.chunks + .5)), 0)) * ${K1 + 1} AS weight FROM (
       SELECT *, sum(chunks) OVER (ORDER BY chunks, term) AS postings, row_number() OVER (ORDER BY chunks, term) AS place
       FROM rarity WHERE chunks > 0 AND (chunks < ?6 OR ?6 = ${MAX_POSTINGS})) AS r, visible
     WHERE postings <= ${MAX_POSTINGS} OR place = 1),
   posting AS MATERIALIZED (
     ${postingsIn("title", "?7")} UNION ALL ${postingsIn("headings", "?8")} UNION ALL ${postingsIn("body", "?9")}),
   candidate AS MATERIALIZED (
     SELECT id, sum(weight * occurrences / (occurrences + ${K1})) AS rough FROM posting
     GROUP BY id ORDER BY rough DESC, id LIMIT ${MAX_SCORED}),
   found AS (
     SELECT p.id, p.weight, c.word_count, c.vector_stored,
       sum(p.occurrences) + ?9 * max(max(p.in_body) * coalesce(c.repeated_words ->> a.path, 1) - 1, 0) AS occurrences
     FROM posting p CROSS JOIN candidate ON candidate.id = p.id CROSS JOIN chunks c ON c.id = p.id CROSS JOIN affordable a ON a.place = p.place
     WHERE c.workspace_id = ?3 GROUP BY p.id, p.place)
   SELECT term, chunks, NULL AS chunkId, NULL AS score, NULL AS visible, NULL AS total FROM rarity
   UNION ALL
   SELECT NULL, NULL, NULL, NULL, NULL, chunks FROM visible
   UNION ALL
   SELECT * FROM (
     SELECT NULL, NULL, id, sum(weight * occurrences / (occurrences + ${K1} * (${1 - B} + ${B} * word_count * visible.chunks / visible.words))) AS bm25,
       (vector_stored & ?10) <> 0, NULL
     FROM found, visible GROUP BY id ORDER BY bm25 DESC, id LIMIT ?5)`;
