import type { Services } from "../../runtime/services.ts";
import type { GenerationWakeUp } from "../../runtime/messages.ts";
import { embedMissing } from "./embed-missing.ts";
import {
  clear,
  cursorStatement,
  mark,
  STEP_CHUNKS,
  type LeasedGeneration,
} from "./leased-generation.ts";
import {
  GENERATION_COLUMNS,
  LOST_AFTER_MS,
  REFUSED,
  vectorId,
  VERIFIED,
  type GenerationRow,
} from "../../generations/generation.ts";

/** The lease of a step. A step that runs longer has died, since a step takes less than a tenth of this, and another may begin. */
const LEASE_MS = 5 * 60_000;
const LOOK_AGAIN_SECONDS = 10;
/** How long collection waits, because a consumer may still be writing to a generation that was live until now. */
const QUIET_MS = 2 * 60_000;

type StepServices = Pick<Services, "config" | "db" | "embedderOf" | "now" | "vectors">;

/**
 * One limited step of the work on a generation that is not live. If it is being built or kept for a rollback: embed chunks until none
 * lacks a vector, then read every vector back from the index. If it is being collected: delete
 * vectors. All state is in D1 and each step can be repeated, so a crash costs one step. The sweeper wakes stopped generations.
 * @returns when the next step is due, in seconds; undefined when nothing is left to do
 */
export async function stepGeneration(
  services: StepServices,
  workspaceId: string,
  number: number,
): Promise<number | undefined> {
  const leased = await takeLease(services, workspaceId, number);
  if (!leased) return undefined;
  let error: string | null = null;
  try {
    return await work(services, leased);
  } catch (cause) {
    error = String(cause).slice(0, 500);
    throw cause;
  } finally {
    await endLease(services, leased, error);
  }
}

async function work(
  services: StepServices,
  generation: LeasedGeneration,
): Promise<number | undefined> {
  switch (generation.state) {
    case "building":
    case "retired":
      return (
        (await embedMissing(services, generation)) ?? (await verifyVectors(services, generation))
      );
    case "collecting":
      return collectVectors(services, generation);
    case "live":
    case "collected":
      return undefined;
  }
}

/** The queue's handler for wake-ups of generations. */
export async function consumeGenerations(
  messages: readonly Message<GenerationWakeUp>[],
  services: StepServices & Pick<Services, "embedQueue">,
): Promise<void> {
  for (const message of messages) {
    const { workspace_id, generation } = message.body;
    try {
      const delaySeconds = await stepGeneration(services, workspace_id, generation);
      if (delaySeconds !== undefined) {
        await services.embedQueue.send({ workspace_id, generation }, { delaySeconds });
      }
    } catch (error) {
      // The state says where to go on after any error, and the sweeper sends the next wake-up.
      console.warn("generation: step failed", { workspace_id, generation, error: String(error) });
    }
    message.ack();
  }
}

/** Leases the generation for this step, unless another step holds the lease. */
async function takeLease(
  { db, config, now }: Pick<Services, "db" | "config" | "now">,
  workspaceId: string,
  number: number,
): Promise<LeasedGeneration | undefined> {
  const row = await db
    .prepare(
      `UPDATE index_generations AS g SET busy_until = ?3 + ${LEASE_MS}
       WHERE workspace_id = ?1 AND number = ?2 AND busy_until <= ?3
       RETURNING ${GENERATION_COLUMNS.replaceAll("g.", "")}, state, cursor, stored_at AS storedAt,
         state_at AS stateAt, workspace_id AS workspaceId`,
    )
    .bind(workspaceId, number, now())
    .first<Omit<LeasedGeneration, "model"> & GenerationRow>();
  return row ? { ...row, model: row.model ?? config.embeddingModel } : undefined;
}

async function endLease(
  { db }: Pick<Services, "db">,
  { workspaceId, number }: LeasedGeneration,
  error: string | null,
): Promise<void> {
  await db
    .prepare(
      `UPDATE index_generations SET busy_until = 0, error = ?3 WHERE workspace_id = ?1 AND number = ?2`,
    )
    .bind(workspaceId, number, error)
    .run();
}

/** Reads vectors back from the index, because an accepted upsert is not yet visible to a search. Only then may reads switch. */
async function verifyVectors(
  services: StepServices,
  generation: LeasedGeneration,
): Promise<number | undefined> {
  const { db, vectors, now } = services;
  const { workspaceId, slot } = generation;
  const { results } = await db
    .prepare(
      `SELECT id FROM chunks WHERE workspace_id = ?1 AND (vector_stored & ?2) = ?3
       ORDER BY id LIMIT ${STEP_CHUNKS}`,
    )
    .bind(workspaceId, slot | (slot * VERIFIED), slot)
    .all<{ id: number }>();
  if (results.length === 0) return undefined;
  const chunkOf = new Map(results.map(({ id }) => [vectorId(generation, id), id]));
  const visible = new Set(await vectors.visible(generation.index, [...chunkOf.keys()]));
  const [found, unseen]: [number[], number[]] = [[], []];
  for (const [vector, chunk] of chunkOf) (visible.has(vector) ? found : unseen).push(chunk);
  const isLost = now() - generation.storedAt > LOST_AFTER_MS;
  await db.batch([
    mark(services, generation, found, slot * VERIFIED),
    clear(services, generation, isLost ? unseen : [], slot),
  ]);
  return unseen.length > 0 && !isLost ? LOOK_AGAIN_SECONDS : 0;
}

/** Deletes the vectors of a generation that is no longer searched. */
async function collectVectors(
  services: StepServices,
  generation: LeasedGeneration,
): Promise<number | undefined> {
  const { db, vectors, now } = services;
  const { workspaceId, number, slot, stateAt } = generation;
  const quietIn = stateAt + QUIET_MS - now();
  if (quietIn > 0) return Math.ceil(quietIn / 1000);
  const bits = slot * (1 + REFUSED + VERIFIED);
  // Of every chunk, also of those without the bit, because a step that died may have stored vectors without recording it.
  const { results } = await db
    .prepare(
      `SELECT id FROM chunks WHERE workspace_id = ?1 AND id > ?2 ORDER BY id LIMIT ${STEP_CHUNKS}`,
    )
    .bind(workspaceId, generation.cursor)
    .all<{ id: number }>();
  const ids = results.map(({ id }) => id);
  if (ids.length > 0) {
    await vectors.delete(
      generation.index,
      ids.map((id) => vectorId(generation, id)),
    );
    await db.batch([
      clear(services, generation, ids, bits),
      cursorStatement(services, generation, ids.at(-1) ?? 0),
    ]);
    return 0;
  }
  await db
    .prepare(
      `UPDATE index_generations SET state = 'collected', state_at = ?3
       WHERE workspace_id = ?1 AND number = ?2 AND state = 'collecting'`,
    )
    .bind(workspaceId, number, now())
    .run();
  return undefined;
}
