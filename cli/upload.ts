import { ApiError, explain, type Api } from "./api.ts";
import { CommandError, printable, reasonOf } from "./command.ts";
import { forEachConcurrently } from "./concurrently.ts";
import { importLine, type Document } from "./document.ts";
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
  /** False when the server stopped before `resume_at_line`, which is in `errors` if a quota is used up. */
  complete?: boolean;
  resume_at_line?: number;
}

/** Documents per request. All of them may be refused, and the server lists at most a hundred refusals. */
const GROUP_DOCUMENTS = 100;
const GROUP_CHARACTERS = 4_000_000;
/** After this many requests in a row without a server, the upload is given up. */
const UNREACHABLE_IN_A_ROW = 2;

/**
 * Uploads every document, a hundred per request. A refused document is listed, and the others are still uploaded. A refused
 * key, a used-up quota or a lost server ends the upload. Uploading the same document again changes nothing.
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
      if (imported.refusal) result.gaveUp ??= imported.refusal;
      for (const { line, detail } of imported.errors) {
        const external_id = group[line - 1]?.external_id ?? `line ${line}`;
        result.failed.push({ external_id, reason: detail });
      }
    } catch (error) {
      const apiError = error instanceof ApiError ? error : undefined;
      unreachable = apiError?.kind === "unreachable" ? unreachable + 1 : 0;
      const isRefused = apiError?.isRefusedKey || apiError?.status === 429;
      if (apiError && (isRefused || unreachable >= UNREACHABLE_IN_A_ROW)) {
        result.gaveUp ??= explain(api.url, apiError);
      }
      // A refused key or a used-up quota is no error of these documents.
      if (isRefused) return;
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

/** Uploads a group. A server that stops early is sent the lines from the one at which it says to resume. */
async function importGroup(
  api: Api,
  group: Document[],
): Promise<Imported & { refusal?: string | undefined }> {
  const [first] = group;
  if (first?.file) return putFile(api, first, first.file);
  const sum: Imported = { created: 0, changed: 0, unchanged: 0, stale: 0, errors: [] };
  for (let from = 0; ;) {
    const lines = group.slice(from).map(importLine);
    const { body } = await api.postLines<Imported>("/v1/documents/import", lines.join("\n"));
    for (const kind of ["created", "changed", "unchanged", "stale"] as const)
      sum[kind] += body[kind];
    const resumeAt = body.complete === false ? (body.resume_at_line ?? 1) : undefined;
    const refusal = body.errors.find(({ line }) => line === resumeAt);
    const refused = body.errors.filter((error) => error !== refusal);
    sum.errors.push(...refused.map(({ line, detail }) => ({ line: line + from, detail })));
    if (resumeAt === undefined) return sum;
    if (refusal)
      return { ...sum, refusal: `${api.url} takes no more documents: ${refusal.detail}` };
    if (resumeAt <= 1) throw new CommandError("The server stored no line and named no reason.");
    from += resumeAt - 1;
  }
}

async function putFile(
  api: Api,
  document: Document,
  bytes: Uint8Array<ArrayBuffer>,
): Promise<Imported> {
  const query = new URLSearchParams({ title: document.title });
  for (const field of ["url", "language", "updated_at", "valid_from", "valid_until"] as const)
    if (document[field]) query.set(field, document[field]);
  for (const group of document.audience ?? []) query.append("audience", group);
  if (document.metadata) query.set("metadata", JSON.stringify(document.metadata));
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
  /** Whether search finds the document by meaning, too. */
  vectors?: "pending" | "visible" | null;
  stages?: object;
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

/** Items of a list that are printed. */
export const LISTED = 50;

export function listFailures(what: string, failures: Failure[]): void {
  for (const { external_id, reason } of failures.slice(0, LISTED))
    console.log(printable(`  ${what}: ${external_id}: ${reason}`));
  if (failures.length > LISTED) console.log(`  … and ${failures.length - LISTED} more`);
}
