import type { Services } from "../../runtime/services.ts";
import { wordsOf } from "../../text/words.ts";
import type { GenerationWakeUp } from "../../runtime/messages.ts";
import { sha256Hex } from "../../crypto/hash.ts";
import {
  ensureFirst,
  GENERATION_COLUMNS,
  type Generation,
  type GenerationRow,
} from "../../generations/generation.ts";
import { spaced } from "../../text/bigrams.ts";
import { embeddedText, type Chunk } from "./chunk.ts";
import { jsonSlices } from "../accept/rows.ts";
import type { DocumentWarning } from "../formats/warnings.ts";
import { stillAt, toVersions, type DocumentWork } from "./work.ts";

/** A version that is ready to be served. */
export interface Draft {
  work: DocumentWork;
  markdown: string;
  /** What its owner says, or what the text looks like. */
  language: string | null;
  chunks: Chunk[];
  normalisedAt: number;
  warnings: DocumentWarning[];
}

/** A chunk that the live generation has no vector of. */
export interface MissingVector extends Chunk {
  /** What a model has written about it (chunk-contexts.ts). */
  context: string | null;
  chunkId: number;
  documentId: number;
  workspaceId: string;
  generation: Generation;
}

/** A vector whose chunk is gone. */
export interface VectorGarbage {
  vectorId: string;
  index: Generation["index"];
  documentId: number;
}

/** What is left to do once D1 serves the versions. */
export interface Owed {
  missing: MissingVector[];
  garbage: VectorGarbage[];
  /** Generations beside the live ones, which want the same vectors. */
  others: GenerationWakeUp[];
}

/**
 * Makes versions the ones that are served, in one transaction: chunks whose text did not change keep their row and
 * vector, the others are replaced in the keyword index, and vectors that lost their chunk are noted for collection. A
 * draft whose document has moved on meanwhile, or that another run was faster with, is void. The same round trip reads what
 * the indexes still lack of all `works`, drafts or not.
 */
export async function commitVersions(
  services: Services,
  works: DocumentWork[],
  drafts: Draft[],
): Promise<Owed> {
  const { db, config, now } = services;
  const workspaces = [...new Set(works.map((work) => work.workspaceId))];
  const statements = [
    ensureFirst(db, workspaces, config.embeddingModel, now()),
    ...(drafts.length > 0 ? await writeStatements(services, drafts) : []),
    readMissing(db, works),
    readGarbage(db, works),
    readOthers(db, workspaces),
  ];
  const results = await db.batch<never>(statements);
  const [missing, garbage, others] = results.slice(-3);
  return {
    missing: ((missing?.results ?? []) as MissingRow[]).map((row) => toMissing(row, config)),
    garbage: (garbage?.results ?? []) as VectorGarbage[],
    others: (others?.results ?? []) as GenerationWakeUp[],
  };
}

