import path from "node:path";
import { CommandError } from "./command.ts";
import type { Document } from "./document.ts";
import { extensionOf, FILE_TYPES } from "./file-types.ts";
import { JSON_FILE } from "./find-files.ts";

/**
 * The id of each file: its path without the extension. Of files that differ in their extension only, the one whose type stands first in
 * the list of types keeps that id; the id of each other one is its whole path.
 * @throws CommandError when two files would still be the same document
 */
export function idsOfFiles(files: string[]): Map<string, string> {
  const ids = new Map<string, string>();
  for (const [id, same] of Map.groupBy(files, stemOf)) {
    const [first = "", ...others] = same.toSorted((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1));
    ids.set(first, id);
    for (const other of others) ids.set(other, fullIdOf(other));
  }
  const clashes = [...Map.groupBy(files, (file) => ids.get(file))].filter(
    ([, same]) => same.length > 1,
  );
  if (clashes.length === 0) return ids;
  const lines = clashes.map(([id, same]) => `  ${id}: ${same.join(" and ")}`);
  throw new CommandError(
    `Files that would be the same document; rename all but one:\n${lines.join("\n")}`,
  );
}

/**
 * Gives each file the id under which the instance has it, where that is one of its two ids. Without this, a file that appears beside
 * another one could take its id.
 * @param fileOf the file from which a stored document was read
 */
export function keepIds(
  documents: Document[],
  fileOf: (externalId: string) => string | undefined,
): Document[] {
  const taken = new Set<string>();
  const kept = new Map<Document, string>();
  for (const document of documents) {
    const file = document.source;
    const id = file && idsOf(document).find((each) => fileOf(each) === file);
    if (!id || taken.has(id)) continue;
    taken.add(id);
    kept.set(document, id);
  }
  return documents.map((document) => {
    const own = kept.get(document);
    if (own) return own === document.external_id ? document : { ...document, external_id: own };
    const free = idsOf(document).find((id) => !taken.has(id)) ?? document.external_id;
    taken.add(free);
    return free === document.external_id ? document : { ...document, external_id: free };
  });
}

/** The ids that a file may have, its present one first. */
function idsOf({ external_id, source }: Document): string[] {
  const ids = source === undefined ? [] : idsOfFile(source);
  return ids.includes(external_id) ? [...new Set([external_id, ...ids])] : [external_id];
}

/** The path without the extension, and the path. */
export function idsOfFile(file: string): string[] {
  return [stemOf(file), fullIdOf(file)];
}

/** Unicode is normalised to NFC, so that a folder has the same ids on every system. */
function stemOf(file: string): string {
  return fullIdOf(file.slice(0, file.length - path.extname(file).length));
}

function fullIdOf(file: string): string {
  return file.normalize("NFC").replace(/\s+/g, "-");
}

function rank(file: string): number {
  const at = FILE_TYPES.indexOf(extensionOf(file));
  // A file of JSON is mostly data that belongs to the document beside it.
  return at < 0 || JSON_FILE.test(file) ? FILE_TYPES.length : at;
}
