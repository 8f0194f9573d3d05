import { createInterface } from "node:readline/promises";
import type { Api } from "./api.ts";
import { CommandError, reasonOf } from "./command.ts";
import { forEachConcurrently } from "./concurrently.ts";
import type { ReadDocuments } from "./document.ts";
import { listDocuments, type Failure } from "./upload.ts";

/**
 * The field of a document's metadata that names the source it was uploaded from. Only documents of the same source are
 * pruned, never those from the API, a webhook or another source.
 */
export const SCOPE_FIELD = "ingest_scope";

/** Marks documents as uploaded from this source. */
export function withScope(read: ReadDocuments, scope: string): ReadDocuments {
  const documents = read.documents.map((document) => ({
    ...document,
    metadata: { ...document.metadata, [SCOPE_FIELD]: scope },
  }));
  return { ...read, documents };
}

/** Documents that were uploaded from this source and are no longer in it. */
export async function findGone(api: Api, read: ReadDocuments, scope: string): Promise<string[]> {
  if (read.documents.length === 0 || read.unreadable.length > 0) {
    throw new CommandError(
      "Nothing is pruned: some of the source could not be read, and its documents would be deleted by mistake.",
    );
  }
  const present = new Set(read.documents.map((document) => document.external_id));
  return (await listDocuments(api))
    .filter(({ metadata }) => metadata[SCOPE_FIELD] === scope)
    .map(({ external_id }) => external_id)
    .filter((id) => !present.has(id));
}

const SHOWN = 10;

/** Lists what would be deleted and asks. Without a terminal the answer is no. */
export async function confirmPrune(gone: string[], scope: string): Promise<boolean> {
  console.error(`${gone.length} documents of ${scope} are no longer in the source:`);
  for (const id of gone.slice(0, SHOWN)) console.error(`  ${id}`);
  if (gone.length > SHOWN) console.error(`  … and ${gone.length - SHOWN} more`);
  if (!process.stdin.isTTY) {
    console.error("Nothing is deleted, because nobody can be asked. --yes deletes without asking.");
    return false;
  }
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await terminal.question(`Delete these ${gone.length} documents? [y/N] `);
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
