import type { Services } from "../../runtime/services.ts";
import type { VectorGarbage } from "./commit.ts";
import type { Failures } from "./reasons.ts";

/**
 * Deletes the vectors of deleted chunks. Their rows in `vector_garbage` stay, because a concurrent run may store such a vector
 * after this. The sweeper deletes the vectors once more and then the rows.
 */
export async function collectGarbage(
  { vectors }: Pick<Services, "vectors">,
  garbage: VectorGarbage[],
  failures: Failures,
): Promise<void> {
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
}
