import type { Services } from "../../runtime/services.ts";
import { isUnread } from "../accept/outdated.ts";
import { READER_VERSION } from "../formats/reader-version.ts";
import { jsonSlices, toJson } from "../accept/rows.ts";
import { diffChunks, type Diff } from "./diff-chunks.ts";
import type { Draft } from "./draft.ts";
import { documentWords, keywordRows, vocabularyOf } from "./keyword-rows.ts";
import { stillAt, toVersions } from "./pending-work.ts";

/** SQL: the documents of the drafts that are still to be served, by the versions in ?1. */
const CURRENT = `SELECT d.id, d.workspace_id, d.title FROM ${stillAt("?1")}
  WHERE ${isUnread("d")} AND d.status <> 'deleted'`;

/** SQL: the chunks that the version before has and the new one lacks. ?2 holds the ids of those that it keeps. */
const GONE = `SELECT c.id, c.document_id, c.workspace_id FROM chunks c JOIN (${CURRENT}) AS d ON d.id = c.document_id
  WHERE c.workspace_id = d.workspace_id AND c.id NOT IN (SELECT value FROM json_each(?2))`;

/** SQL: kept chunks, by the ids in ?2. */
const KEPT = `SELECT c.id FROM (${CURRENT}) AS d JOIN chunks c ON c.document_id = d.id AND c.workspace_id = d.workspace_id
  WHERE c.id IN (SELECT value FROM json_each(?2))`;

/** What the statements are made of. */
interface Commit {
  drafts: Draft[];
  /** In the order of the drafts. */
  diffs: Diff[];
  /** Ids of the chunks that stay, as JSON. */
  keptIds: string;
  now: number;
  /** A statement whose parameter 1 is the drafts' versions. */
  bind: (sql: string, ...more: unknown[]) => D1PreparedStatement;
}

/**
 * The statements that make drafts the versions that are served. A draft whose document has changed since it was read, or that
 * another run has committed already, changes nothing.
 */
export async function writeStatements(
  { db, now }: Pick<Services, "db" | "now">,
  drafts: Draft[],
): Promise<D1PreparedStatement[]> {
  const diffs = await Promise.all(drafts.map(diffChunks));
  const versions = toVersions(drafts.map((draft) => draft.work));
  const commit: Commit = {
    drafts,
    diffs,
    keptIds: JSON.stringify(diffs.flatMap(({ kept }) => kept.map((chunk) => chunk.id))),
    now: now(),
    bind: (sql, ...more) => db.prepare(sql).bind(versions, ...more),
  };
  return [
    ...chunkStatements(commit),
    ...keywordStatements(commit),
    ...wordStatements(commit),
    // Last, because the statements above check whether a version is served already.
    ...serveStatements(db, commit),
  ];
}

/** Removes chunks that the new versions lack, also from both indexes; updates those that stay, and adds the others. */
function chunkStatements({ drafts, diffs, keptIds, now, bind }: Commit): D1PreparedStatement[] {
  const changed = diffs.flatMap(({ kept }) => kept.filter((chunk) => chunk.changed));
  const reindexed = diffs.flatMap((changes) =>
    changes.reindexed.map(({ id, wordCount, repeatedWords }) => ({ id, wordCount, repeatedWords })),
  );
  const added = diffs.flatMap((changes) => changes.added);
  const removals = [
    bind(
      `INSERT OR IGNORE INTO vector_garbage (vector_id, index_name, document_id, created_at)
       SELECT g.vector_prefix || c.id, g.index_name, c.document_id, ?3 FROM (${GONE}) AS c
       JOIN index_generations g ON g.workspace_id = c.workspace_id AND g.state <> 'collected'`,
      keptIds,
      now,
    ),
    bind(`DELETE FROM chunk_terms WHERE rowid IN (SELECT id FROM (${GONE}))`, keptIds),
    bind(`DELETE FROM chunks WHERE id IN (SELECT id FROM (${GONE}))`, keptIds),
  ];
  return [
    ...(drafts.some(({ work }) => work.chunks.length > 0) ? removals : []),
    ...jsonSlices(changed).map((rows) =>
      bind(
        `UPDATE chunks SET ordinal = e.value ->> 'ordinal', marks = e.value ->> 'marks' FROM json_each(?2) AS e, (${CURRENT}) AS d
         WHERE chunks.id = e.value ->> 'id' AND chunks.document_id = d.id AND chunks.workspace_id = d.workspace_id`,
        rows,
      ),
    ),
    ...jsonSlices(reindexed).map((rows) =>
      bind(
        `UPDATE chunks SET word_count = e.value ->> 'wordCount', repeated_words = e.value ->> 'repeatedWords'
         FROM json_each(?2) AS e, (${CURRENT}) AS d
         WHERE chunks.id = e.value ->> 'id' AND chunks.document_id = d.id AND chunks.workspace_id = d.workspace_id`,
        rows,
      ),
    ),
    ...jsonSlices(added).map((rows) =>
      bind(
        `INSERT INTO chunks (workspace_id, document_id, ordinal, heading_path, text, marks, hash, word_count, repeated_words)
         SELECT d.workspace_id, d.id, e.value ->> 'ordinal', e.value -> 'headingPath', e.value ->> 'text',
           e.value ->> 'marks', e.value ->> 'hash', e.value ->> 'wordCount', e.value ->> 'repeatedWords'
         FROM json_each(?2) AS e JOIN (${CURRENT}) AS d ON d.id = e.value ->> 'documentId' ORDER BY e.key`,
        rows,
      ),
    ),
  ];
}

