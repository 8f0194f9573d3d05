import type { Services } from "../services.ts";
import { embeddedText } from "./chunk.ts";
import { markVectorsStored, readChunksWithoutVector, type DocumentWork } from "./index-document.ts";

/**
 * Embeds the chunks of a document that have no vector yet, and only those. What one call of the model gave is stored before
 * the next call, so a failure in the middle of a long document costs one call, not all that came before it.
 */
export async function embedMissing(services: Services, work: DocumentWork): Promise<void> {
  const { db, embedder, vectors } = services;
  const missing = await readChunksWithoutVector(db, work);
  for (let start = 0; start < missing.length; start += embedder.batchSize) {
    const chunks = missing.slice(start, start + embedder.batchSize);
    const texts = chunks.map((chunk) => embeddedText(work.title, chunk));
    const values = await embedder.embed(texts, "passage");
    await vectors.upsert(
      work.workspaceId,
      chunks.map((chunk, index) => ({ id: vectorId(chunk.id), values: values[index] ?? [] })),
    );
    await markVectorsStored(
      db,
      work.documentId,
      chunks.map((chunk) => chunk.id),
    );
  }
}

/** A chunk's vector is named after its row, which is never reused. */
export function vectorId(chunkId: number): string {
  return `c${chunkId}`;
}

/** The chunk that a vector stands for, or undefined for an id that this application never gave. */
export function chunkIdOf(id: string): number | undefined {
  const digits = /^c(\d{1,15})$/.exec(id)?.[1];
  return digits === undefined ? undefined : Number(digits);
}
