import type { IndexName, VectorIndex, CallMeter } from "./ports.ts";

/** Vectors in one upsert from a Worker: the documented maximum. */
export const UPSERT_BATCH = 1000;
/** Ids in one deletion and in one read: the maxima that users report (error 40007). */
const DELETE_BATCH = 100;
const GET_BATCH = 20;

/** Vectorize behind the port. A generation of a workspace is a namespace: the service searches within it. */
export function vectorizeIndex(
  indexes: Record<IndexName, Vectorize | undefined>,
  calls: CallMeter,
): VectorIndex {
  const bound = (name: IndexName): Vectorize => {
    const index = indexes[name];
    if (!index) throw new Error(`This deployment has no binding ${name}`);
    return index;
  };
  return {
    async query(space, vector, topK) {
      const { matches } = await calls.track("vectorize", () =>
        bound(space.index).query(vector, {
          topK,
          namespace: space.namespace,
          returnValues: false,
          returnMetadata: "none",
        }),
      );
      return matches.map(({ id, score }) => ({ id, score }));
    },

    async upsert(name, vectors) {
      for (const batch of inBatches(vectors, UPSERT_BATCH)) {
        await calls.track("vectorize", () => bound(name).upsert(batch));
      }
    },

    async delete(name, ids) {
      for (const batch of inBatches(ids, DELETE_BATCH)) {
        await calls.track("vectorize", () => bound(name).deleteByIds(batch));
      }
    },

    async visible(name, ids) {
      const found: string[] = [];
      for (const batch of inBatches(ids, GET_BATCH)) {
        const vectors = await calls.track("vectorize", () => bound(name).getByIds(batch));
        found.push(...vectors.map((vector) => vector.id));
      }
      return found;
    },

    async values(name, ids) {
      const batches = Array.from(inBatches(ids, GET_BATCH), (batch) =>
        calls.track("vectorize", () => bound(name).getByIds(batch)),
      );
      return (await Promise.all(batches)).flat().map(({ id, values }) => ({ id, values }));
    },

    async dimensions(name) {
      const index = indexes[name];
      if (!index) return undefined;
      // The type still describes the first version of the service; the second answers the dimensions themselves.
      const description: unknown = await calls.track("vectorize", () => index.describe());
      return (description as { dimensions: number }).dimensions;
    },
  };
}

function* inBatches<T>(items: T[], size: number): Generator<T[]> {
  for (let start = 0; start < items.length; start += size) yield items.slice(start, start + size);
}
