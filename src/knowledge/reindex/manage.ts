import type { Services } from "../../runtime/services.ts";
import { auditStatement, type Actor } from "../../audit/log.ts";
import { batchByName } from "../../runtime/named-batch.ts";
import { Problem } from "../../http/problem.ts";
import type { IndexName } from "../../models/ports.ts";
import { embeddingModel, embeddingModels } from "../../models/table.ts";
import { ensureFirst, laterGeneration, REFUSED, VERIFIED } from "../../generations/generation.ts";

type ManageServices = Pick<Services, "db" | "now">;

/** How long the previous generation is kept for a rollback, unless it is collected earlier. */
export const ROLLBACK_MS = 7 * 24 * 3600_000;

export interface GenerationView {
  number: number;
  model: string;
  dimensions: number;
  index: IndexName;
  state: "building" | "live" | "retired" | "collecting" | "collected";
  /** The served chunks. The generation is complete when `ready` names the same chunks. */
  served: Completeness;
  /** The served chunks whose vector has been read back from the index, or whose text the model refuses. */
  ready: Completeness;
  stored: number;
  refused: number;
  error: string | null;
  created_at: string;
  state_at: string;
}

/** The checksum does not depend on the order of the chunks: equal sets have equal sums. */
interface Completeness {
  chunks: number;
  checksum: number;
}

type ViewRow = Omit<
  GenerationView,
  "served" | "ready" | "created_at" | "state_at" | "dimensions"
> & {
  model: string | null;
  served_chunks: number;
  served_checksum: number;
  ready_chunks: number;
  ready_checksum: number;
  created_at: number;
  state_at: number;
};

/**
 * Knuth's multiplicative hash of a chunk's place among the workspace's, so that two sets of the same size still differ. Not of its id: ids
 * count the chunks of all workspaces.
 */
const HASH = `(c.place * 2654435761 % 4294967296)`;
/** SQL: the chunk has a vector that was read back, or cannot have one. Of a live generation, stored vectors count unread. */
const READY = `(c.vector_stored & (g.slot * ${VERIFIED + REFUSED}) <> 0 OR (g.state = 'live' AND c.vector_stored & g.slot <> 0))`;

export async function listGenerations(
  { db, config }: Pick<Services, "db" | "config">,
  workspaceId: string,
): Promise<GenerationView[]> {
  const { results } = await db
    .prepare(
      `SELECT g.number, g.model, g.index_name AS "index", g.state, g.error, g.created_at, g.state_at,
         count(c.id) AS served_chunks, coalesce(sum(${HASH}) % 4294967296, 0) AS served_checksum,
         count(c.id) FILTER (WHERE ${READY}) AS ready_chunks,
         coalesce(sum(${HASH}) FILTER (WHERE ${READY}) % 4294967296, 0) AS ready_checksum,
         count(c.id) FILTER (WHERE c.vector_stored & g.slot <> 0) AS stored,
         count(c.id) FILTER (WHERE c.vector_stored & (g.slot * ${REFUSED}) <> 0) AS refused
       FROM index_generations g
       LEFT JOIN (SELECT id, vector_stored, row_number() OVER (ORDER BY id) AS place FROM chunks WHERE workspace_id = ?1) AS c
         ON g.state <> 'collected'
       WHERE g.workspace_id = ?1 GROUP BY g.number ORDER BY g.number`,
    )
    .bind(workspaceId)
    .all<ViewRow>();
  return results.map((row) => toView(row, config.embeddingModel));
}

function toView(row: ViewRow, configuredModel: string): GenerationView {
  const { served_chunks, served_checksum, ready_chunks, ready_checksum, ...rest } = row;
  const model = row.model ?? configuredModel;
  return {
    ...rest,
    model,
    dimensions: embeddingModels[model]?.dimensions ?? 0,
    served: { chunks: served_chunks, checksum: served_checksum },
    ready: { chunks: ready_chunks, checksum: ready_checksum },
    created_at: new Date(row.created_at).toISOString(),
    state_at: new Date(row.state_at).toISOString(),
  };
}