/** Adds the new chunks to the keyword index, by their text or by its terms, and writes those of an older reader anew. */
function keywordStatements({ drafts, diffs, bind }: Commit): D1PreparedStatement[] {
  const rows = keywordRows(drafts, diffs);
  const reindexed = new Set(diffs.flatMap((changes) => changes.reindexed.map(({ id }) => id)));
  const kept = diffs.flatMap((changes) => changes.kept.map(({ id }) => id));
  const unchanged = kept.filter((id) => !reindexed.has(id));
  return [
    ...(reindexed.size > 0
      ? [bind(`DELETE FROM chunk_terms WHERE rowid IN (${KEPT})`, JSON.stringify([...reindexed]))]
      : []),
    bind(
      `INSERT INTO chunk_terms (rowid, workspace, title, headings, body)
       SELECT c.id, replace(c.workspace_id, '_', ''), d.title,
         (SELECT group_concat(value, ' ') FROM json_each(c.heading_path)), c.text
       FROM (${CURRENT}) AS d JOIN chunks c ON c.document_id = d.id AND c.workspace_id = d.workspace_id
       WHERE c.id NOT IN (SELECT value FROM json_each(?2))
         AND d.id || '/' || c.ordinal NOT IN (SELECT value FROM json_each(?3))`,
      JSON.stringify(unchanged),
      JSON.stringify(rows.map(({ documentId, ordinal }) => `${documentId}/${ordinal}`)),
    ),
    ...jsonSlices(rows).map((slice) =>
      bind(
        `INSERT INTO chunk_terms (rowid, workspace, title, headings, body)
         SELECT c.id, replace(c.workspace_id, '_', ''), e.value ->> 'title', e.value ->> 'headings', e.value ->> 'body'
         FROM json_each(?2) AS e JOIN (${CURRENT}) AS d ON d.id = e.value ->> 'documentId'
         JOIN chunks c ON c.document_id = d.id AND c.workspace_id = d.workspace_id AND c.ordinal = e.value ->> 'ordinal'`,
        slice,
      ),
    ),
  ];
}

/** Writes the words that spelling and compounds look up. */
function wordStatements({ drafts, diffs, bind }: Commit): D1PreparedStatement[] {
  return [
    ...jsonSlices(vocabularyOf(drafts, diffs)).map((words) =>
      bind(
        `INSERT OR IGNORE INTO words (workspace_id, word)
         SELECT d.workspace_id, e.value ->> 1 FROM json_each(?2) AS e JOIN (${CURRENT}) AS d
           ON d.id = e.value ->> 0`,
        words,
      ),
    ),
    bind(`DELETE FROM document_words WHERE rowid IN (SELECT id FROM (${CURRENT}))`),
    ...jsonSlices(documentWords(drafts)).map((words) =>
      bind(
        `INSERT INTO document_words (rowid, workspace, words)
         SELECT d.id, replace(d.workspace_id, '_', ''), e.value ->> 1 FROM json_each(?2) AS e JOIN (${CURRENT}) AS d
           ON d.id = e.value ->> 0`,
        words,
      ),
    ),
  ];
}

/** D1 takes 100 bound parameters a statement (developers.cloudflare.com/d1/platform/limits). Each document has one of its own. */
const SERVED_TOGETHER = 90;

/** Serves the new versions. Markdown is bound as text and not in JSON, whose escapes could make it longer than D1 accepts as a value. */
function serveStatements(
  db: D1Database,
  { drafts, diffs, now }: Pick<Commit, "drafts" | "diffs" | "now">,
): D1PreparedStatement[] {
  const rows = drafts.map(
    ({ work, markdown, chunks, language, normalisedAt, warnings }, index) => ({
      markdown,
      fields: {
        workspace: work.workspaceId,
        id: work.documentId,
        version: work.version,
        chunks: chunks.length,
        embedded: diffs[index]?.added.length ?? 0,
        language,
        normalisedAt,
        warnings,
      },
    }),
  );
  const groups = Array.from({ length: Math.ceil(rows.length / SERVED_TOGETHER) }, (_, index) =>
    rows.slice(index * SERVED_TOGETHER, (index + 1) * SERVED_TOGETHER),
  );
  return groups.map((group) =>
    db
      .prepare(
        `WITH texts (place, markdown) AS (VALUES ${group.map((_, place) => `(${place}, ?${place + 3})`).join(", ")})
         UPDATE documents SET live_version = documents.version, reader_version = ${READER_VERSION}, status = 'live', error = NULL, markdown = texts.markdown,
           chunk_count = e.value ->> 'chunks', embedded_chunks = e.value ->> 'embedded',
           detected_language = e.value ->> 'language', warnings = e.value -> 'warnings', served_audience = audience,
           served_title = title, served_url = url, served_since = valid_since, served_before = valid_before,
           stages = json_set(json_remove(stages, '$.delayed_by'), '$.normalised_at', e.value ->> 'normalisedAt', '$.keywords_at', ?2)
         FROM json_each(?1) AS e JOIN texts ON texts.place = e.key
         WHERE documents.workspace_id = e.value ->> 'workspace' AND documents.id = e.value ->> 'id'
           AND documents.version = e.value ->> 'version' AND ${isUnread("documents")} AND status <> 'deleted'`,
      )
      .bind(
        toJson(group.map(({ fields }) => fields)),
        now,
        ...group.map(({ markdown }) => markdown),
      ),
  );
}
