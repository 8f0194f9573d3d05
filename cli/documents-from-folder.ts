import type { Dirent } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { fileContentTypes, fileType } from "../src/knowledge/formats/file-types.ts";
import { parseAsciiDoc, type Place } from "./asciidoc.ts";
import { CommandError, reasonOf } from "./command.ts";
import type { Document, ReadDocuments, Unreadable } from "./document.ts";
import { refusedId } from "./fields.ts";
import type { Checkout } from "./git-checkout.ts";
import {
  describeFile,
  parseHtmlFile,
  parseMarkdownFile,
  parseQuestionList,
  parseTextFile,
  type ParsedFile,
} from "./parse-file.ts";
import { parseRestructuredText } from "./restructured-text.ts";

type Parser = (
  externalId: string,
  source: string,
  place: Place,
) => ParsedFile | Promise<ParsedFile>;

const PARSERS: Record<string, Parser> = {
  ".md": parseMarkdownFile,
  ".markdown": parseMarkdownFile,
  ".mdx": parseMarkdownFile,
  ".rst": parseRestructuredText,
  ".adoc": parseAsciiDoc,
  ".asciidoc": parseAsciiDoc,
  ".html": parseHtmlFile,
  ".htm": parseHtmlFile,
  ".txt": parseTextFile,
  ".csv": parseQuestionList,
};
/** Files that the instance converts. */
const CONVERTED: Record<string, string> = {
  ...Object.fromEntries(fileContentTypes.map((type) => [`.${fileType(type)?.extension}`, type])),
  ".jpg": "image/jpeg",
};

export const FILE_TYPES = [...Object.keys(PARSERS), ...Object.keys(CONVERTED)];

/**
 * Every document below a folder, sorted by path. Hidden files and folders, `node_modules` and links are skipped. Files of
 * types that cannot be read are counted in the notes.
 * @param checkout the git checkout that holds the folder: only files that git tracks are then read
 * @throws CommandError when two files would be the same document
 */
export async function documentsFromFolder(
  folder: string,
  checkout?: Pick<Checkout, "has" | "committedAt">,
): Promise<ReadDocuments> {
  const { files: present, notes } = await findFiles(folder);
  const files = present.filter((file) => checkout?.has(file) ?? true);
  refuseSameIds(files);
  const documents: Document[] = [];
  const unreadable: Unreadable[] = [];
  const fieldNotes = new Map<string, string[]>();
  for (const file of files) {
    try {
      const parsed = await parseFile(folder, file);
      const updated_at = parsed.document.updated_at ?? checkout?.committedAt(file);
      documents.push({ ...parsed.document, ...(updated_at && { updated_at }) });
      for (const note of parsed.notes)
        fieldNotes.set(note, [...(fieldNotes.get(note) ?? []), file]);
    } catch (error) {
      unreadable.push({ source: file, reason: reasonOf(error) });
    }
  }
  for (const [note, where] of fieldNotes) notes.push(`${note}; left out (${named(where)})`);
  return { documents, unreadable, notes };
}

async function parseFile(folder: string, file: string): Promise<ParsedFile> {
  const externalId = idOf(file);
  const refused = refusedId(externalId);
  if (refused) throw new Error(refused);
  const converted = CONVERTED[extensionOf(file)];
  if (converted) {
    const bytes = new Uint8Array(await readFile(path.join(folder, file)));
    if (bytes.length === 0) throw new Error("The file is empty");
    return describeFile(externalId, converted, bytes);
  }
  const source = decode(await readFile(path.join(folder, file)));
  if (!source.trim()) throw new Error("The file is empty");
  const parsed = await PARSERS[extensionOf(file)]?.(externalId, source, { folder, file });
  if (!parsed) throw new Error("No reader for this type of file");
  if (!parsed.document.content.trim()) throw new Error("The file holds nothing but front matter");
  return parsed;
}

/** The path without its extension. Unicode is normalised to NFC, so that a folder has the same ids on every system. */
function idOf(file: string): string {
  const withoutExtension = file.slice(0, file.length - path.extname(file).length);
  return withoutExtension.normalize("NFC").replace(/\s+/g, "-");
}

function extensionOf(file: string): string {
  return path.extname(file).toLowerCase();
}

function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: false }).decode(bytes);
  } catch {
    throw new Error("The file is not UTF-8 text");
  }
}

/** Paths relative to the folder, with `/` on every system. */
async function findFiles(folder: string): Promise<{ files: string[]; notes: string[] }> {
  const files: string[] = [];
  const others = new Map<string, string[]>();
  const walk = async (below: string): Promise<void> => {
    const entries = await readdir(path.join(folder, below), { withFileTypes: true });
    for (const entry of entries) {
      const file = below ? `${below}/${entry.name}` : entry.name;
      if (isSkipped(entry)) continue;
      else if (entry.isDirectory()) await walk(file);
      else if (entry.isFile() && FILE_TYPES.includes(extensionOf(file))) files.push(file);
      else {
        const kind = entry.isSymbolicLink()
          ? "links"
          : extensionOf(file) || "files without extension";
        others.set(kind, [...(others.get(kind) ?? []), file]);
      }
    }
  };
  await walk("");
  const notes = [...others].map(([kind, where]) => `${kind}: not read (${named(where)})`);
  return { files: files.toSorted(), notes };
}

function isSkipped(entry: Dirent): boolean {
  return entry.name.startsWith(".") || (entry.isDirectory() && entry.name === "node_modules");
}

function refuseSameIds(files: string[]): void {
  const byId = Map.groupBy(files, idOf);
  const clashes = [...byId].filter(([, same]) => same.length > 1);
  if (clashes.length === 0) return;
  const lines = clashes.map(([id, same]) => `  ${id}: ${same.join(" and ")}`);
  throw new CommandError(
    `Files that would be the same document; rename all but one:\n${lines.join("\n")}`,
  );
}

function named(files: string[]): string {
  return files.length > 3
    ? `${files.slice(0, 2).join(", ")} and ${files.length - 2} more`
    : files.join(", ");
}
