import { sha256Hex } from "../crypto/hash.ts";
import { INTENTS, type Intent } from "../language/intents.ts";
import { batchByName } from "../runtime/named-batch.ts";
import type { Services } from "../runtime/services.ts";
import type { WorkspaceParameter } from "../runtime/workspace-parameter.ts";
import { decodeVectors, encodeVectors } from "../text/vectors.ts";
import { liveRelease, type Deployment } from "./live-release.ts";
import type { Release } from "./release.ts";

type Exemplars = Release["intents"]["exemplars"];

/** What an exemplar stands for: an intent, or `none` for a question. */
export type Kind = Intent | "none";
export interface Exemplar {
  kind: Kind;
  /** Of length 127. */
  vector: Int8Array;
}

/** The most sets in an isolate: 150 exemplars of 1024 dimensions take 150 KB. */
const MAX_REMEMBERED = 40;
/** By the hash of their texts and the model. */
const remembered = new Map<string, Exemplar[]>();

/** Sets of workspaces that one cron tick prepares. */
const WORKSPACES = 5;
const STEP = { statements: 1, subrequests: 2 };

/** The exemplars in the order of their vectors. */
function listOf(exemplars: Exemplars): { kind: Kind; text: string }[] {
  return [...INTENTS, "none" as const].flatMap((kind) =>
    exemplars[kind].map((text) => ({ kind, text })),
  );
}

/** Each turn asks for the name, and releases are remembered in an isolate. */
const names = new WeakMap<Exemplars, Promise<string>>();

/** By what vectors of exemplars are found: equal lists have equal names, whatever release they are of. */
function nameOf(exemplars: Exemplars): Promise<string> {
  const known = names.get(exemplars);
  if (known) return known;
  const name = sha256Hex(JSON.stringify(listOf(exemplars))).then((hash) => hash.slice(0, 32));
  names.set(exemplars, name);
  return name;
}

/** The name of the exemplars of a workspace's overlay; null where it has none of its own. */
export async function ownExemplars(
  overlay: object,
  { intents }: Pick<Release, "intents">,
): Promise<string | null> {
  return "intents" in overlay ? nameOf(intents.exemplars) : null;
}

/**
 * The statement that reads the vectors of a workspace's exemplars in the model of its live index, unless this isolate remembers them; a
 * turn batches it with its other reads.
 */
export function exemplarStatement(
  db: D1Database,
  workspace: WorkspaceParameter,
  deploymentsOwn: string,
  embeddingModel: string,
): D1PreparedStatement {
  return db
    .prepare(
      `SELECT exemplars, model, vectors FROM exemplar_vectors v
       WHERE exemplars = coalesce((SELECT r.exemplars FROM releases r WHERE r.workspace_id = ${workspace.sql}
           ORDER BY r.number DESC LIMIT 1), ?2)
         AND model = coalesce((SELECT g.model FROM index_generations g WHERE g.workspace_id = ${workspace.sql}
           AND g.state = 'live'), ?3)
         AND NOT EXISTS (SELECT 1 FROM json_each(?4) WHERE value = v.exemplars || ' ' || v.model)`,
    )
    .bind(workspace.value, deploymentsOwn, embeddingModel, JSON.stringify([...remembered.keys()]));
}

/** The statement that reads the model of a workspace's live index. */
export function liveModelStatement(
  db: D1Database,
  workspace: WorkspaceParameter,
): D1PreparedStatement {
  return db
    .prepare(
      `SELECT model FROM index_generations WHERE workspace_id = ${workspace.sql} AND state = 'live'`,
    )
    .bind(workspace.value);
}

/** The name of the exemplars of workspaces that have none of their own. */
export async function deploymentExemplars(deployment: Deployment): Promise<string> {
  const { release } = await liveRelease(deployment, undefined);
  return nameOf(release.intents.exemplars);
}

/**
 * The exemplars of a release with their vectors.
 * @param row of {@link exemplarStatement}
 * @returns none where they have no vectors in the model yet: a cron tick makes them
 */
export async function exemplarsOf(
  { intents }: Pick<Release, "intents">,
  model: string,
  row: unknown,
): Promise<Exemplar[]> {
  const key = `${await nameOf(intents.exemplars)} ${model}`;
  const read = row as { exemplars: string; model: string; vectors: string } | undefined;
  if (read && `${read.exemplars} ${read.model}` === key)
    remember(key, toExemplars(intents.exemplars, read.vectors));
  return remembered.get(key) ?? [];
}

