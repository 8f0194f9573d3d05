import type { Services } from "../../runtime/services.ts";
import type { Generation } from "../../generations/generation.ts";

/** Chunks per step, be it to embed, read back or collect: a few seconds of work, within the limits of an invocation. */
export const STEP_CHUNKS = 500;

type State = "building" | "live" | "retired" | "collecting" | "collected";

/** A generation under lease: until the lease ends, no other step works on it. */
export interface LeasedGeneration extends Generation {
  workspaceId: string;
  state: State;
  cursor: number;
  storedAt: number;
  stateAt: number;
}

/** The statement that sets flags of chunks. It changes nothing if the generation was given up meanwhile. */
export function mark(
  { db }: Pick<Services, "db">,
  { workspaceId, number }: LeasedGeneration,
  chunkIds: number[],
  bits: number,
): D1PreparedStatement {
  return db
    .prepare(
      `UPDATE chunks SET vector_stored = vector_stored | ?3
       WHERE workspace_id = ?1 AND id IN (SELECT value FROM json_each(?2))
         AND EXISTS (SELECT 1 FROM index_generations WHERE workspace_id = ?1 AND number = ?4
           AND state IN ('building', 'live', 'retired'))`,
    )
    .bind(workspaceId, JSON.stringify(chunkIds), bits, number);
}

export function clear(
  { db }: Pick<Services, "db">,
  { workspaceId }: LeasedGeneration,
  chunkIds: number[],
  bits: number,
): D1PreparedStatement {
  return db
    .prepare(
      `UPDATE chunks SET vector_stored = vector_stored & ~?3
       WHERE workspace_id = ?1 AND id IN (SELECT value FROM json_each(?2))`,
    )
    .bind(workspaceId, JSON.stringify(chunkIds), bits);
}

export function cursorStatement(
  { db }: Pick<Services, "db">,
  { workspaceId, number }: LeasedGeneration,
  cursor: number,
): D1PreparedStatement {
  return db
    .prepare(`UPDATE index_generations SET cursor = ?3 WHERE workspace_id = ?1 AND number = ?2`)
    .bind(workspaceId, number, cursor);
}

export async function moveCursor(
  services: Pick<Services, "db">,
  generation: LeasedGeneration,
  cursor: number,
): Promise<void> {
  await cursorStatement(services, generation, cursor).run();
}
