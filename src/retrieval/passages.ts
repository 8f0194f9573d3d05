import { visibleTo } from "./keywords.ts";

/** Stored text that may be shown to the reader it was read for. */
export interface Passage {
  chunkId: number;
  externalId: string;
  title: string;
  url: string | null;
  /** Of the document: the one that is served. */
  version: number;
  headingPath: string[];
  text: string;
  /** Its place in the document. */
  ordinal: number;
  /** What stands before and after it in the same section: a chunk ends where it is full, not where the thought does. */
  neighbours: Neighbour[];
}

export type Neighbour = Pick<Passage, "chunkId" | "text" | "ordinal">;

type PassageRow = Omit<Passage, "headingPath" | "neighbours"> & {
  headingPath: string;
  neighbours: string;
};

/**
 * Reads the chunks that the legs found. Both legs are only hints: this read decides, by workspace, audience and live
 * version (design, invariant 2). The order of the ids is kept, and `limit` counts what may be shown: candidates that are not
 * for this reader push nothing out. CROSS JOIN keeps SQLite to the order as written, one look-up an id: left to itself it
 * walks every chunk of the workspace and all ids for each.
 */
export async function readPassages(
  db: D1Database,
  workspaceId: string,
  audience: string[],
  chunkIds: number[],
  limit = chunkIds.length,
): Promise<Passage[]> {
  if (chunkIds.length === 0) return [];
  const { results } = await db
    .prepare(
      `SELECT c.id AS chunkId, d.external_id AS externalId, d.served_title AS title, d.served_url AS url,
         d.live_version AS version, c.heading_path AS headingPath, c.text, c.ordinal,
         (SELECT json_group_array(json_object('chunkId', n.id, 'text', n.text, 'ordinal', n.ordinal)) FROM chunks n
          WHERE n.document_id = c.document_id AND n.ordinal BETWEEN c.ordinal - 1 AND c.ordinal + 1 AND n.id <> c.id
            AND +n.workspace_id = ?2 AND n.heading_path = c.heading_path) AS neighbours
       FROM json_each(?1) AS wanted CROSS JOIN chunks c ON c.id = wanted.value CROSS JOIN documents d ON d.id = c.document_id
       WHERE c.workspace_id = ?2 AND d.workspace_id = ?2 AND d.live_version > 0 AND d.status <> 'deleted'
         AND ${visibleTo("d", "?3")}
       ORDER BY wanted.key LIMIT ?4`,
    )
    .bind(JSON.stringify(chunkIds), workspaceId, JSON.stringify(audience), limit)
    .all<PassageRow>();
  return results.map((row) => ({
    ...row,
    headingPath: JSON.parse(row.headingPath) as string[],
    neighbours: JSON.parse(row.neighbours) as Neighbour[],
  }));
}
