import type { MissingVector } from "./missing-vectors.ts";

/** After a pause of this length the rate is measured anew. */
const PAUSE_MS = 60_000;

/** The statements that count the chunks that were just embedded, by workspace. `accept/progress.ts` estimates the time left from them. */
export function countEmbedded(
  db: D1Database,
  chunks: MissingVector[],
  startedAt: number,
  now: number,
): D1PreparedStatement[] {
  if (chunks.length === 0) return [];
  const counts = Map.groupBy(chunks, ({ workspaceId }) => workspaceId);
  return [
    db
      .prepare(
        `INSERT INTO embedding_rates (workspace_id, since, until, chunks)
         SELECT value ->> 0, ?2, ?3, value ->> 1 FROM json_each(?1) WHERE true
         ON CONFLICT (workspace_id) DO UPDATE SET until = ?3,
           since = iif(until < ?2 - ${PAUSE_MS}, ?2, since),
           chunks = excluded.chunks + iif(until < ?2 - ${PAUSE_MS}, 0, chunks)`,
      )
      .bind(JSON.stringify(Array.from(counts, ([id, own]) => [id, own.length])), startedAt, now),
  ];
}
