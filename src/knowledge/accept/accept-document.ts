import type { Call } from "../../audit/call.ts";
import { requireDocumentQuota } from "../../limits/quotas.ts";
import type { Services } from "../../runtime/services.ts";
import { wakeStage } from "../../runtime/wake-up.ts";
import { putDocument } from "./documents.ts";
import type { Accepted, DocumentInput } from "./put-group.ts";

/**
 * Stores a document and has it ingested in the background.
 * @param read returns the document; it is called after the quota was found to allow one more
 * @returns the response to the caller
 */
export async function acceptDocument(
  { services, workspaceId, by }: Call,
  externalId: string,
  read: () => Promise<DocumentInput>,
): Promise<Omit<Accepted, "documentId"> & { external_id: string }> {
  const { db, now } = services;
  await requireDocumentQuota(db, workspaceId, now());
  const accepted = await putDocument(db, workspaceId, externalId, await read(), now(), by);
  return acknowledge(services, externalId, accepted, accepted.status === "pending");
}

/** Wakes the consumer if the change left pending work. @returns the response to the caller */
export function acknowledge<T extends { documentId: number }>(
  services: Pick<Services, "embedQueue" | "ingestQueue" | "waitUntil">,
  externalId: string,
  { documentId: _documentId, ...state }: T,
  hasWork: boolean,
): Omit<T, "documentId"> & { external_id: string } {
  if (hasWork) wakeStage(services, "serve");
  return { external_id: externalId, ...state };
}
