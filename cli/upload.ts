import { setTimeout as sleep } from "node:timers/promises";
import { ApiError, explain, type Api } from "./api.ts";
import { reasonOf } from "./command.ts";
import { forEachConcurrently } from "./concurrently.ts";
import type { Document } from "./document.ts";
import { startProgress } from "./progress.ts";

export interface Failure {
  external_id: string;
  reason: string;
}

export interface Uploaded {
  created: number;
  changed: number;
  unchanged: number;
  /** Older than the stored version, so not stored. */
  stale: number;
  failed: Failure[];
  /** Why the upload was given up before its end. */
  gaveUp: string | undefined;
}

interface Imported extends Omit<Uploaded, "failed" | "gaveUp"> {
  errors: { line: number; detail: string }[];
}

/** Documents per request. All of them may be refused, and the server lists at most a hundred refusals. */
const GROUP_DOCUMENTS = 100;
const GROUP_CHARACTERS = 4_000_000;
/** After this many requests in a row without a server, the upload is given up. */
const UNREACHABLE_IN_A_ROW = 2;

/**
 * Uploads every document, a hundred per request. A refused document is listed, and the others are still uploaded. A refused
 * key or a lost server ends the upload. Uploading the same document again changes nothing.
 */
export async function uploadDocuments(
  api: Api,
  documents: Document[],
  { concurrency }: { concurrency: number },
): Promise<Uploaded> {
  const result: Uploaded = {
    created: 0,
    changed: 0,
    unchanged: 0,
    stale: 0,
    failed: [],
    gaveUp: undefined,
  };
  const progress = startProgress("Uploading", documents.length);
  let done = 0;
  let unreachable = 0;
  await forEachConcurrently(inGroups(documents), concurrency, async (group) => {
    if (result.gaveUp) return;
    try {
      const imported = await importGroup(api, group);
      unreachable = 0;
      for (const kind of ["created", "changed", "unchanged", "stale"] as const)
        result[kind] += imported[kind];
      for (const { line, detail } of imported.errors) {
        const external_id = group[line - 1]?.external_id ?? `line ${line}`;
        result.failed.push({ external_id, reason: detail });
      }
    } catch (error) {
      const apiError = error instanceof ApiError ? error : undefined;
      unreachable = apiError?.kind === "unreachable" ? unreachable + 1 : 0;
      if (apiError && (apiError.isRefusedKey || unreachable >= UNREACHABLE_IN_A_ROW)) {
        result.gaveUp ??= explain(api.url, apiError);
      }
      // A refused key is no error of these documents.
      if (apiError?.isRefusedKey) return;
      const reason = reasonOf(error);
      result.failed.push(...group.map(({ external_id }) => ({ external_id, reason })));
    }
    done += group.length;
    progress.update(done);
  });
  progress.end();
  return result;
}

function inGroups(documents: Document[]): Document[][] {
  const groups: Document[][] = [];
  let characters = 0;
  for (const document of documents) {
    const last = groups.at(-1);
    const size = document.content.length;
    const isAlone = document.file !== undefined || last?.[0]?.file !== undefined;
    if (
      !last ||
      isAlone ||
      last.length === GROUP_DOCUMENTS ||
      characters + size > GROUP_CHARACTERS
    ) {
      groups.push([document]);
      characters = size;
    } else {
      last.push(document);
      characters += size;
    }
  }
  return groups;
}

async function importGroup(api: Api, group: Document[]): Promise<Imported> {
  const [first] = group;
  if (first?.file) return putFile(api, first, first.file);
  const lines = group.map((document) => JSON.stringify(document)).join("\n");
  return (await api.postLines<Imported>("/v1/documents/import", lines)).body;
}

async function putFile(
  api: Api,
  document: Document,
  bytes: Uint8Array<ArrayBuffer>,
): Promise<Imported> {
  const query = new URLSearchParams({ title: document.title });
  if (document.updated_at) query.set("updated_at", document.updated_at);
  const path = `/v1/documents/${encodeURIComponent(document.external_id)}?${query.toString()}`;
  const { body } = await api.putFile<{ version: number; unchanged: boolean; stale: boolean }>(
    path,
    document.content_type,
    bytes,
  );
  const kind = body.stale
    ? "stale"
    : body.unchanged
      ? "unchanged"
      : body.version === 1
        ? "created"
        : "changed";
  return { created: 0, changed: 0, unchanged: 0, stale: 0, errors: [], [kind]: 1 };
}

export interface ListedDocument {
  external_id: string;
  status: "pending" | "live" | "failed" | "deleted";
  version: number;
  error: string | null;
  metadata: Record<string, unknown>;
  updated_at: string;
}

/** The documents of the workspace, all or those with this status. */
export async function listDocuments(
  api: Api,
  status?: ListedDocument["status"],
): Promise<ListedDocument[]> {
  const all: ListedDocument[] = [];
  let cursor: string | null = null;
  do {
    const query = new URLSearchParams({ limit: "200" });
    if (status) query.set("status", status);
    if (cursor) query.set("cursor", cursor);
    const { body }: { body: { documents: ListedDocument[]; next_cursor: string | null } } =
      await api.get(`/v1/documents?${query.toString()}`);
    all.push(...body.documents);
    cursor = body.next_cursor;
  } while (cursor);
  return all;
}

export interface Ingested {
  /** Documents that could not be ingested, with the reason. */
  failed: Failure[];
  /** Documents that were still pending after ten minutes without progress. */
  pending: string[];
}

const STALLED_MS = 10 * 60_000;
const LONGEST_POLL_MS = 10_000;

/** Resolves once none of these documents is pending, or after ten minutes without progress. */
export async function waitUntilIngested(
  api: Api,
  documents: Pick<Document, "external_id">[],
): Promise<Ingested> {
  const ours = new Set(documents.map((document) => document.external_id));
  const mine = (listed: ListedDocument[]): ListedDocument[] =>
    listed.filter(({ external_id }) => ours.has(external_id));
  const progress = startProgress("Ingesting", ours.size);
  let pending: ListedDocument[] = [];
  let movedAt = Date.now();
  for (;;) {
    const asked = Date.now();
    const now = mine(await listDocuments(api, "pending"));
    if (now.length !== pending.length) movedAt = Date.now();
    pending = now;
    progress.update(ours.size - pending.length);
    if (pending.length === 0 || Date.now() - movedAt > STALLED_MS) break;
    // Listing thousands of documents is slow, so at most a tenth of the time is spent on it.
    await sleep(Math.min(LONGEST_POLL_MS, Math.max(300, (Date.now() - asked) * 9)));
  }
  progress.end();
  const failed = mine(await listDocuments(api, "failed")).map(({ external_id, error }) => ({
    external_id,
    reason: error ?? "no reason given",
  }));
  return { failed, pending: pending.map(({ external_id }) => external_id) };
}