async function writeStatements(
  services: Services,
  drafts: Draft[],
): Promise<D1PreparedStatement[]> {
  const { db, now } = services;
  const diffs = await Promise.all(drafts.map(diff));
  const versions = toVersions(drafts.map((draft) => draft.work));
  const keptIds = JSON.stringify(diffs.flatMap(({ kept }) => kept.map((chunk) => chunk.id)));
  const moved = diffs.flatMap(({ kept }) => kept.filter((chunk) => chunk.moved));
  const added = diffs.flatMap((changes) => changes.added);
  const unspaced = unspacedTerms(drafts, diffs);
  const current = `SELECT d.id, d.workspace_id, d.title FROM ${stillAt("?1")}
    WHERE d.live_version <> d.version AND d.status <> 'deleted'`;
  const gone = `SELECT c.id, c.document_id, c.workspace_id FROM chunks c JOIN (${current}) AS d ON d.id = c.document_id
    WHERE c.workspace_id = d.workspace_id AND c.id NOT IN (SELECT value FROM json_each(?2))`;
  const bind = (sql: string, ...more: unknown[]): D1PreparedStatement =>
    db.prepare(sql).bind(versions, ...more);

  return [
    bind(
      `INSERT OR IGNORE INTO vector_garbage (vector_id, index_name, document_id, created_at)
       SELECT g.vector_prefix || c.id, g.index_name, c.document_id, ?3 FROM (${gone}) AS c
       JOIN index_generations g ON g.workspace_id = c.workspace_id AND g.state <> 'collected'`,
      keptIds,
      now(),
    ),
    bind(`DELETE FROM chunk_terms WHERE rowid IN (SELECT id FROM (${gone}))`, keptIds),
    bind(`DELETE FROM chunks WHERE id IN (SELECT id FROM (${gone}))`, keptIds),
    ...jsonSlices(moved).map((rows) =>
      bind(
        `UPDATE chunks SET ordinal = e.value ->> 'ordinal' FROM json_each(?2) AS e, (${current}) AS d
         WHERE chunks.id = e.value ->> 'id' AND chunks.document_id = d.id AND chunks.workspace_id = d.workspace_id`,
        rows,
      ),
    ),
    ...jsonSlices(added).map((rows) =>
      bind(
        `INSERT INTO chunks (workspace_id, document_id, ordinal, heading_path, text, hash)
         SELECT d.workspace_id, d.id, e.value ->> 'ordinal', e.value -> 'headingPath', e.value ->> 'text',
           e.value ->> 'hash'
         FROM json_each(?2) AS e JOIN (${current}) AS d ON d.id = e.value ->> 'documentId' ORDER BY e.key`,
        rows,
      ),
    ),
    bind(
      `INSERT INTO chunk_terms (rowid, workspace, title, headings, body)
       SELECT c.id, replace(c.workspace_id, '_', ''), d.title,
         (SELECT group_concat(value, ' ') FROM json_each(c.heading_path)), c.text
       FROM (${current}) AS d JOIN chunks c ON c.document_id = d.id AND c.workspace_id = d.workspace_id
       WHERE c.id NOT IN (SELECT value FROM json_each(?2))
         AND d.id || '/' || c.ordinal NOT IN (SELECT value FROM json_each(?3))`,
      keptIds,
      JSON.stringify(unspaced.map(({ documentId, ordinal }) => `${documentId}/${ordinal}`)),
    ),
    ...jsonSlices(unspaced).map((rows) =>
      bind(
        `INSERT INTO chunk_terms (rowid, workspace, title, headings, body)
         SELECT c.id, replace(c.workspace_id, '_', ''), e.value ->> 'title', e.value ->> 'headings', e.value ->> 'body'
         FROM json_each(?2) AS e JOIN (${current}) AS d ON d.id = e.value ->> 'documentId'
         JOIN chunks c ON c.document_id = d.id AND c.workspace_id = d.workspace_id AND c.ordinal = e.value ->> 'ordinal'`,
        rows,
      ),
    ),
    ...jsonSlices(vocabularyOf(drafts, diffs)).map((words) =>
      bind(
        `INSERT OR IGNORE INTO words (workspace_id, word)
         SELECT d.workspace_id, e.value ->> 1 FROM json_each(?2) AS e JOIN (${current}) AS d
           ON d.id = e.value ->> 0`,
        words,
      ),
    ),
    // Last: what stands above asks whether a version is served already.
    ...serveStatements(db, drafts, diffs, now()),
  ];
}

/** Markdown travels as it is and not as JSON, whose escapes could take a long text beyond what D1 accepts as a value. */
function serveStatements(
  db: D1Database,
  drafts: Draft[],
  diffs: Diff[],
  now: number,
): D1PreparedStatement[] {
  return drafts.map(({ work, markdown, chunks, language, normalisedAt, warnings }, index) =>
    db
      .prepare(
        `UPDATE documents SET live_version = ?3, markdown = ?4, chunk_count = ?5, embedded_chunks = ?6,
           detected_language = ?9, warnings = ?10, served_audience = audience, served_title = title,
           served_url = url, stages = json_set(stages, '$.normalised_at', ?7, '$.keywords_at', ?8)
         WHERE workspace_id = ?1 AND id = ?2 AND version = ?3 AND live_version <> ?3 AND status <> 'deleted'`,
      )
      .bind(
        work.workspaceId,
        work.documentId,
        work.version,
        markdown,
        chunks.length,
        diffs[index]?.added.length ?? 0,
        normalisedAt,
        now,
        language,
        JSON.stringify(warnings),
      ),
  );
}

interface Diff {
  kept: { id: number; ordinal: number; moved: boolean }[];
  added: (Chunk & { documentId: number; ordinal: number; hash: string })[];
}

