import type { Services } from "../../runtime/services.ts";
import type { VectorGarbage } from "./commit.ts";
import type { Failures } from "./reasons.ts";

/**
 * Deletes the vectors of chunks that are gone. Their notes in `vector_garbage` stay: a run that was storing a vector while its
 * chunk was replaced may write it after this, so the sweeper deletes once more before it forgets them.
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
