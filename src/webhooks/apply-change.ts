import type { Services } from "../runtime/services.ts";
import { sha256Hex } from "../crypto/hash.ts";
import type { Actor } from "../audit/log.ts";
import { UnsafeUrl } from "../http/public-address.ts";
import { Problem, validationProblem } from "../http/problem.ts";
import { FetchFailed } from "../http/safe-fetch.ts";
import { deleteDocument, putDocument } from "../knowledge/accept/documents.ts";
import { hideDocument, isHidden } from "../knowledge/accept/hide.ts";
import { UnreadableDocument } from "../knowledge/formats/normalise.ts";
import {
  acceptableTitle,
  checkDocument,
  documentBody,
  MAX_EXTERNAL_ID_BYTES,
} from "../knowledge/accept/schema.ts";
import { isTransient } from "./call-delivery-api.ts";
import type { DeliveryApi } from "./contract/delivery-api.ts";
import {
  CannotApply,
  type Change,
  type FetchedEntry,
  type SourceDocument,
} from "./contract/vendor.ts";
import type { ChangeResult } from "./schema.ts";
import { vendorOf } from "./source-types.ts";
import type { OpenSource } from "./sources.ts";

type ApplyServices = Pick<Services, "db" | "now"> & { api: DeliveryApi };

/** A change to one document of a source. */
export type DocumentChange = Exclude<Change, { action: "ignore" | "resync" }>;

interface Applied extends ChangeResult {
  /** The document that now waits to be ingested or to be removed from the index. */
  documentId?: number;
}

/**
 * Makes one document what its entry is now. A removal that cannot be checked hides the document until it can: to go on citing what its
 * owner took down is worse than to miss it for a while. Any other failure that no further attempt can change is a result, too; what
 * a further attempt may change is thrown.
 * @param wasHidden whether an earlier attempt at this removal has hidden the document
 * @param refused why no attempt is made
 */
export async function applyChange(
  services: ApplyServices,
  source: OpenSource,
  change: DocumentChange,
  wasHidden: boolean,
  refused?: string,
): Promise<Applied> {
  const externalId = await externalIdOf(source.name, change.entry);
  const target: Target = { services, source, externalId, at: change.at };
  if (wasHidden && !(await isHidden(services.db, source.workspaceId, externalId))) {
    const reason = "The document has been changed or deleted since it was hidden.";
    return { external_id: externalId, result: "ignored", reason };
  }
  try {
    if (refused !== undefined) throw new CannotApply(refused);
    if ("document" in change) return await store(target, change.document);
    const current = await lookUp(services, source, change);
    if (current === null) return await remove(target);
    if (!current.found) return await remove(target, current.reason);
    const applied = await store(target, current.document);
    return wasHidden ? { ...applied, reason: "It is published, so it is shown again." } : applied;
  } catch (error) {
    const reason = permanentReason(error);
    if (change.action === "remove" && (reason !== undefined || isTransient(error))) {
      return hide(target, reason ?? (error as Error).message);
    }
    if (reason === undefined) throw error;
    return { external_id: externalId, result: "failed", reason };
  }
}

interface Target {
  services: ApplyServices;
  source: OpenSource;
  externalId: string;
  at: string | undefined;
}

/** The entry as it is published now; null for a removal that needs no check. */
async function lookUp(
  { api }: ApplyServices,
  source: OpenSource,
  change: DocumentChange,
): Promise<FetchedEntry | null> {
  const { fetchEntry } = vendorOf[source.type];
  if (!("reference" in change)) return null;
  // Nothing read would look like an entry that is gone.
  if (!fetchEntry && change.action === "upsert")
    throw new Error(`${source.type} names entries by reference and has no fetchEntry`);
  if (!fetchEntry) return null;
  return fetchEntry(change.reference, source, api);
}

