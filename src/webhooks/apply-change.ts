import type { Services } from "../runtime/services.ts";
import { sha256Hex } from "../crypto/hash.ts";
import type { Actor } from "../audit/log.ts";
import { UnsafeUrl } from "../http/public-address.ts";
import { Problem, validationProblem } from "../http/problem.ts";
import { FetchFailed } from "../http/safe-fetch.ts";
import { deleteDocument, putDocument } from "../knowledge/accept/documents.ts";
import { UnreadableDocument } from "../knowledge/formats/normalise.ts";
import {
  acceptableTitle,
  checkDocument,
  documentBody,
  MAX_EXTERNAL_ID_BYTES,
} from "../knowledge/accept/schema.ts";
import { createDeliveryApi } from "./call-delivery-api.ts";
import {
  CannotApply,
  TryLater,
  type Change,
  type FetchedEntry,
  type SourceDocument,
} from "./contract/vendor.ts";
import type { ChangeResult } from "./schema.ts";
import { vendorOf } from "./source-types.ts";
import type { OpenSource } from "./sources.ts";

export type ApplyServices = Pick<Services, "db" | "now" | "safeFetch">;

/** A change to one document of a source. */
export type DocumentChange = Exclude<Change, { action: "ignore" | "resync" }>;

interface Applied extends ChangeResult {
  /** The document that now waits to be ingested or to be removed from the index. */
  documentId?: number;
}

/**
 * Makes one document what its entry is now. A failure that no further attempt can change is a result; any other is thrown.
 * @param lastResort A removal that cannot be checked is carried out: to go on citing what its owner took down is worse.
 */
export async function applyChange(
  services: ApplyServices,
  source: OpenSource,
  change: DocumentChange,
  lastResort: boolean,
): Promise<Applied> {
  const externalId = await externalIdOf(source.name, change.entry);
  const target: Target = { services, source, externalId, at: change.at };
  try {
    if ("document" in change) return await store(target, change.document);
    const current = await lookUp(services, source, change);
    if (current === null) return await remove(target);
    if (!current.found) return await remove(target, current.reason);
    return await store(target, current.document);
  } catch (error) {
    const reason = permanentReason(error);
    const isRemoval = change.action !== "upsert";
    if (isRemoval && (reason !== undefined || (lastResort && isTransient(error)))) {
      return remove(target, "Its removal could not be checked.");
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
  { safeFetch, now }: ApplyServices,
  source: OpenSource,
  change: DocumentChange,
): Promise<FetchedEntry | null> {
  const { fetchEntry } = vendorOf[source.type];
  if (!("reference" in change)) return null;
  // Nothing read would look like an entry that is gone.
  if (!fetchEntry && change.action === "upsert")
    throw new Error(`${source.type} names entries by reference and has no fetchEntry`);
  if (!fetchEntry) return null;
  return fetchEntry(change.reference, source, createDeliveryApi(safeFetch, now()));
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

function isTransient(error: unknown): boolean {
  return error instanceof TryLater || error instanceof FetchFailed;
}
