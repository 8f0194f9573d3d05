import type { IndexName, VectorSpace } from "../models/ports.ts";

/**
 * One embedding model's vectors of one workspace. Chunks and keywords are shared by all generations; a generation is a
 * second set of vectors beside the one that is searched, in another index where its dimensions differ, else in another
 * namespace (docs/decisions/0031).
 */
export interface Generation {
  number: number;
  model: string;
  index: IndexName;
  namespace: string;
  /** A vector is named after it and its chunk's row, which is never reused. */
  prefix: string;
  /** 1 or 2: its bit in `chunks.vector_stored`. */
  slot: number;
}

/** Beside `slot` in `chunks.vector_stored`: the model refuses the text; the vector has been read back from the index. */
export const REFUSED = 4;
export const VERIFIED = 16;

export const GENERATION_COLUMNS = `g.number, g.model, g.index_name AS "index", g.namespace, g.vector_prefix AS prefix, g.slot`;

export type GenerationRow = Omit<Generation, "model"> & { model: string | null };

/** Where a workspace's vectors lie before its first document. The same as the consumer writes, see {@link ensureFirst}. */
export function firstGeneration(workspaceId: string, model: string): Generation {
  return {
    number: 1,
    model,
    index: "VECTORIZE",
    namespace: workspaceId,
    prefix: "c",
    slot: 1,
  };
}

/** A later generation of the same index gets a namespace and ids of its own, so that the two never meet in a search. */
export function laterGeneration(
  workspaceId: string,
  number: number,
  model: string,
  index: IndexName,
  slot: number,
): Generation {
  return {
    number,
    model,
    index,
    namespace: `${workspaceId}.g${number}`,
    prefix: `g${number}c`,
    slot,
  };
}

/**
 * The statement that reads which generation of a workspace is searched; a turn batches it with its other reads.
 * @param workspace SQL that yields the workspace's id from the statement's first parameter, and that parameter
 */
export function liveStatement(
  db: D1Database,
  workspace: { sql: string; value: string },
): D1PreparedStatement {
  return db
    .prepare(
      `SELECT ${GENERATION_COLUMNS} FROM index_generations g
       WHERE g.workspace_id = ${workspace.sql} AND g.state = 'live'`,
    )
    .bind(workspace.value);
}

export function toGeneration(
  row: GenerationRow | undefined,
  workspaceId: string,
  configuredModel: string,
): Generation {
  if (!row) return firstGeneration(workspaceId, configuredModel);
  return { ...row, model: row.model ?? configuredModel };
}

/**
 * The statement that gives workspaces (a JSON array of ids) their first generation, and a model to one that has none yet.
 * From then on the table says which model a workspace's vectors are of, whatever the configuration becomes.
 */
export function ensureFirst(
  db: D1Database,
  workspaceIds: string[],
  model: string,
  now: number,
): D1PreparedStatement {
  return db
    .prepare(
      `INSERT INTO index_generations (workspace_id, number, model, index_name, namespace, vector_prefix, slot, state,
         created_at, state_at)
       SELECT value, 1, ?2, 'VECTORIZE', value, 'c', 1, 'live', ?3, ?3 FROM json_each(?1) WHERE true
       ON CONFLICT (workspace_id, number) DO UPDATE SET model = excluded.model WHERE model IS NULL`,
    )
    .bind(JSON.stringify(workspaceIds), model, now);
}

export function spaceOf({ index, namespace }: Generation): VectorSpace {
  return { index, namespace };
}

export function vectorId({ prefix }: Pick<Generation, "prefix">, chunkId: number): string {
  return `${prefix}${chunkId}`;
}

/** The chunk that a vector stands for, or undefined for an id that this application never gave. */
export function chunkIdOf(id: string): number | undefined {
  const digits = /^(?:g\d{1,9})?c(\d{1,15})$/.exec(id)?.[1];
  return digits === undefined ? undefined : Number(digits);
}
