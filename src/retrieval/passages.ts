import { fieldValues, sayableForms, type Attribute } from "./attributes.ts";
import { visibleTo, type View } from "./visibility.ts";

/** A stored chunk that may be shown to the reader for whom it was read. */
export interface Passage {
  chunkId: number;
  externalId: string;
  title: string;
  url: string | null;
  /** The served version of the document. */
  version: number;
  /** The version of the reader that made the version's chunks. */
  readerVersion: number;
  headingPath: string[];
  text: string;
  /** How parts of the text are shown (text/stored-marks.ts). */
  marks?: string | null;
  /** Of the document, as an ISO 639 code; null where it is unclear. */
  language: string | null;
  /** Number of the chunk in its document, from 0. */
  ordinal: number;
  times: DocumentTimes;
  /** 1: its section has more chunks than these and their neighbours. */
  goesOn: 0 | 1;
  /** Of the document's metadata: the values of the attributes that the workspace lists, where they were asked for. */
  fields?: Record<string, string>;
  /** The chunks before and after it in the same section: a chunk ends where it is full, which may be in the middle of a thought. */
  neighbours: Neighbour[];
}

/** What tells for which time a document holds, and how new it is. Times are milliseconds since the epoch. */
export interface DocumentTimes {
  /** The beginning of its text. */
  opening: string;
  /** When the served version is valid: the first instant, and the first one after it; null: no bound. */
  validSince: number | null;
  validBefore: number | null;
  /** When the source last changed it; null: unknown. */
  updatedAt: number | null;
}

export interface FoundByLeg extends Passage {
  /** For each leg its place among the leg's visible matches, from 1; null if it is none, or beyond the limit. */
  places: (number | null)[];
}

export type Neighbour = Pick<Passage, "chunkId" | "text" | "marks" | "ordinal">;

type PassageRow = Omit<FoundByLeg, "headingPath" | "times" | "neighbours" | "places" | "fields"> & {
  fields: string;
  headingPath: string;
  times: string;
  neighbours: string;
  places: string;
};

/** Characters of the opening: a few sentences, in which a document says that another one replaces it. */
const OPENING = 500;

/**
 * Reads the chunks that the legs found, and drops those that the reader may not see. The legs give only hints: this read decides, by
 * workspace, audience, validity and live version. The ids' order is kept, the first leg's before the second's. `limit` counts the visible chunks of
 * each leg, so hidden ones displace none.
 * Documents whose metadata has another value than the visitor's attribute are left out, unless the question names that value.
 * CROSS JOIN keeps SQLite to the join order as written, with one look-up for each id. Without it SQLite compares every chunk of the
 * workspace with all ids.
 */
export async function readPassages(
  db: D1Database,
  { workspaceId, audience, now, since }: View,
  chunkIdsByLeg: number[][],
  limit: number,
  {
    only = [],
    text = "",
    listed = [],
  }: { only?: Attribute[]; text?: string; listed?: string[] } = {},
): Promise<FoundByLeg[]> {
  if (chunkIdsByLeg.every((ids) => ids.length === 0)) return [];
  const { results } = await db
    .prepare(
      `WITH visible AS (
         SELECT c.id, leg.key AS leg, row_number() OVER (PARTITION BY leg.key ORDER BY wanted.key) AS place
         FROM json_each(?1) AS leg CROSS JOIN json_each(leg.value) AS wanted CROSS JOIN chunks c ON c.id = wanted.value
           CROSS JOIN documents d ON d.id = c.document_id
         WHERE c.workspace_id = ?2 AND d.workspace_id = ?2 AND d.live_version > 0 AND d.status <> 'deleted'
           AND ${visibleTo("d", { audience: "?3", now: "?5", since: "?6" })}${only.length > 0 ? ` AND ${FITS}` : ""}),
       best AS MATERIALIZED (
         SELECT id, json_array(max(iif(leg = 0, place, NULL)), max(iif(leg = 1, place, NULL))) AS places,
           min(leg * ?4 + place) AS first
         FROM visible WHERE place <= ?4 GROUP BY id)
       SELECT c.id AS chunkId, d.external_id AS externalId, d.served_title AS title, d.served_url AS url,
         d.live_version AS version, d.reader_version AS readerVersion, coalesce(d.language, d.detected_language) AS language,
         c.heading_path AS headingPath, c.text, c.marks, c.ordinal, best.places, ${listed.length > 0 ? FIELDS : "'{}'"} AS fields,
         json_object('validSince', d.served_since, 'validBefore', d.served_before, 'updatedAt', d.source_instant,
           'opening', coalesce((SELECT substr(o.text, 1, ${OPENING}) FROM chunks o
             WHERE o.document_id = c.document_id AND o.ordinal = 0 AND +o.workspace_id = ?2), '')) AS times,
         EXISTS (SELECT 1 FROM chunks n WHERE n.document_id = c.document_id AND n.ordinal IN (c.ordinal - 2, c.ordinal + 2)
           AND +n.workspace_id = ?2 AND n.heading_path = c.heading_path) AS goesOn,
         (SELECT json_group_array(json_object('chunkId', n.id, 'text', n.text, 'marks', n.marks, 'ordinal', n.ordinal)) FROM chunks n
          WHERE n.document_id = c.document_id AND n.ordinal BETWEEN c.ordinal - 1 AND c.ordinal + 1 AND n.id <> c.id
            AND +n.workspace_id = ?2 AND n.heading_path = c.heading_path) AS neighbours
       FROM best CROSS JOIN chunks c ON c.id = best.id CROSS JOIN documents d ON d.id = c.document_id
       ORDER BY best.first`,
    )
    .bind(
      JSON.stringify(chunkIdsByLeg),
      workspaceId,
      JSON.stringify(audience),
      limit,
      now,
      since,
      ...(only.length + listed.length > 0 ? [attributesValue(only, text, listed)] : []),
    )
    .all<PassageRow>();
  return results.map((row) => ({
    ...row,
    times: JSON.parse(row.times) as DocumentTimes,
    headingPath: JSON.parse(row.headingPath) as string[],
    neighbours: JSON.parse(row.neighbours) as Neighbour[],
    fields: JSON.parse(row.fields) as Record<string, string>,
    places: JSON.parse(row.places) as (number | null)[],
  }));
}

