import type { Services } from "../../runtime/services.ts";
import { jsonSlices } from "../accept/rows.ts";
import { diffChunks, type Diff } from "./diff-chunks.ts";
import type { Draft } from "./draft.ts";
import { unspacedTerms, vocabularyOf } from "./keyword-rows.ts";
import { stillAt, toVersions } from "./pending-work.ts";

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
    // Last, because the statements above check whether a version is served already.
    ...serveStatements(db, drafts, diffs, now()),
  ];
}

/** Markdown is bound as text and not in JSON, whose escapes could make it longer than D1 accepts as a value. */
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
