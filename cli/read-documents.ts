import { stat } from "node:fs/promises";
import path from "node:path";
import { CommandError, UsageError } from "./command.ts";
import type { ReadDocuments } from "./document.ts";
import { documentsFromFolder, FILE_TYPES } from "./documents-from-folder.ts";
import { documentsFromJsonl } from "./documents-from-jsonl.ts";
import { hashOf, readCheckout } from "./git-checkout.ts";

export interface ReadSource extends ReadDocuments {
  /** The name of the source, the same in every run. */
  scope: string;
}

/** Reads a folder of files, which may lie in a git checkout, or a file with one JSON object a line. */
export async function readDocuments(source: string): Promise<ReadSource> {
  const found = await stat(source).catch(() => undefined);
  if (!found) throw new CommandError(`There is no folder or file ${path.resolve(source)}.`);
  if (found.isDirectory()) {
    const checkout = await readCheckout(source);
    const read = await documentsFromFolder(source, checkout);
    return { ...read, scope: checkout ? `git:${checkout.name}` : `folder:${await hashOf(source)}` };
  }
  if (/\.(jsonl|ndjson)$/i.test(source))
    return { ...(await documentsFromJsonl(source)), scope: `file:${await hashOf(source)}` };
  throw new UsageError(
    `Give a folder with ${FILE_TYPES.join(", ")} files, or a .jsonl file, not ${source}.`,
  );
}
