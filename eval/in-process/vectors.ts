import {
  checkIds,
  checkQueryOptions,
  checkQueryVector,
  checkVectors,
} from "../../local/vectorize/contract.ts";
import { MemoryIndex } from "../../local/vectorize/memory-index.ts";
import type { Metadata } from "../../local/vectorize/filter.ts";

/**
 * The Vectorize binding: the local platform's exact search and checks, without the delay of writes.
 * @param isPending whether the index accepts a vector but never shows it
 */
export function openVectorIndex(
  dimensions: number,
  isPending: (id: string) => Promise<boolean> = async () => false,
): Vectorize {
  const index = new MemoryIndex({});
  const done = { mutationId: "in-process" };
  return {
    query: async (vector: ArrayLike<number>, options?: VectorizeQueryOptions) =>
      index.search(checkQueryVector(vector, dimensions), checkQueryOptions(options)),
    upsert: async (vectors: VectorizeVector[]) => {
      for (const { metadata, ...vector } of checkVectors("VECTOR_UPSERT", vectors, dimensions)) {
        if (await isPending(vector.id)) continue;
        index.put({
          ...vector,
          metadata: metadata === null ? null : (JSON.parse(metadata) as Metadata),
        });
      }
      return done;
    },
    getByIds: async (ids: string[]) =>
      checkIds("VECTOR_GET", ids).flatMap((id) => index.get(id) ?? []),
    deleteByIds: async (ids: string[]) => {
      for (const id of checkIds("VECTOR_DELETE", ids)) index.remove(id);
      return done;
    },
  } as unknown as Vectorize;
}