/** Begins a generation beside the live one. The queue builds it; nothing is read from it before the switch. */
export async function startGeneration(
  services: ManageServices & Pick<Services, "config" | "vectors">,
  workspaceId: string,
  model: string,
  index: IndexName,
  by: Actor,
): Promise<number> {
  if (!Object.hasOwn(embeddingModels, model)) {
    throw new Problem(
      "validation_failed",
      `model: use one of ${Object.keys(embeddingModels).join(", ")}.`,
    );
  }
  const { dimensions } = embeddingModel(model);
  const has = await services.vectors.dimensions(index);
  if (has !== dimensions) {
    const detail =
      has === undefined
        ? `This deployment has no index ${index}.`
        : `The index ${index} holds vectors of ${has} dimensions, but ${model} makes vectors of ${dimensions}.`;
    throw new Problem("generation_conflict", detail);
  }
  const { db, config, now } = services;
  const { numbers } = await batchByName<{ numbers: { next: number; slot: number } }>(db, {
    first: ensureFirst(db, [workspaceId], config.embeddingModel, now()),
    numbers: db
      .prepare(
        `SELECT (SELECT max(number) + 1 FROM index_generations WHERE workspace_id = ?1) AS next, 3 - slot AS slot
         FROM index_generations WHERE workspace_id = ?1 AND state = 'live'
           AND NOT EXISTS (SELECT 1 FROM index_generations
             WHERE workspace_id = ?1 AND state IN ('building', 'retired', 'collecting'))`,
      )
      .bind(workspaceId),
  });
  const [free] = numbers;
  const taken = new Problem(
    "generation_conflict",
    "There is a second generation already. Collect it before you begin another one.",
  );
  if (!free) throw taken;
  const { number, namespace, prefix, slot } = laterGeneration(
    workspaceId,
    free.next,
    model,
    index,
    free.slot,
  );
  const insert = db
    .prepare(
      `INSERT OR IGNORE INTO index_generations (workspace_id, number, model, index_name, namespace, vector_prefix, slot,
         state, created_at, state_at)
       VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 'building', ?8, ?8) RETURNING number`,
    )
    .bind(workspaceId, number, model, index, namespace, prefix, slot, now());
  const detail = { model, index };
  const record = audit(services, workspaceId, "generation.start", number, by, detail);
  if (!(await changeWithRecord(db, insert, record))) throw taken;
  return number;
}

/**
 * Makes another generation live, in one write: the new one, once the vector of each served chunk has been read back; or, as a
 * rollback, the previous one, until it is collected.
 */
export async function switchGeneration(
  services: ManageServices,
  workspaceId: string,
  number: number,
  by: Actor,
): Promise<void> {
  const { db, now } = services;
  const update = db
    .prepare(
      `UPDATE index_generations SET state = CASE number WHEN ?2 THEN 'live' ELSE 'retired' END, state_at = ?3, cursor = 0
       WHERE workspace_id = ?1 AND state IN ('live', 'building', 'retired')
         AND EXISTS (SELECT 1 FROM index_generations n WHERE n.workspace_id = ?1 AND n.number = ?2
           AND (n.state = 'retired' OR (n.state = 'building' AND NOT EXISTS (
             SELECT 1 FROM chunks c WHERE c.workspace_id = ?1
               AND c.vector_stored & (n.slot * ${VERIFIED + REFUSED}) = 0
               AND c.vector_stored & (3 - n.slot) <> 0))))
       RETURNING number`,
    )
    .bind(workspaceId, number, now());
  const record = audit(services, workspaceId, "generation.switch", number, by);
  if (await changeWithRecord(db, update, record)) return;
  const state = await stateOf(db, workspaceId, number);
  if (state === "live") return;
  throw new Problem(
    "generation_conflict",
    state === "building"
      ? "The generation is not complete: it lacks vectors of served chunks. Compare `served` and `ready`."
      : `A generation that is ${state} cannot be searched again.`,
  );
}

/** Gives up a generation that is not searched: its vectors are deleted in the background. */
export async function collectGeneration(
  services: ManageServices,
  workspaceId: string,
  number: number,
  by: Actor,
): Promise<void> {
  const { db, now } = services;
  const update = db
    .prepare(
      `UPDATE index_generations SET state = 'collecting', state_at = ?3, cursor = 0
       WHERE workspace_id = ?1 AND number = ?2 AND state IN ('building', 'retired') RETURNING number`,
    )
    .bind(workspaceId, number, now());
  const record = audit(services, workspaceId, "generation.collect", number, by);
  if (await changeWithRecord(db, update, record)) return;
  const state = await stateOf(db, workspaceId, number);
  if (state === "live") {
    throw new Problem(
      "generation_conflict",
      "This generation is the one that is searched. Switch to another first.",
    );
  }
}

/** Writes a change together with its record in the audit log. @returns whether the change had effect */
async function changeWithRecord(
  db: D1Database,
  change: D1PreparedStatement,
  record: D1PreparedStatement,
): Promise<boolean> {
  const { changed } = await batchByName<{ changed: unknown }>(db, { changed: change, record });
  return changed.length > 0;
}

function audit(
  { db, now }: ManageServices,
  workspaceId: string,
  action: string,
  number: number,
  by: Actor,
  detail: Record<string, unknown> = {},
): D1PreparedStatement {
  return auditStatement(db, {
    ...by,
    workspaceId,
    action,
    objectId: String(number),
    detail,
    at: now(),
  });
}

async function stateOf(
  db: D1Database,
  workspaceId: string,
  number: number,
): Promise<GenerationView["state"]> {
  const row = await db
    .prepare(`SELECT state FROM index_generations WHERE workspace_id = ?1 AND number = ?2`)
    .bind(workspaceId, number)
    .first<{ state: GenerationView["state"] }>();
  if (!row) throw new Problem("not_found", "There is no generation with this number.");
  return row.state;
}
