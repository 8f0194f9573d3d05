import type { Dirent } from "node:fs";
import { readdir } from "node:fs/promises";
import path from "node:path";
import type { Unreadable } from "./document.ts";
import { extensionOf, FILE_TYPES, REFUSED } from "./file-types.ts";

export const JSON_FILE = /\.(?:json|jsonl|ndjson)$/i;

export interface FoundFiles {
  files: string[];
  /** Files that hold documents of a kind that is not read. */
  unreadable: Unreadable[];
  notes: string[];
}

/**
 * The files below a folder, sorted by path; paths are relative to the folder, with `/` on every system. Hidden files and folders,
 * `node_modules` and links are skipped. Files that hold no documents, such as stylesheets, are counted in the notes.
 * @param isWanted false for a file that is not the source's, such as one that git does not track
 */
export async function findFiles(
  folder: string,
  isWanted: (file: string) => boolean,
): Promise<FoundFiles> {
  const files: string[] = [];
  const unreadable: Unreadable[] = [];
  const others = new Map<string, string[]>();
  const walk = async (below: string): Promise<void> => {
    for (const entry of await readdir(path.join(folder, below), { withFileTypes: true })) {
      const file = below ? `${below}/${entry.name}` : entry.name;
      if (isSkipped(entry)) continue;
      if (entry.isDirectory()) await walk(file);
      else if (!isWanted(file)) continue;
      else if (entry.isFile() && isRead(file)) files.push(file);
      else if (entry.isFile() && REFUSED[extensionOf(file)]) unreadable.push(refusal(file));
      else {
        const kind = entry.isSymbolicLink()
          ? "links"
          : extensionOf(file) || "files without extension";
        const alike = others.get(kind);
        if (alike) alike.push(file);
        else others.set(kind, [file]);
      }
    }
  };
  await walk("");
  const notes = [...others].map(([kind, where]) => `${kind}: no documents (${named(where)})`);
  return { files: files.toSorted(), unreadable, notes };
}

/** A file of JSON may be an export, or a list of documents or questions. */
function isRead(file: string): boolean {
  return FILE_TYPES.includes(extensionOf(file)) || JSON_FILE.test(file);
}

export function refusal(file: string): Unreadable {
  const extension = extensionOf(file);
  const advice = REFUSED[extension] ?? "";
  return { source: file, reason: `${extension} files are not read. ${advice}`, isNamed: true };
}

function isSkipped(entry: Dirent): boolean {
  return (
    entry.name.startsWith(".") ||
    entry.name === "__MACOSX" ||
    (entry.isDirectory() && entry.name === "node_modules")
  );
}

export function named(files: string[]): string {
  return files.length > 3
    ? `${files.slice(0, 2).join(", ")} and ${files.length - 2} more`
    : files.join(", ");
}
