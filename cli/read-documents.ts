import { stat } from "node:fs/promises";
import path from "node:path";
import { CommandError, UsageError } from "./command.ts";
import type { ReadDocuments } from "./document.ts";
import { documentsFromFolder, FILE_TYPES } from "./documents-from-folder.ts";
import { documentsFromJsonl } from "./documents-from-jsonl.ts";

/** Reads a folder of files, or a file with one JSON object a line. */
export async function readDocuments(source: string): Promise<ReadDocuments> {
  const found = await stat(source).catch(() => undefined);
  if (!found) throw new CommandError(`There is no folder or file ${path.resolve(source)}.`);
  if (found.isDirectory()) return documentsFromFolder(source);
  if (/\.(jsonl|ndjson)$/i.test(source)) return documentsFromJsonl(source);
  throw new UsageError(
    `Give a folder with ${FILE_TYPES.join(", ")} files, or a .jsonl file, not ${source}.`,
  );
}
