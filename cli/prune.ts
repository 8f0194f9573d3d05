import { createInterface } from "node:readline/promises";
import type { Api } from "./api.ts";
import { CommandError, counted, printable, reasonOf } from "./command.ts";
import { forEachConcurrently } from "./concurrently.ts";
import type { ReadDocuments } from "./document.ts";
import { covers, isSameCentre } from "./exports/help-centre.ts";
import { idsOfFile } from "./document-ids.ts";
import { idOf } from "./site/same-page.ts";
import type { Failure, ListedDocument } from "./upload.ts";

/**
 * The field of a document's metadata that names the source it was uploaded from. Only documents of the same source are
 * pruned, never those from the API, a webhook or another source.
 */
export const SCOPE_FIELD = "ingest_scope";

/** The field that names the file or page of its source that a document was read from. */
export const FILE_FIELD = "ingest_file";

/** Marks documents as uploaded from this source. */
export function withScope(read: ReadDocuments, scope: string): ReadDocuments {
  const documents = read.documents.map((document) => ({
    ...document,
    metadata: {
      ...document.metadata,
      [SCOPE_FIELD]: scope,
      ...(document.source !== undefined && { [FILE_FIELD]: document.source }),
    },
  }));
  return { ...read, documents };
}

/**
 * Refuses to overwrite what was uploaded from another source: two folders may each have a file of the same name.
 * @throws CommandError
 */
export function refuseForeign(read: ReadDocuments, stored: ListedDocument[], scope: string): void {
  const scopes = new Map(
    stored.map(({ external_id, metadata }) => [external_id, metadata[SCOPE_FIELD]]),
  );
  const foreign = read.documents.filter(({ external_id }) => {
    const theirs = scopes.get(external_id);
    return typeof theirs === "string" && theirs !== scope && !isSameCentre(scope, theirs);
  });
  if (foreign.length === 0) return;
  const lines = foreign
    .slice(0, SHOWN)
    .map(({ external_id }) => `  ${external_id}: from ${String(scopes.get(external_id))}`);
  const more = foreign.length > SHOWN ? `\n  … and ${foreign.length - SHOWN} more` : "";
  throw new CommandError(
    `Nothing is uploaded, because ${counted(foreign.length, "document")} of another source would be overwritten:\n${lines.join("\n")}${more}\n` +
      adviceOf(
        scope,
        foreign.map(({ external_id }) => scopes.get(external_id)),
      ),
  );
}

/** Articles of a help centre have its numbers as ids, so that the same id mostly is the same article. */
function adviceOf(scope: string, theirs: unknown[]): string {
  const isExport = scope.startsWith("export:");
  const isOther = theirs.some((their) => String(their).startsWith("export:"));
  return isExport && !isOther
    ? "If they are the same articles, from an earlier export under another name, --take-over makes them this source's. If they are others with the same ids, --id-prefix <text> keeps both."
    : "If they are the same documents, whose folder or file was named or lay otherwise, --take-over makes them this source's, or --scope <name> names this source as it was named before. If they are others with the same ids, --id-prefix <text> keeps both.";
}

/**
 * Documents that were uploaded from this source and are no longer in it. What was read from a file or page that could not be read this
 * time is kept.
 */
export function findGone(read: ReadDocuments, stored: ListedDocument[], scope: string): string[] {
  if (read.documents.length === 0 || read.unreadable.some(({ isNamed }) => !isNamed)) {
    throw new CommandError(
      "Nothing is pruned: some of the source could not be read, and its documents would be deleted by mistake.",
    );
  }
  if (read.doubts?.length) throw new CommandError(`Nothing is pruned. ${read.doubts.join(". ")}.`);
  const unread = new Set(read.unreadable.map(({ source }) => source));
  const isKept = ({ external_id, metadata }: ListedDocument): boolean => {
    const file = metadata[FILE_FIELD];
    // A document that was uploaded before files were recorded has an id that was made of its file.
    if (typeof file === "string")
      return unread.has(file) || [...unread].some((source) => source.endsWith(`: ${external_id}`));
    return [...unread].some((source) => mayBeFrom(external_id, source));
  };
  const present = new Set(read.documents.map((document) => document.external_id));
  return stored
    .filter((document) => covers(scope, document.metadata[SCOPE_FIELD]) && !isKept(document))
    .map(({ external_id }) => external_id)
    .filter((id) => !present.has(id));
}

/** Whether a document has an id that is made of this file or page. */
function mayBeFrom(externalId: string, source: string): boolean {
  if (!source.startsWith("/")) return idsOfFile(source).includes(externalId);
  return idOf(`http://site${source}`) === externalId;
}

const SHOWN = 10;

/** Lists what would be deleted. */
export function listGone(gone: string[], scope: string): void {
  const are = gone.length === 1 ? "is" : "are";
  console.error(`${counted(gone.length, "document")} of ${scope} ${are} no longer in the source:`);
  for (const id of gone.slice(0, SHOWN)) console.error(printable(`  ${id}`));
  if (gone.length > SHOWN) console.error(`  … and ${gone.length - SHOWN} more`);
}

/** Lists what would be deleted and asks. Without a terminal the answer is no. */
export async function confirmPrune(gone: string[], scope: string): Promise<boolean> {
  listGone(gone, scope);
  if (!process.stdin.isTTY) {
    console.error("Nothing is deleted, because nobody can be asked. --yes deletes without asking.");
    return false;
  }
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await terminal.question(
    `Delete ${gone.length === 1 ? "this document" : `these ${gone.length} documents`}? [y/N] `,
  );
  terminal.close();
  return /^y(es)?$/i.test(answer.trim());
}

export async function deleteDocuments(api: Api, ids: string[]): Promise<Failure[]> {
  const failed: Failure[] = [];
  await forEachConcurrently(ids, 4, async (id) => {
    try {
      await api.delete(`/v1/documents/${encodeURIComponent(id)}`);
    } catch (error) {
      failed.push({ external_id: id, reason: reasonOf(error) });
    }
  });
  return failed;
}