async function store(target: Target, document: SourceDocument): Promise<Applied> {
  const { services, source, externalId, at } = target;
  // An entry whose text was emptied holds nothing to answer from.
  if (!document.content.trim()) return remove(target, "It holds no text.");
  const { audience, language } = source.options as { audience?: string[]; language?: string };
  const parsed = documentBody.safeParse({
    ...document,
    title: acceptableTitle(document.title) || acceptableTitle(externalId),
    url: isUsableUrl(document.url) ? document.url : undefined,
    // A narrower audience of the entry replaces the source's; a missing one never widens it.
    audience: document.audience ?? audience ?? [],
    language: document.language ?? language,
    metadata: { source: source.name },
    updated_at: at,
  });
  if (!parsed.success) throw validationProblem(parsed.error);
  const input = checkDocument(parsed.data);
  const { db, now } = services;
  const accepted = await putDocument(
    db,
    source.workspaceId,
    externalId,
    input,
    now(),
    actorOf(source),
  );
  return {
    external_id: externalId,
    result: accepted.stale ? "stale" : accepted.unchanged ? "unchanged" : "stored",
    ...(accepted.status === "pending" ? { documentId: accepted.documentId } : {}),
  };
}

async function remove(target: Target, reason?: string): Promise<Applied> {
  const { services, source, externalId, at } = target;
  const { db, now } = services;
  const deleted = await deleteDocument(
    db,
    source.workspaceId,
    externalId,
    now(),
    at,
    actorOf(source),
  );
  return {
    external_id: externalId,
    result: deleted ? (deleted.stale ? "stale" : "removed") : "absent",
    ...(reason === undefined ? {} : { reason }),
    ...(deleted ? { documentId: deleted.documentId } : {}),
  };
}

/** Hides a document whose removal could not be checked. One that does not exist needs no check. */
async function hide(target: Target, reason: string): Promise<Applied> {
  const { services, source, externalId, at } = target;
  const { db, now } = services;
  const why = `Its removal could not be checked: ${reason}`;
  const by = actorOf(source);
  const until = await hideDocument(db, source.workspaceId, externalId, why, now(), at, by);
  if (until === undefined) return { external_id: externalId, result: "absent" };
  if (until === null) return { external_id: externalId, result: "stale" };
  return {
    external_id: externalId,
    result: "hidden",
    reason: `${why} It is checked again until ${new Date(until).toISOString()}, and removed then.`,
  };
}

/** The audit log names the source. There is no request: the event was stored, and is applied later. */
function actorOf(source: OpenSource): Actor {
  return { actor: source.id, requestId: "" };
}

function isUsableUrl(url: string | undefined): boolean {
  return url !== undefined && documentBody.shape.url.safeParse(url).success;
}

/**
 * `name/entry` as an external id. Characters that no id may hold are percent-encoded, and an id that is too long ends in a hash
 * of the whole, so that two entries never share a document.
 */
export async function externalIdOf(name: string, entry: string): Promise<string> {
  const id = `${name}/${entry}`
    .toWellFormed()
    .normalize("NFC")
    .replace(/[^\p{L}\p{M}\p{N}\p{P}\p{S}]|\uFFFD/gu, encodeURIComponent);
  const bytes = new TextEncoder().encode(id);
  if (bytes.byteLength <= MAX_EXTERNAL_ID_BYTES) return id;
  const hash = await sha256Hex(id);
  const start = new TextDecoder().decode(bytes.slice(0, MAX_EXTERNAL_ID_BYTES - hash.length - 1));
  return `${start.replace(/\uFFFD+$/, "")}~${hash}`;
}

/** What the owner of the source reads when no further attempt can succeed; undefined when one may. */
export function permanentReason(error: unknown): string | undefined {
  if (
    error instanceof CannotApply ||
    error instanceof UnreadableDocument ||
    error instanceof Problem
  ) {
    return error.message;
  }
  if (error instanceof UnsafeUrl) return `The source's address may not be called: ${error.message}`;
  if (error instanceof FetchFailed && !error.transient) return error.message;
  return undefined;
}