/** Pairs new chunks with stored ones of the same text; a text that occurs twice is paired twice. */
async function diff({ work, chunks }: Draft): Promise<Diff> {
  const free = Map.groupBy(work.chunks, (row) => row.hash);
  const changes: Diff = { kept: [], added: [] };
  for (const [ordinal, chunk] of chunks.entries()) {
    const text = embeddedText(work.title, chunk);
    const hash = await sha256Hex(JSON.stringify([chunk.headingPath, text]));
    const match = free.get(hash)?.shift();
    if (match) changes.kept.push({ id: match.id, ordinal, moved: match.ordinal !== ordinal });
    else changes.added.push({ ...chunk, documentId: work.documentId, ordinal, hash });
  }
  return changes;
}

/** What the keyword index reads instead of new chunks that hold scripts without spaces. */
function unspacedTerms(
  drafts: Draft[],
  diffs: Diff[],
): { documentId: number; ordinal: number; title: string; headings: string; body: string }[] {
  return drafts.flatMap(({ work: { documentId, title } }, index) =>
    (diffs[index]?.added ?? []).flatMap(({ ordinal, headingPath, text }) => {
      const written = [title, headingPath.join(" "), text];
      const [forIndex, headings = "", body = ""] = written.map(spaced);
      const differs = written.join("\n") !== [forIndex, headings, body].join("\n");
      return differs ? [{ documentId, ordinal, title: forIndex ?? "", headings, body }] : [];
    }),
  );
}

/** The words of new chunks, as a question has them (NFC, small letters); codes and numbers are never corrected. */
function vocabularyOf(drafts: Draft[], diffs: Diff[]): [number, string][] {
  return drafts.flatMap(({ work }, index) => {
    const added = diffs[index]?.added ?? [];
    const text = [work.title, ...added.flatMap((chunk) => [...chunk.headingPath, chunk.text])];
    const words = new Set(wordsOf(text.join("\n").normalize("NFC").toLowerCase()));
    return [...words]
      .filter((word) => /^\p{L}{4,40}$/u.test(word))
      .map((word): [number, string] => [work.documentId, word]);
  });
}

type MissingRow = GenerationRow & {
  chunkId: number;
  documentId: number;
  workspaceId: string;
  headingPath: string;
  text: string;
  context: string | null;
};

/** None of a document of which a newer version is served: its chunks stand under another title, and its own run embeds them. */
function readMissing(db: D1Database, works: DocumentWork[]): D1PreparedStatement {
  return db
    .prepare(
      `SELECT c.id AS chunkId, c.document_id AS documentId, c.workspace_id AS workspaceId, c.heading_path AS headingPath, c.text, c.context,
         ${GENERATION_COLUMNS}
       FROM ${stillAt("?1")} JOIN chunks c ON c.document_id = d.id AND c.workspace_id = d.workspace_id
         JOIN index_generations g ON g.workspace_id = d.workspace_id AND g.state = 'live'
       WHERE d.live_version = d.version AND d.status <> 'deleted' AND (c.vector_stored & g.slot) = 0
       ORDER BY w.key, c.ordinal`,
    )
    .bind(toVersions(works));
}

function toMissing(row: MissingRow, config: { embeddingModel: string }): MissingVector {
  const { chunkId, documentId, workspaceId, headingPath, text, context, ...generation } = row;
  return {
    chunkId,
    documentId,
    workspaceId,
    headingPath: JSON.parse(headingPath) as string[],
    text,
    context,
    generation: { ...generation, model: generation.model ?? config.embeddingModel },
  };
}

function readGarbage(db: D1Database, works: DocumentWork[]): D1PreparedStatement {
  return db
    .prepare(
      `SELECT vector_id AS vectorId, index_name AS "index", document_id AS documentId FROM vector_garbage
       WHERE document_id IN (SELECT value FROM json_each(?1))`,
    )
    .bind(JSON.stringify(works.map((work) => work.documentId)));
}

function readOthers(db: D1Database, workspaceIds: string[]): D1PreparedStatement {
  return db
    .prepare(
      `SELECT workspace_id, number AS generation FROM index_generations
       WHERE workspace_id IN (SELECT value FROM json_each(?1)) AND state IN ('building', 'retired')`,
    )
    .bind(JSON.stringify(workspaceIds));
}
