import type { Services } from "../../runtime/services.ts";
import { embeddedText } from "../ingest/chunk.ts";
import { divideOnFailure } from "../ingest/divide.ts";
import { usageStatement } from "../../limits/quotas.ts";
import { ModelUnavailable } from "../../models/ports.ts";
import { mark, moveCursor, STEP_CHUNKS, type Claimed } from "./claimed.ts";
import { REFUSED, vectorId } from "../../generations/generation.ts";

interface ChunkRow {
  id: number;
  title: string;
  heading_path: string;
  text: string;
  context: string | null;
}

/** Embeds chunks without a vector of this generation. Undefined when there are none. */
export async function embedSome(
  services: Services,
  generation: Claimed,
): Promise<number | undefined> {
  const { db, vectors, embedderOf, now } = services;
  const { workspaceId, slot } = generation;
  const { results: chunks } = await db
    .prepare(
      `SELECT c.id, d.served_title AS title, c.heading_path, c.text, c.context
       FROM chunks c JOIN documents d ON d.id = c.document_id AND d.workspace_id = c.workspace_id
       WHERE c.workspace_id = ?1 AND c.id > ?2 AND (c.vector_stored & ?3) = 0 AND d.live_version > 0
       ORDER BY c.id LIMIT ${STEP_CHUNKS}`,
    )
    .bind(workspaceId, generation.cursor, slot | (slot * REFUSED))
    .all<ChunkRow>();
  if (chunks.length === 0) {
    if (generation.cursor === 0) return undefined;
    // Once more from the beginning, for what was written behind the cursor.
    await moveCursor(services, generation, 0);
    return 0;
  }

  const embedder = embedderOf(generation.model);
  const costBefore = services.calls.neurons;
  const embedded: { id: number; values: number[] }[] = [];
  const failures = new Map<number, unknown>();
  for (let start = 0; start < chunks.length; start += embedder.batchSize) {
    const call = async (some: ChunkRow[]): Promise<void> => {
      const values = await embedder.embed(some.map(textOf), "passage");
      embedded.push(...some.map(({ id }, at) => ({ id, values: values[at] ?? [] })));
    };
    const batch = chunks.slice(start, start + embedder.batchSize);
    for (const [{ id }, error] of await divideOnFailure(batch, call, mayPass)) {
      failures.set(id, error);
    }
  }
  if (embedded.length > 0) {
    const rows = embedded.map(({ id, values }) => ({
      id: vectorId(generation, id),
      namespace: generation.namespace,
      values,
    }));
    await vectors.upsert(generation.index, rows);
  }
  const refused = [...failures].filter(([, error]) => !mayPass(error)).map(([id]) => id);
  // When it refuses every text, one that nobody can refuse tells whether it is the model that is wrong: then this throws.
  if (refused.length === chunks.length) await embedder.embed(["A question."], "passage");
  const passing = [...failures.values()].find(mayPass);
  await db.batch([
    mark(
      services,
      generation,
      embedded.map(({ id }) => id),
      slot,
    ),
    mark(services, generation, refused, slot * REFUSED),
    usageStatement(db, workspaceId, { neurons: services.calls.neurons - costBefore }, now()),
    db
      .prepare(
        `UPDATE index_generations SET stored_at = ?3, cursor = ?4 WHERE workspace_id = ?1 AND number = ?2`,
      )
      .bind(
        workspaceId,
        generation.number,
        now(),
        passing === undefined ? (chunks.at(-1)?.id ?? 0) : generation.cursor,
      ),
  ]);
  if (passing !== undefined) throw passing;
  return 0;
}

function textOf({ title, heading_path, text, context }: ChunkRow): string {
  const headingPath = JSON.parse(heading_path) as string[];
  return embeddedText(title, { headingPath, text, context });
}

function mayPass(error: unknown): boolean {
  return !(error instanceof ModelUnavailable) || error.transient;
}