function toExemplars(exemplars: Exemplars, vectors: string): Exemplar[] {
  const list = listOf(exemplars);
  const bytes = decodeVectors(vectors);
  const dimensions = bytes.length / list.length;
  return list.map(({ kind }, index) => ({
    kind,
    vector: bytes.subarray(index * dimensions, (index + 1) * dimensions),
  }));
}

function remember(key: string, exemplars: Exemplar[]): void {
  remembered.delete(key);
  remembered.set(key, exemplars);
  const [oldest] = remembered.keys();
  if (remembered.size > MAX_REMEMBERED && oldest !== undefined) remembered.delete(oldest);
}

type Deps = Pick<Services, "db" | "config" | "embedderOf" | "now">;

/** Embeds the exemplars of a release and stores their vectors. @throws ModelUnavailable */
export async function storeExemplars(
  { db, embedderOf, now }: Deps,
  { intents }: Pick<Release, "intents">,
  model: string,
): Promise<void> {
  const texts = listOf(intents.exemplars).map(({ text }) => text);
  const vectors = texts.length > 0 ? await embedderOf(model).embed(texts, "query") : [];
  await db
    .prepare(
      `INSERT INTO exemplar_vectors (exemplars, model, vectors, created_at) VALUES (?1, ?2, ?3, ?4)
       ON CONFLICT (exemplars, model) DO NOTHING`,
    )
    .bind(await nameOf(intents.exemplars), model, encodeVectors(vectors), now())
    .run();
}

/**
 * Stores the vectors of exemplars that have none in the model of a live index: after an upgrade, a change of the index's model, or a
 * release that was published while the model could not be reached. Runs on every cron tick, as far as the invocation's budget goes.
 * @returns how many sets were stored
 */
export async function sweepExemplars(
  services: Deps & Pick<Services, "calls">,
): Promise<{ exemplars: number }> {
  const { config, calls } = services;
  const own = await liveRelease(config, undefined);
  const name = await nameOf(own.release.intents.exemplars);
  const { models, workspaces } = await missing(services, name);
  const due = models.map(({ model }) => ({ release: own.release, model }));
  for (const { overlay, model } of workspaces)
    due.push({ release: (await liveRelease(config, { overlay })).release, model });
  let exemplars = 0;
  const failed: unknown[] = [];
  for (const { release, model } of due) {
    if (!calls.hasRoomFor(STEP)) break;
    try {
      await storeExemplars(services, release, model);
      exemplars += 1;
    } catch (error) {
      failed.push(error);
    }
  }
  if (failed.length > 0) throw new AggregateError(failed, "Exemplars were not embedded");
  return { exemplars };
}

/** In random order, so that none that fails holds up others. */
function missing({ db, config }: Deps, deploymentsOwn: string) {
  const model = config.embeddingModel;
  return batchByName<{ models: { model: string }; workspaces: { overlay: string; model: string } }>(
    db,
    {
      models: db
        .prepare(
          `SELECT model FROM (SELECT ?1 AS model UNION SELECT g.model FROM index_generations g
             WHERE g.state = 'live' AND g.model IS NOT NULL) AS live
           WHERE NOT EXISTS (SELECT 1 FROM exemplar_vectors v WHERE v.exemplars = ?2 AND v.model = live.model)
           ORDER BY random() LIMIT ${WORKSPACES}`,
        )
        .bind(model, deploymentsOwn),
      workspaces: db
        .prepare(
          `SELECT r.overlay, coalesce(g.model, ?1) AS model FROM releases r
           LEFT JOIN index_generations g ON g.workspace_id = r.workspace_id AND g.state = 'live'
           WHERE r.exemplars IS NOT NULL
             AND r.number = (SELECT max(l.number) FROM releases l WHERE l.workspace_id = r.workspace_id)
             AND NOT EXISTS (SELECT 1 FROM exemplar_vectors v
               WHERE v.exemplars = r.exemplars AND v.model = coalesce(g.model, ?1))
           ORDER BY random() LIMIT ${WORKSPACES}`,
        )
        .bind(model),
    },
  );
}
