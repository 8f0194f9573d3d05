import type { Services } from "../../runtime/services.ts";
import { vectorId } from "../../generations/generation.ts";
import { usageStatement } from "../../limits/quotas.ts";
import { divideOnFailure } from "./divide.ts";
import type { EmbeddedChunk } from "./embed.ts";
import type { MissingVector } from "./missing-vectors.ts";

type StoreServices = Pick<Services, "db" | "vectors" | "now">;

/**
 * Stores vectors in one index, and records in D1 that they are stored. An upsert that the index refuses is divided between
 * documents.
 * @returns the errors of the chunks whose vectors could not be stored
 */
export async function storeVectors(
  services: StoreServices,
  embedded: EmbeddedChunk[],
): Promise<Map<MissingVector, unknown>> {
  const documents = [...Map.groupBy(embedded, ({ chunk }) => chunk.documentId).values()];
  const failed = await divideOnFailure(
    documents,
    (some) => upsert(services, some.flat()),
    () => true,
  );
  return new Map(
    [...failed].flatMap(([rows, error]) =>
      rows.map(({ chunk }): [MissingVector, unknown] => [chunk, error]),
    ),
  );
}

async function upsert(services: StoreServices, rows: EmbeddedChunk[]): Promise<void> {
  const [first] = rows;
  if (!first) return;
  await services.vectors.upsert(
    first.chunk.generation.index,
    rows.map(({ chunk, values }) => ({
      id: vectorId(chunk.generation, chunk.chunkId),
      namespace: chunk.generation.namespace,
      values,
    })),
  );
  await markStored(services, rows);
}

/** Also counts the cost. For a generation that was given up meanwhile nothing is recorded, because its vectors are collected. */
async function markStored(
  { db, now }: Pick<Services, "db" | "now">,
  rows: EmbeddedChunk[],
): Promise<void> {
  const marks = rows.map(({ chunk }) => [
    chunk.chunkId,
    chunk.documentId,
    chunk.generation.number,
    chunk.generation.slot,
    chunk.workspaceId,
  ]);
  const mark = db
    .prepare(
      `UPDATE chunks SET vector_stored = vector_stored | e.value ->> 3 FROM json_each(?1) AS e
       WHERE chunks.id = e.value ->> 0 AND chunks.document_id = e.value ->> 1 AND +chunks.workspace_id = e.value ->> 4
         AND EXISTS (SELECT 1 FROM index_generations g WHERE g.workspace_id = chunks.workspace_id
           AND g.number = e.value ->> 2 AND g.state IN ('building', 'live', 'retired'))`,
    )
    .bind(JSON.stringify(marks));
  const costs = Map.groupBy(
    rows.filter(({ neurons }) => neurons > 0),
    ({ chunk }) => chunk.workspaceId,
  );
  const usage = Array.from(costs, ([workspaceId, own]) => {
    const neurons = own.reduce((sum, row) => sum + row.neurons, 0);
    return usageStatement(db, workspaceId, { neurons }, now());
  });
  await db.batch([mark, ...usage]);
}
