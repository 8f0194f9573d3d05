import type { Services } from "../runtime/services.ts";
import { listDocuments } from "../knowledge/accept/document-summaries.ts";
import { externalIdOf, type DocumentChange } from "./apply-change.ts";
import { createDeliveryApi } from "./call-delivery-api.ts";
import type { Change } from "./contract/vendor.ts";
import type { PendingEvent, PlannedChange } from "./events.ts";
import { vendorOf } from "./source-types.ts";
import type { OpenSource } from "./sources.ts";

type PlanServices = Pick<Services, "db" | "now" | "safeFetch">;

/** What a delivery changes, entry by entry. */
export async function planEvent(
  services: PlanServices,
  source: OpenSource,
  { headers, body, receivedAt }: PendingEvent,
): Promise<PlannedChange[]> {
  const changes = vendorOf[source.type].readChanges({ headers, body, receivedAt }, source);
  const plan: PlannedChange[] = [];
  for (const change of [changes].flat()) {
    if (change.action === "resync") plan.push(...(await planResync(services, source, change)));
    else plan.push(change);
  }
  return plan;
}

/** Every entry that is published, and the removal of every document of the source whose entry is not. */
async function planResync(
  { db, safeFetch, now }: PlanServices,
  source: OpenSource,
  { reference, at }: Extract<Change, { action: "resync" }>,
): Promise<DocumentChange[]> {
  const { listEntries } = vendorOf[source.type];
  const api = createDeliveryApi(safeFetch, now());
  // Nothing listed would remove every document of the source.
  if (!listEntries) throw new Error(`${source.type} asks for a resync and has no listEntries`);
  const entries = await listEntries(reference, source, api);
  const published = new Set<string>();
  for (const { entry } of entries) published.add(await externalIdOf(source.name, entry));
  const gone = (await documentIdsOf(db, source)).filter((id) => !published.has(id));
  return [
    // Removals first: the daily quota delays no removal, and these do not wait for what it delays.
    ...gone.map((id) => ({
      action: "remove" as const,
      at,
      entry: id.slice(source.name.length + 1),
    })),
    ...entries.map((entry) => ({ action: "upsert" as const, at, ...entry })),
  ];
}

const PAGE = 500;

/** External ids of the source's documents. */
async function documentIdsOf(db: D1Database, { workspaceId, name }: OpenSource): Promise<string[]> {
  const prefix = `${name}/`;
  const found: string[] = [];
  for (let after = prefix; ; after = found.at(-1) ?? after) {
    const page = await listDocuments(db, workspaceId, { after, limit: PAGE });
    const ids = page.map((row) => row.external_id).filter((id) => id.startsWith(prefix));
    found.push(...ids);
    if (ids.length < PAGE) return found;
  }
}
