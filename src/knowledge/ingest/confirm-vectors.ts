import type { Services } from "../../runtime/services.ts";
import { LOST_AFTER_MS, vectorId, VERIFIED } from "../../generations/generation.ts";
import type { IndexName } from "../../models/ports.ts";
import { batchByName } from "../../runtime/named-batch.ts";
import type { SliceEnd } from "./ingest-documents.ts";
import { delayClaims, lacksVectors, readMore } from "./outbox.ts";

/** A document whose vectors are stored, with the newest of them that has not been seen in the index. */
interface Unseen {
  documentId: number;
  workspaceId: string;
  chunkId: number;
  index: IndexName;
  prefix: string;
  slot: number;
  storedAt: number;
}

/**
 * The third stage, for a slice: looks whether the index shows the vectors, because it accepts writes before searches find them. Of
 * each document it looks for the newest vector. That the older ones are then shown, too, is our conclusion: Vectorize's description of
 * an index names the last write that it processed, so it seems to process them in order (docs/decisions/0047).
 */
export async function confirmVectors(
  { db, vectors, now }: Pick<Services, "db" | "now" | "vectors">,
  claim: D1PreparedStatement,
  by: string,
): Promise<SliceEnd> {
  const { documents, unseen, more } = await batchByName<{
    documents: unknown;
    unseen: Unseen;
    more: unknown;
  }>(db, {
    claim,
    documents: db.prepare(`SELECT 1 FROM outbox WHERE claimed_by = ?1`).bind(by),
    unseen: readUnseen(db, by, now()),
    more: readMore(db, "confirm", now()),
  });
  const seen: Unseen[] = [];
  for (const [index, rows] of Map.groupBy(unseen, (row) => row.index)) {
    const idOf = (row: Unseen): string => vectorId(row, row.chunkId);
    const visible = new Set(await vectors.visible(index, rows.map(idOf)));
    seen.push(...rows.filter((row) => visible.has(idOf(row))));
  }
  const lost = unseen.filter((row) => !seen.includes(row) && now() - row.storedAt > LOST_AFTER_MS);
  const { delays } = await batchByName<{ delays: { dueAt: number } }>(db, {
    seen: mark(db, seen, `vector_stored | (e.value ->> 2) * ${VERIFIED}`),
    lost: mark(db, lost, `vector_stored & ~(e.value ->> 2)`),
    again: db
      .prepare(
        `UPDATE outbox SET stage = 'embed', claimed_by = NULL, due_at = ?2, failures = 0, failing_since = NULL
         WHERE claimed_by = ?1 AND ${lacksVectors("outbox.document_id")}`,
      )
      .bind(by, now()),
    visibleAt: db
      .prepare(
        `UPDATE documents SET stages = json_set(stages, '$.visible_at', ?2)
         WHERE status = 'live' AND id IN (SELECT document_id FROM outbox WHERE ${isSeen})`,
      )
      .bind(by, now()),
    done: db.prepare(`DELETE FROM outbox WHERE ${isSeen}`).bind(by),
    delays: delayClaims(db, by, now()),
  });
  return {
    documents: documents.length,
    more: more.length > 0,
    dueAt: delays.length > 0 ? Math.min(...delays.map(({ dueAt }) => dueAt)) : undefined,
    allDelayed: false,
  };
}

/** SQL: no stored vector of a claimed document is left that has not been seen in the index. */
const isSeen = `claimed_by = ?1 AND NOT EXISTS (
  SELECT 1 FROM chunks c JOIN index_generations g ON g.workspace_id = c.workspace_id AND g.state = 'live'
  WHERE c.document_id = outbox.document_id AND (c.vector_stored & g.slot) <> 0 AND (c.vector_stored & (g.slot * ${VERIFIED})) = 0)`;

/** The vectors of a version before one that failed have no time of their own: theirs is that of the first look. */
function readUnseen(db: D1Database, by: string, now: number): D1PreparedStatement {
  return db
    .prepare(
      `SELECT o.document_id AS documentId, d.workspace_id AS workspaceId, max(c.id) AS chunkId, g.index_name AS "index", g.vector_prefix AS prefix, g.slot,
         coalesce(d.stages ->> '$.vectors_at', o.failing_since, ?2) AS storedAt
       FROM outbox o JOIN documents d ON d.id = o.document_id
         JOIN chunks c ON c.document_id = d.id AND c.workspace_id = d.workspace_id
         JOIN index_generations g ON g.workspace_id = d.workspace_id AND g.state = 'live'
       WHERE o.claimed_by = ?1 AND (c.vector_stored & g.slot) <> 0 AND (c.vector_stored & (g.slot * ${VERIFIED})) = 0
       GROUP BY o.document_id`,
    )
    .bind(by, now);
}

/** Changes the flags of the documents' chunks that are stored and not seen, up to the one that was looked for. */
function mark(db: D1Database, rows: Unseen[], flags: string): D1PreparedStatement[] {
  if (rows.length === 0) return [];
  const upTo = rows.map(({ documentId, chunkId, slot, workspaceId }) => {
    return [documentId, chunkId, slot, workspaceId];
  });
  return [
    db
      .prepare(
        `UPDATE chunks SET vector_stored = ${flags} FROM json_each(?1) AS e
         WHERE chunks.document_id = e.value ->> 0 AND chunks.id <= e.value ->> 1 AND +chunks.workspace_id = e.value ->> 3
           AND (vector_stored & (e.value ->> 2)) <> 0 AND (vector_stored & (e.value ->> 2) * ${VERIFIED}) = 0`,
      )
      .bind(JSON.stringify(upTo)),
  ];
}
