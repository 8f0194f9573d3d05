import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { CommandError, UsageError } from "./command.ts";
import { unpack, UnpackBudget } from "./convert/unpack.ts";
import { decodeText } from "./decode.ts";
import type { ReadDocuments } from "./document.ts";
import { documentsFromFolder, type FolderOptions } from "./documents-from-folder.ts";
import { documentsFromJsonl } from "./documents-from-jsonl.ts";
import { documentsFromExport } from "./exports/read-export.ts";
import { scopeOfExport } from "./exports/help-centre.ts";
import { withMissing } from "./exports/pages.ts";
import { extensionOf, FILE_TYPES, REFUSED } from "./file-types.ts";
import { refusal } from "./find-files.ts";
import { hashOf, readCheckout } from "./git-checkout.ts";

export interface ReadSource extends ReadDocuments {
  /** The name of the source, the same in every run. */
  scope: string;
  /** What the source was named before: its documents are this source's, too. */
  formerScope?: string;
}

/** Reads a folder of files, which may lie in a git checkout, a .zip of one, an export, or a single file. */
export async function readDocuments(
  source: string,
  options: FolderOptions = {},
): Promise<ReadSource> {
  const found = await stat(source).catch(() => undefined);
  if (!found) throw new CommandError(`There is no folder or file ${path.resolve(source)}.`);
  if (found.isDirectory()) {
    const checkout = await readCheckout(source);
    const read = await documentsFromFolder(source, checkout, options);
    if (checkout) return { ...read, scope: `git:${checkout.name}` };
    return withScopeOfExport(read, `folder:${await hashOf(source)}`);
  }
  return withScopeOfExport(await readFileAlone(source, options), `file:${await hashOf(source)}`);
}

/** An export of a help centre belongs to it, whatever the file is called. */
function withScopeOfExport(read: ReadDocuments, place: string): ReadSource {
  const scope = read.origins?.length ? scopeOfExport(read.origins) : undefined;
  return scope ? { ...read, scope, formerScope: place } : { ...read, scope: place };
}

async function readFileAlone(source: string, options: FolderOptions): Promise<ReadDocuments> {
  const extension = extensionOf(source);
  if (/^\.(?:jsonl|ndjson)$/.test(extension)) return documentsFromJsonl(source, options);
  if (extension === ".zip") return documentsFromZip(source, options);
  if (extension === ".json") return documentsFromJson(source, options);
  if (REFUSED[extension])
    return { documents: [], unreadable: [refusal(path.basename(source))], notes: [] };
  if (FILE_TYPES.includes(extension))
    return documentsFromFolder(path.dirname(source), undefined, {
      ...options,
      only: [path.basename(source)],
    });
  throw new UsageError(
    `Give a folder, a .zip of one, or a file of these types, not ${source}: .jsonl, ${FILE_TYPES.join(", ")}.`,
  );
}

/** An export of a help centre, or one document that lists questions and answers. */
async function documentsFromJson(source: string, options: FolderOptions): Promise<ReadDocuments> {
  const { text, note } = decodeText(await readFile(source));
  const notes = note ? [note] : [];
  const read = documentsFromExport(text, { ...options, isAlone: true });
  if (read) return withMissing({ ...read, notes: [...read.notes, ...notes] });
  const name = path.basename(source, path.extname(source)).replace(/\s+/g, "-");
  const document = {
    external_id: name,
    title: name,
    content: text,
    content_type: "application/json",
  };
  return { documents: [document], unreadable: [], notes };
}

async function documentsFromZip(source: string, options: FolderOptions): Promise<ReadDocuments> {
  const folder = await mkdtemp(path.join(tmpdir(), "edgewise-zip-"));
  try {
    const budget = new UnpackBudget();
    const isWithin = (name: string): boolean => !/(?:^|[\\/])\.\.(?:[\\/]|$)/.test(name);
    const files = unpack(await readFile(source), isWithin, budget);
    for (const [name, bytes] of files) {
      const place = path.join(folder, name);
      await mkdir(path.dirname(place), { recursive: true });
      // Notion and others put zips into the zip.
      if (!name.toLowerCase().endsWith(".zip")) await writeFile(place, bytes);
      else
        for (const [inner, content] of unpack(bytes, isWithin, budget)) {
          const below = path.join(folder, inner);
          await mkdir(path.dirname(below), { recursive: true });
          await writeFile(below, content);
        }
    }
    return await documentsFromFolder(folder, undefined, options);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
