import {
  GENERATION_COLUMNS,
  type Generation,
  type GenerationRow,
} from "../../generations/generation.ts";
import type { Chunk } from "./chunk.ts";
import { stillAt, toVersions, type DocumentWork } from "./pending-work.ts";

/** A chunk that a generation has no vector of. */
export interface MissingVector extends Chunk {
  chunkId: number;
  documentId: number;
  workspaceId: string;
  /** The title of the served document. */
  title: string;
  /** What a model has written about the chunk (describe.ts). */
  context: string | null;
  generation: Generation;
}

/** A row with {@link MISSING_COLUMNS}. */
export type MissingRow = GenerationRow &
  Omit<MissingVector, "headingPath" | "generation"> & { headingPath: string };

/** SQL: of a chunk `c`, its document `d` and the generation `g`. */
export const MISSING_COLUMNS = `c.id AS chunkId, c.document_id AS documentId, c.workspace_id AS workspaceId,
  d.served_title AS title, c.heading_path AS headingPath, c.text, c.context, ${GENERATION_COLUMNS}`;

/** Excludes a document with a newer served version: its title may differ, and the run of that version embeds its chunks. */
export function readMissing(db: D1Database, works: DocumentWork[]): D1PreparedStatement {
  return db
    .prepare(
      `SELECT ${MISSING_COLUMNS}
       FROM ${stillAt("?1")} JOIN chunks c ON c.document_id = d.id AND c.workspace_id = d.workspace_id
         JOIN index_generations g ON g.workspace_id = d.workspace_id AND g.state = 'live'
       WHERE d.live_version = d.version AND d.status <> 'deleted' AND (c.vector_stored & g.slot) = 0
       ORDER BY w.key, c.ordinal`,
    )
    .bind(toVersions(works));
}

export function toMissing(row: MissingRow, config: { embeddingModel: string }): MissingVector {
  const { number, model, index, namespace, prefix, slot, headingPath, ...chunk } = row;
  return {
    ...chunk,
    headingPath: JSON.parse(headingPath) as string[],
    generation: {
      number,
      model: model ?? config.embeddingModel,
      index,
      namespace,
      prefix,
      slot,
    },
  };
}
