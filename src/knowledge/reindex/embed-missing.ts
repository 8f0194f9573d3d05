import type { Services } from "../../runtime/services.ts";
import { REFUSED } from "../../generations/generation.ts";
import { isOutOfNeurons, readAllowance } from "../../limits/quotas.ts";
import { embedChunks, mayPass } from "../ingest/embed.ts";
import {
  MISSING_COLUMNS,
  toMissing,
  type MissingRow,
  type MissingVector,
} from "../ingest/missing-vectors.ts";
import { NeuronsUsedUp } from "../ingest/reasons.ts";
import { storeVectors } from "../ingest/store-vectors.ts";
import { mark, moveCursor, STEP_CHUNKS, type LeasedGeneration } from "./leased-generation.ts";

type EmbedServices = Pick<Services, "config" | "db" | "embedderOf" | "now" | "vectors">;

/**
 * Embeds chunks that have no vector of this generation. A text that the model refuses is recorded, so that the generation is
 * complete without it.
 * @returns when the next step is due, in seconds; undefined when no chunk lacks a vector
 */
export async function embedMissing(
  services: EmbedServices,
  generation: LeasedGeneration,
): Promise<number | undefined> {
  const chunks = await readMissing(services, generation);
  const last = chunks.at(-1);
  if (!last) {
    if (generation.cursor === 0) return undefined;
    // Start again from the beginning, for chunks that were written behind the cursor.
    await moveCursor(services, generation, 0);
    return 0;
  }
  const allowance = await readAllowance(services.db, generation.workspaceId, services.now());
  if (isOutOfNeurons(allowance)) throw new NeuronsUsedUp();
  const failures = new Map<MissingVector, unknown>();
  for await (const { embedded, failed } of embedChunks(services, chunks, byChunk)) {
    const unstored = await storeVectors(services, embedded);
    for (const [chunk, error] of [...failed, ...unstored]) failures.set(chunk, error);
  }
  const refused = chunks.filter((chunk) => failures.has(chunk) && !mayPass(failures.get(chunk)));
  // If the model refuses every text, a harmless one shows whether the model itself fails. If it does, this throws.
  if (refused.length === chunks.length) {
    await services.embedderOf(generation.model).embed(["A question."], "passage");
  }
  const passing = [...failures.values()].find(mayPass);
  await noteStep(services, generation, {
    refused: refused.map(({ chunkId }) => chunkId),
    cursor: passing === undefined ? last.chunkId : generation.cursor,
  });
  if (passing !== undefined) throw passing;
  return 0;
}

async function readMissing(
  { db, config }: Pick<Services, "db" | "config">,
  { workspaceId, number, slot, cursor }: LeasedGeneration,
): Promise<MissingVector[]> {
  const { results } = await db
    .prepare(
      `SELECT ${MISSING_COLUMNS}
       FROM chunks c JOIN documents d ON d.id = c.document_id AND d.workspace_id = c.workspace_id
         JOIN index_generations g ON g.workspace_id = c.workspace_id AND g.number = ?4
       WHERE c.workspace_id = ?1 AND c.id > ?2 AND (c.vector_stored & ?3) = 0 AND d.live_version > 0
       ORDER BY c.id LIMIT ${STEP_CHUNKS}`,
    )
    .bind(workspaceId, cursor, slot | (slot * REFUSED), number)
    .all<MissingRow>();
  return results.map((row) => toMissing(row, config));
}

/** Each chunk is a group of its own, so that it is refused alone. */
function byChunk(chunk: MissingVector): MissingVector {
  return chunk;
}

async function noteStep(
  services: Pick<Services, "db" | "now">,
  generation: LeasedGeneration,
  { refused, cursor }: { refused: number[]; cursor: number },
): Promise<void> {
  const { db, now } = services;
  await db.batch([
    mark(services, generation, refused, generation.slot * REFUSED),
    db
      .prepare(
        `UPDATE index_generations SET stored_at = ?3, cursor = ?4 WHERE workspace_id = ?1 AND number = ?2`,
      )
      .bind(generation.workspaceId, generation.number, now(), cursor),
  ]);
}
