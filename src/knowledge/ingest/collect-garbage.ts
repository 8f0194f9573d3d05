import type { Services } from "../../runtime/services.ts";
import type { VectorGarbage } from "./commit.ts";

/**
 * Deletes the vectors of chunks that are gone. Their notes stay: a run that was storing a vector while its chunk was
 * replaced may write it after this, so the sweeper deletes once more before it forgets them.
 * @returns the error of each document whose vectors could not be deleted
 */
export async function collectGarbage(
  { vectors }: Services,
  garbage: VectorGarbage[],
): Promise<Map<number, unknown>> {
  const failures = new Map<number, unknown>();
  for (const [index, rows] of Map.groupBy(garbage, (row) => row.index)) {
    try {
      await vectors.delete(
        index,
        rows.map((row) => row.vectorId),
      );
    } catch (error) {
      for (const { documentId } of rows) failures.set(documentId, error);
    }
  }
  return failures;
}
