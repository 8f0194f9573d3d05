import type { Services } from "../../runtime/services.ts";
import type { IndexName } from "../../models/ports.ts";
import type { Failures } from "./reasons.ts";

/** A vector whose chunk was deleted. */
export interface VectorGarbage {
  vectorId: string;
  index: IndexName;
  documentId: number;
}

/** The statement that reads the garbage of claimed documents. */
export function readGarbage(db: D1Database, by: string): D1PreparedStatement {
  return db
    .prepare(
      `SELECT v.vector_id AS vectorId, v.index_name AS "index", v.document_id AS documentId
       FROM outbox o JOIN vector_garbage v ON v.document_id = o.document_id
       WHERE o.claimed_by = ?1 AND o.stage = 'embed'`,
    )
    .bind(by);
}

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
