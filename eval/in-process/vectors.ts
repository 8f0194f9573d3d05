import { EMBEDDING_DIMENSIONS } from "../../local/ai/embedding-model.ts";
import {
  checkIds,
  checkQueryOptions,
  checkQueryVector,
  checkVectors,
} from "../../local/vectorize/contract.ts";
import { MemoryIndex } from "../../local/vectorize/memory-index.ts";
import type { Metadata } from "../../local/vectorize/filter.ts";

/** The Vectorize binding: the local platform's exact search and checks, without the delay of writes. */
export function openVectorIndex(): Vectorize {
  const index = new MemoryIndex({});
  const done = { mutationId: "in-process" };
  return {
    query: async (vector: ArrayLike<number>, options?: VectorizeQueryOptions) =>
      index.search(checkQueryVector(vector, EMBEDDING_DIMENSIONS), checkQueryOptions(options)),
    upsert: async (vectors: VectorizeVector[]) => {
      for (const { metadata, ...vector } of checkVectors(
        "VECTOR_UPSERT",
        vectors,
        EMBEDDING_DIMENSIONS,
      ))
        index.put({
          ...vector,
          metadata: metadata === null ? null : (JSON.parse(metadata) as Metadata),
        });
      return done;
    },
    deleteByIds: async (ids: string[]) => {
      for (const id of checkIds("VECTOR_DELETE", ids)) index.remove(id);
      return done;
    },
  } as unknown as Vectorize;
}
