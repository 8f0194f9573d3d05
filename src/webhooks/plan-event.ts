import type { Services } from "../runtime/services.ts";
import { listExternalIds } from "../knowledge/accept/document-summaries.ts";
import { MAX_VALUE_BYTES } from "../knowledge/accept/rows.ts";
import { runYielding } from "../runtime/steps.ts";
import { utf8Length } from "../text/utf8-length.ts";
import { externalIdOf, type DocumentChange } from "./apply-change.ts";
import type { DeliveryApi } from "./contract/delivery-api.ts";
import { CannotApply, changesOf, type Change } from "./contract/vendor.ts";
import type { PendingEvent, PlannedChange } from "./events.ts";
import { vendorOf } from "./source-types.ts";
import type { OpenSource } from "./sources.ts";

type PlanServices = Pick<Services, "db"> & { api: DeliveryApi };

/**
 * What a delivery changes, entry by entry. Removals come first: they wait neither for the daily quota nor for entries that cannot be
 * read now.
 */
export async function planEvent(
  services: PlanServices,
  source: OpenSource,
  { claim, body, receivedAt }: PendingEvent,
): Promise<PlannedChange[]> {
  const delivery = { claim, body, receivedAt };
  const changes = await runYielding(changesOf(vendorOf[source.type], delivery, source));
  const plan: PlannedChange[] = [];
  for (const change of changes) {
    if (change.action === "resync") plan.push(...(await planResync(services, source, change)));
    else plan.push(change);
  }
  const isUpsert = ({ action }: PlannedChange): boolean => action === "upsert";
  requireStorable(plan);
  return plan.toSorted((left, right) => Number(isUpsert(left)) - Number(isUpsert(right)));
}

/** A plan is stored as one value of D1. @throws CannotApply if it is too long for one */
function requireStorable(plan: PlannedChange[]): void {
  if (utf8Length(JSON.stringify(plan)) <= MAX_VALUE_BYTES) return;
  throw new CannotApply(
    `It names ${plan.length} entries, more than one event can hold. Import them with the command line (npm run ingest).`,
  );
}

/** Every entry that is published, and the removal of every document of the source whose entry is not. */
async function planResync(
  { db, api }: PlanServices,
  source: OpenSource,
  { reference, at }: Extract<Change, { action: "resync" }>,
): Promise<DocumentChange[]> {
  const { listEntries } = vendorOf[source.type];
  // Nothing listed would remove every document of the source.
  if (!listEntries) throw new Error(`${source.type} asks for a resync and has no listEntries`);
  const entries = await listEntries(reference, source, api);
  const published = new Set<string>();
  for (const { entry } of entries) published.add(await externalIdOf(source.name, entry));
  const gone = (await documentIdsOf(db, source)).filter((id) => !published.has(id));
  return [
    ...gone.map((id) => ({
      action: "remove" as const,
      at,
      entry: id.slice(source.name.length + 1),
    })),
    ...entries.map((entry) => ({ action: "upsert" as const, at, ...entry })),
  ];
}

/** Each page is a statement of the invocation's budget. */
const PAGE = 5000;

/** External ids of the source's documents. */
async function documentIdsOf(db: D1Database, { workspaceId, name }: OpenSource): Promise<string[]> {
  // "0" follows "/": between the two lies what begins with the name and "/".
  const [first, before] = [`${name}/`, `${name}0`];
  const found: string[] = [];
  for (let after = first; ; after = found.at(-1) ?? after) {
    const page = await listExternalIds(db, workspaceId, { after, before, limit: PAGE });
    found.push(...page);
    if (page.length < PAGE) return found;
  }
}
