import type { IndexName, VectorSpace } from "../models/ports.ts";
import type { WorkspaceParameter } from "../runtime/workspace-parameter.ts";

/**
 * A generation: the vectors that one embedding model made for one workspace. All generations share chunks and keywords. A
 * generation beside the live one has an index of its own if its dimensions differ, otherwise a namespace of its own
 * (docs/decisions/0031).
 */
export interface Generation {
  number: number;
  model: string;
  index: IndexName;
  namespace: string;
  /** A vector's id is this prefix and the id of its chunk's row, which is never reused. */
  prefix: string;
  /** 1 or 2: its bit in `chunks.vector_stored`. */
  slot: number;
}

/** Flags beside `slot` in `chunks.vector_stored`: the model refuses the text; the vector has been read back from the index. */
export const REFUSED = 4;
export const VERIFIED = 16;

/** Vectorize shows nearly all writes within two minutes. Vectors that it does not show by then are written again. */
export const LOST_AFTER_MS = 10 * 60_000;

export const GENERATION_COLUMNS = `g.number, g.model, g.index_name AS "index", g.namespace, g.vector_prefix AS prefix, g.slot`;

export type GenerationRow = Omit<Generation, "model"> & { model: string | null };

/** The generation that a workspace without documents would get. {@link ensureFirst} writes the same values. */
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

/** A later generation has its own namespace and ids, so that no search mixes the vectors of two generations. */
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

/** The statement that reads which generation of a workspace is searched; a turn batches it with its other reads. */
export function liveStatement(db: D1Database, workspace: WorkspaceParameter): D1PreparedStatement {
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
 * The statement that creates the first generation of workspaces (a JSON array of ids), or sets its model if it has none. From
 * then on the table, not the configuration, says which model made a workspace's vectors.
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

/** The id of the chunk that a vector belongs to, or undefined for an id that this application did not make. */
export function chunkIdOf(id: string): number | undefined {
  const digits = /^(?:g\d{1,9})?c(\d{1,15})$/.exec(id)?.[1];
  return digits === undefined ? undefined : Number(digits);
}
