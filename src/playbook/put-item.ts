import type { Actor } from "../audit/log.ts";
import { embedQuestions } from "../retrieval/embed-questions.ts";
import { liveModelStatement } from "../releases/exemplar-vectors.ts";
import { liveRelease, overlayStatement } from "../releases/live-release.ts";
import { batchByName } from "../runtime/named-batch.ts";
import type { Services } from "../runtime/services.ts";
import { checkValidity } from "../knowledge/accept/validity.ts";
import { changePlaybook, toNewItem } from "./change-playbook.ts";
import {
  alsoMatches,
  overlaps,
  readProbes,
  requireNoContradiction,
  type AlsoMatches,
  type Overlap,
} from "./check-item.ts";
import { requireFitting } from "./check-dependents.ts";
import { allOf, textsOf, type Contents, type Guidance, type Kind } from "./items.ts";
import { isOf, readItems, toItem, type PlaybookItem } from "./playbook.ts";

type Deps = Pick<Services, "db" | "config" | "now" | "embedderOf">;

/** What the owner is told of an item that was put. */
export interface Checked {
  hash: string;
  /** False where the model could not be reached: both lists then know only of equal words. */
  isChecked: boolean;
  overlaps: Overlap[];
  alsoMatches: AlsoMatches[];
}

/**
 * Checks an item and makes it live with the next question.
 * @throws Problem `validation_failed` for an item that would apply to nearly everything, contradicts another one, or would never be valid
 */
export async function putItem<K extends Kind>(
  services: Deps,
  workspaceId: string,
  { kind, id, content }: { kind: K; id: string; content: Contents[K] },
  by: Actor,
): Promise<Checked> {
  checkValidity(content);
  const { db, config } = services;
  const scope = { sql: "?1", value: workspaceId };
  const rows = await batchByName<{ release: object; model: { model: string | null } }>(db, {
    release: overlayStatement(db, scope),
    model: liveModelStatement(db, scope),
  });
  const model = rows.model[0]?.model ?? config.embeddingModel;
  const { release } = await liveRelease(config, rows.release[0]);
  const wordings = textsOf(kind, content);
  const texts = allOf(wordings);
  const [stored, found] = await Promise.all([
    readItems(db, workspaceId, model),
    readProbes(db, workspaceId, texts),
  ]);
  // Apart, so that a slow model loses only what the checks compare with.
  const vectors = await embed(services, model, texts);
  const tried = texts.length > 0 ? found.map(({ text }) => text) : [];
  const embedded = await embed(services, model, tried);
  const item: PlaybookItem = {
    kind,
    id,
    hash: "",
    content,
    wordings: { ...wordings, vectors: vectors ?? null },
  };
  const items = stored.map(toItem);
  await requireFitting(db, workspaceId, { kind, id, content }, items);
  const others = items.filter(
    (one) => competes(one.kind, kind) && !(one.kind === kind && one.id === id),
  );
  const measure = { model, rule: release.playbook.topics };
  const probes = found.map((probe, at) => ({
    ...probe,
    vector: embedded?.[at] ?? null,
  }));
  const checked = {
    isChecked: vectors !== undefined && embedded !== undefined,
    overlaps: overlaps(item, others, measure),
    alsoMatches: alsoMatches(item, probes, measure),
  };
  if (kind === "guidance") {
    const shared = new Set(checked.overlaps.map((one) => one.id));
    const beside = others.filter(isOf("guidance")).filter((one) => shared.has(one.id));
    requireNoContradiction(content as Guidance, beside);
  }
  const next = await toNewItem({ kind, id, content }, vectors && { model, vectors });
  await changePlaybook(services, workspaceId, { kind, id, item: next }, by);
  return { hash: next.hash, ...checked };
}

/** Whether items of these kinds are chosen from together. */
function competes(one: Kind, other: Kind): boolean {
  const starts = (kind: Kind): boolean => kind === "tool" || kind === "procedure";
  return one === other || (starts(one) && starts(other));
}

/** @returns undefined where the model cannot be reached: a cron tick embeds the item later, and until then it applies to its very words */
async function embed(
  { embedderOf }: Deps,
  model: string,
  texts: string[],
): Promise<number[][] | undefined> {
  if (texts.length === 0) return [];
  const vectors = await embedQuestions(embedderOf(model), texts);
  return vectors.every((vector) => vector !== null) ? vectors : undefined;
}
