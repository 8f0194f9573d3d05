import {
  GENERATION_COLUMNS,
  type Generation,
  type GenerationRow,
} from "../../generations/generation.ts";
import type { ChunkText } from "./chunk.ts";
import { SLICE_CHUNKS } from "./outbox.ts";

/** A chunk that a generation has no vector of. */
export interface MissingVector extends ChunkText {
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

/**
 * The statement that reads a call's worth of the chunks of claimed documents that have no vector: one of each lane in turn, and
 * within a lane one of each document, so that a long document delays no other. What remains is read by the next slice.
 */
export function readMissing(db: D1Database, by: string): D1PreparedStatement {
  return db
    .prepare(
      `WITH missing AS (
         SELECT c.id AS chunk_id, o.lane, row_number() OVER (PARTITION BY d.id ORDER BY c.ordinal) AS turn
         FROM outbox o JOIN documents d ON d.id = o.document_id
           JOIN chunks c ON c.document_id = d.id AND c.workspace_id = d.workspace_id
           JOIN index_generations g ON g.workspace_id = d.workspace_id AND g.state = 'live'
         WHERE o.claimed_by = ?1 AND o.stage = 'embed' AND d.live_version > 0 AND d.status <> 'deleted'
           AND (c.vector_stored & g.slot) = 0)
       SELECT ${MISSING_COLUMNS}
       FROM missing CROSS JOIN chunks c ON c.id = missing.chunk_id
         JOIN documents d ON d.id = c.document_id AND d.workspace_id = c.workspace_id
         JOIN index_generations g ON g.workspace_id = d.workspace_id AND g.state = 'live'
       ORDER BY row_number() OVER (PARTITION BY missing.lane ORDER BY missing.turn, c.id), c.id
       LIMIT ${SLICE_CHUNKS}`,
    )
    .bind(by);
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
