import { createInterface } from "node:readline/promises";
import type { Api } from "./api.ts";
import { CommandError, reasonOf } from "./command.ts";
import { forEachConcurrently } from "./concurrently.ts";
import type { ReadDocuments } from "./document.ts";
import { listDocuments, type Failure } from "./upload.ts";

/**
 * The field of a document's metadata that says which source it was brought from. Only what carries the same is ever
 * pruned: never what came by the API, a webhook or another source.
 */
export const SCOPE_FIELD = "ingest_scope";

/** Marks documents as brought by this source. */
export function withScope(read: ReadDocuments, scope: string): ReadDocuments {
  const documents = read.documents.map((document) => ({
    ...document,
    metadata: { ...document.metadata, [SCOPE_FIELD]: scope },
  }));
  return { ...read, documents };
}

/** Documents that this source once brought and no longer has. */
export async function findGone(api: Api, read: ReadDocuments, scope: string): Promise<string[]> {
  if (read.documents.length === 0 || read.unreadable.length > 0) {
    throw new CommandError(
      "Nothing is pruned: not everything could be read, and what could not would look as if it were gone.",
    );
  }
  const present = new Set(read.documents.map((document) => document.external_id));
  return (await listDocuments(api))
    .filter(({ metadata }) => metadata[SCOPE_FIELD] === scope)
    .map(({ external_id }) => external_id)
    .filter((id) => !present.has(id));
}

const SHOWN = 10;

/** Says how many, and asks. Where nobody can be asked, the answer is no. */
export async function confirmPrune(gone: string[], scope: string): Promise<boolean> {
  console.error(`${gone.length} documents of ${scope} are no longer there:`);
  for (const id of gone.slice(0, SHOWN)) console.error(`  ${id}`);
  if (gone.length > SHOWN) console.error(`  … and ${gone.length - SHOWN} more`);
  if (!process.stdin.isTTY) {
    console.error("Nothing is deleted: --yes deletes without asking.");
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
