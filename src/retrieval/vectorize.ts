import type { BindingCalls } from "../binding-calls.ts";
import type { VectorIndex } from "../models/ports.ts";

/** Vectors in one upsert from a Worker: the documented maximum. Of ids in one deletion, users report 100 (error 40007). */
const UPSERT_BATCH = 1000;
const DELETE_BATCH = 100;

/** Vectorize behind the port. A workspace is a namespace, which the service applies before it searches. */
export function vectorizeIndex(index: Vectorize, calls: BindingCalls): VectorIndex {
  return {
    async query(workspaceId, vector, topK) {
      const { matches } = await calls.track("vectorize", () =>
        index.query(vector, {
          topK,
          namespace: workspaceId,
          returnValues: false,
          returnMetadata: "none",
        }),
      );
      return matches.map(({ id, score }) => ({ id, score }));
    },

    async upsert(workspaceId, vectors) {
      for (let start = 0; start < vectors.length; start += UPSERT_BATCH) {
        const batch = vectors.slice(start, start + UPSERT_BATCH);
        await calls.track("vectorize", () =>
          index.upsert(batch.map((vector) => ({ ...vector, namespace: workspaceId }))),
        );
      }
    },

    async delete(ids) {
      for (let start = 0; start < ids.length; start += DELETE_BATCH) {
        const batch = ids.slice(start, start + DELETE_BATCH);
        await calls.track("vectorize", () => index.deleteByIds(batch));
      }
    },
  };
}
