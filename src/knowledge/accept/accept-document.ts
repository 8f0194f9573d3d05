import type { Call } from "../../audit/call.ts";
import { requireDocumentQuota } from "../../limits/quotas.ts";
import type { Services } from "../../runtime/services.ts";
import { wakeUp } from "../../runtime/wake-up.ts";
import { putDocument, type Accepted, type DocumentInput } from "./documents.ts";

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
  services: Pick<Services, "ingestQueue" | "waitUntil">,
  externalId: string,
  { documentId, ...state }: T,
  hasWork: boolean,
): Omit<T, "documentId"> & { external_id: string } {
  if (hasWork) wakeUp(services, { document_id: documentId });
  return { external_id: externalId, ...state };
}
