import type { Services } from "../../runtime/services.ts";
import { vectorId, type Generation } from "../../generations/generation.ts";
import { usageStatement } from "../../limits/quotas.ts";
import { neuronsOfTexts } from "../../models/table.ts";
import { ModelUnavailable } from "../../models/ports.ts";
import { UPSERT_BATCH } from "../../models/vectorize.ts";
import { divideOnFailure } from "./divide.ts";
import type { MissingVector } from "./commit.ts";
import { embeddedText } from "./chunk.ts";

/** Chunks of one document that go into one call of the model. */
interface Piece {
  documentId: number;
  title: string;
  chunks: MissingVector[];
}

interface Embedded {
  chunk: MissingVector;
  values: number[];
  neurons: number;
}

/**
 * Embeds chunks, those of many documents in one call of the model, and stores their vectors, those of many calls in one
 * upsert. What was embedded is stored also when a later call fails, so that no failure costs more than its own call.
 * @returns the error of each document that failed
 */
export async function embedMissing(
  services: Services,
  missing: MissingVector[],
  titleOf: (documentId: number) => string,
): Promise<Map<number, unknown>> {
  const failures = new Map<number, unknown>();
  for (const chunks of byTarget(missing)) {
    const [first] = chunks;
    if (!first) continue;
    const { model, index } = first.generation;
    const embedder = services.embedderOf(model);
    let embedded: Embedded[] = [];
    const flush = async (): Promise<void> => {
      const failed = await storeVectors(services, index, embedded);
      for (const [documentId, error] of failed) failures.set(documentId, error);
      embedded = [];
    };
    for (let start = 0; start < chunks.length; start += embedder.batchSize) {
      const pieces = toPieces(chunks.slice(start, start + embedder.batchSize), titleOf);
      const call = async (some: Piece[]): Promise<void> => {
        const asked = some.flatMap((piece) => piece.chunks);
        const texts = some.flatMap(({ title, chunks: own }) =>
          own.map((chunk) => embeddedText(title, chunk)),
        );
        const vectors = await embedder.embed(texts, "passage");
        for (const [at, chunk] of asked.entries()) {
          const neurons = neuronsOfTexts(model, texts.slice(at, at + 1));
          embedded.push({ chunk, values: vectors[at] ?? [], neurons });
        }
      };
      const failed = await divideOnFailure(pieces, call, mayPass);
      for (const [{ documentId }, error] of failed) failures.set(documentId, error);
      if (embedded.length + embedder.batchSize > UPSERT_BATCH) await flush();
    }
    await flush();
  }
  return failures;
}

/** What the same model embeds for the same index. */
export function byTarget(missing: MissingVector[]): MissingVector[][] {
  const target = ({ generation }: MissingVector): string =>
    `${generation.index} ${generation.model}`;
  return [...Map.groupBy(missing, target).values()];
}

function toPieces(chunks: MissingVector[], titleOf: (documentId: number) => string): Piece[] {
  return [...Map.groupBy(chunks, (chunk) => chunk.documentId)].map(([documentId, own]) => ({
    documentId,
    title: titleOf(documentId),
    chunks: own,
  }));
}

function mayPass(error: unknown): boolean {
  return !(error instanceof ModelUnavailable) || error.transient;
}

async function storeVectors(
  services: Services,
  index: Generation["index"],
  embedded: Embedded[],
): Promise<Map<number, unknown>> {
  const documents = [...Map.groupBy(embedded, ({ chunk }) => chunk.documentId).values()];
  const failed = await divideOnFailure(
    documents,
    async (some) => {
      const rows = some.flat();
      await services.vectors.upsert(
        index,
        rows.map(({ chunk, values }) => ({
          id: vectorId(chunk.generation, chunk.chunkId),
          namespace: chunk.generation.namespace,
          values,
        })),
      );
      await markStored(services, rows);
    },
    () => true,
  );
  return new Map([...failed].map(([rows, error]) => [rows[0]?.chunk.documentId ?? 0, error]));
}

/** And counts what they cost. Of a generation that has been given up meanwhile, nothing is noted: its vectors are collected. */
async function markStored({ db, now }: Services, rows: Embedded[]): Promise<void> {
  const marks = rows.map(({ chunk }) => [
    chunk.chunkId,
    chunk.documentId,
    chunk.generation.number,
    chunk.generation.slot,
  ]);
  const mark = db
    .prepare(
      `UPDATE chunks SET vector_stored = vector_stored | e.value ->> 3 FROM json_each(?1) AS e
       WHERE chunks.id = e.value ->> 0 AND chunks.document_id = e.value ->> 1
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