/**
 * SQL: each field of the document's metadata that an attribute names has one of its values, or one that the question names. Two letters, as in "IT" and
 * "DE", are no name: they are words of a question that mean something else.
 */
const FITS = `NOT EXISTS (SELECT 1 FROM json_each(?7, '$.only') AS own CROSS JOIN json_each(d.metadata) AS field ON field.key = own.key
  WHERE field.type IN ('text', 'integer', 'real', 'array') AND NOT EXISTS (
    SELECT 1 FROM json_each(iif(field.type = 'array', field.value, json_array(field.value))) AS has
    WHERE lower(has.value) IN (SELECT value FROM json_each(own.value)) OR length(has.value) > 2 AND instr(?7 ->> 'text', ' ' || lower(has.value) || ' ') > 0))`;

/** SQL: the fields of the document's metadata that the workspace lists as attributes, where they are one text. */
const FIELDS = `(SELECT json_group_object(field.key, field.value) FROM json_each(d.metadata) AS field
  WHERE field.type = 'text' AND field.key IN (SELECT value FROM json_each(?7, '$.listed')))`;

function attributesValue(only: Attribute[], text: string, listed: string[]): string {
  const values = Object.fromEntries(only.map((one) => [one.name, fieldValues(one)]));
  return JSON.stringify({ only: values, text: sayableForms(text), listed });
}

export interface NearbyChunk extends Neighbour {
  /** The chunk that it was read for. */
  around: number;
  version: number;
  headingPath: string[];
}

/** Chunks on each side of one that are read: about 2,500 tokens in all. */
const REACH = 10;

/** Reads what stands around chunks in their documents, as far as the reader may see it. */
export async function readAround(
  db: D1Database,
  { workspaceId, audience, now, since }: View,
  chunkIds: number[],
): Promise<NearbyChunk[]> {
  const { results } = await db
    .prepare(
      `SELECT c.id AS around, d.live_version AS version, n.id AS chunkId, n.text, n.marks, n.ordinal, n.heading_path AS headingPath
       FROM json_each(?1) AS wanted CROSS JOIN chunks c ON c.id = wanted.value CROSS JOIN documents d ON d.id = c.document_id
         CROSS JOIN chunks n ON n.document_id = c.document_id AND n.ordinal BETWEEN c.ordinal - ${REACH} AND c.ordinal + ${REACH}
       WHERE c.workspace_id = ?2 AND d.workspace_id = ?2 AND +n.workspace_id = ?2
         AND d.live_version > 0 AND d.status <> 'deleted' AND ${visibleTo("d", { audience: "?3", now: "?4", since: "?5" })}`,
    )
    .bind(JSON.stringify(chunkIds), workspaceId, JSON.stringify(audience), now, since)
    .all<Omit<NearbyChunk, "headingPath"> & { headingPath: string }>();
  return results.map((row) => ({ ...row, headingPath: JSON.parse(row.headingPath) as string[] }));
}
