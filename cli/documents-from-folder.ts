import { readFile } from "node:fs/promises";
import path from "node:path";
import { reasonOf } from "./command.ts";
import { decodeText } from "./decode.ts";
import type { Document, ReadDocuments, Unreadable } from "./document.ts";
import { idsOfFiles } from "./document-ids.ts";
import { documentsFromTable } from "./exports/table.ts";
import { documentsFromJsonFile, isQuestionList } from "./exports/json-file.ts";
import { isOfPart } from "./docusaurus.ts";
import type { Origin } from "./exports/help-centre.ts";
import { withMissing, type ExportPage } from "./exports/pages.ts";
import type { ExportOptions } from "./exports/read-export.ts";
import { refusedId } from "./fields.ts";
import { CONVERTED, extensionOf, PARSERS, READERS } from "./file-types.ts";
import { findFiles, JSON_FILE, named } from "./find-files.ts";
import { FolderAddresses } from "./folder-addresses.ts";
import { findGenerator } from "./generator.ts";
import type { Checkout } from "./git-checkout.ts";
import { languagesOfFiles } from "./languages.ts";
import { isTable, NOTION_PAGE, readNotionPage, readTable } from "./notion.ts";
import { describeFile, type ParsedFile } from "./parse-file.ts";
import { inlinePartials } from "./partials/inline-partials.ts";
import { selectPages } from "./select-pages.ts";
import { withAbsoluteLinks } from "./site/links.ts";
import { tidyPages } from "./site/tidy-pages.ts";

export interface FolderOptions extends ExportOptions {
  /** The address at which the folder's root is shown. */
  baseUrl?: string | undefined;
  /** What ends the address of a page, such as `.html`, if the site's configuration does not say it. */
  urlSuffix?: "" | "/" | ".html" | undefined;
  /** Only these files below the folder, with `/`. */
  only?: string[];
}

/**
 * Every document below a folder, sorted by path.
 * @param checkout the git checkout that holds the folder: only files that git tracks are then read
 * @throws CommandError when two files would be the same document
 */
export async function documentsFromFolder(
  folder: string,
  checkout?: Pick<Checkout, "has" | "committedAt">,
  options: FolderOptions = {},
): Promise<ReadDocuments> {
  const only = options.only && new Set(options.only);
  const found = await findFiles(folder, (file) => only?.has(file) ?? checkout?.has(file) ?? true);
  const generator = await findGenerator(folder);
  // A configuration may also lie in the folder of documents itself, whose address is then the given one.
  const site = found.files.some((file) => generator.site && isOfPart(file, generator.site))
    ? generator.site
    : undefined;
  const { pages, skipped } = await selectPages(folder, found.files, { ...generator, site });
  const languages = languagesOfFiles(pages);
  const { baseUrl, urlSuffix } = options;
  const rule = baseUrl
    ? { ...generator, baseUrl, suffix: urlSuffix ?? generator.suffix }
    : undefined;
  const addresses = new FolderAddresses(rule, site, languages);
  const reading = new FolderReading({ folder, checkout, options, addresses, languages });
  reading.notes.push(...found.notes);
  reading.unreadable.push(...found.unreadable);
  reading.skipped.push(...skipped);
  await reading.read(pages);
  return reading.result();
}

/** What a file is read with. */
interface Surroundings {
  folder: string;
  checkout: Pick<Checkout, "has" | "committedAt"> | undefined;
  options: FolderOptions;
  addresses: FolderAddresses;
  /** The language that a file's path names. */
  languages: ReadonlyMap<string, string>;
}

class FolderReading {
  readonly documents: Document[] = [];
  readonly unreadable: Unreadable[] = [];
  readonly skipped: Unreadable[] = [];
  readonly notes: string[] = [];
  readonly #pages: ExportPage[] = [];
  readonly #origins: (Origin | undefined)[] = [];
  #added = 0;
  #fromExports = 0;
  readonly #fieldNotes = new Map<string, string[]>();
  readonly #around: Surroundings;

  constructor(around: Surroundings) {
    this.#around = around;
  }

  async read(files: string[]): Promise<void> {
    const ids = idsOfFiles(files);
    for (const file of files) {
      try {
        await this.#readFile(file, ids.get(file) ?? file);
      } catch (error) {
        this.unreadable.push({ source: file, reason: reasonOf(error), isNamed: true });
      }
    }
  }

  result(): ReadDocuments {
    this.#refuseSameIds();
    const { addresses } = this.#around;
    const divided = addresses.divide(this.documents, (note, file) => this.#note(note, file));
    const { documents, notes: tidied } = tidyPages(divided);
    const notes = [...this.#fieldNotes].map(([note, where]) => `${note} (${named(where)})`);
    const { unreadable, skipped } = this;
    // A folder of other files is a source of its own.
    const origins = this.#fromExports === this.#added ? this.#origins : undefined;
    return withMissing({
      documents,
      unreadable,
      skipped,
      notes: [...this.notes, ...notes, ...tidied],
      pages: this.#pages,
      ...(origins && { origins }),
    });
  }

  async #readFile(file: string, externalId: string): Promise<void> {
    const bytes = new Uint8Array(await readFile(path.join(this.#around.folder, file)));
    const extension = extensionOf(file);
    if (bytes.length === 0 && !JSON_FILE.test(file)) throw new Error("The file is empty");
    const isMarkup = /^\.x?html?$/.test(extension);
    const isBinary = extension in READERS || extension in CONVERTED;
    const { text: given, note } = isBinary ? { text: "" } : decodeText(bytes, { isMarkup });
    if (note) this.#note(note, file);
    const notion = NOTION_PAGE.test(file)
      ? readNotionPage(given)
      : isTable(file)
        ? readTable(given)
        : undefined;
    for (const each of notion?.notes ?? []) this.#note(`${each}; left out`, file);
    if (notion?.skipped) return void this.skipped.push({ source: file, reason: notion.skipped });
    const text = await this.#withParts(notion?.text ?? given, file);
    if (!isBinary && !text.trim() && !JSON_FILE.test(file)) throw new Error("The file is empty");
    const isJson = JSON_FILE.test(file);
    const many = isJson
      ? documentsFromJsonFile(text, extension, this.#around.options)
      : documentsFromTable(text, extension, this.#around.options);
    if (many) return this.#addAll(many, file);
    if (isJson && !isQuestionList(text)) return this.#note(`${extension}: no documents`, file);
    const refused = refusedId(externalId);
    if (refused) throw new Error(refused);
    const type = CONVERTED[extension];
    const parsed =
      READERS[extension]?.(externalId, bytes) ??
      (type
        ? describeFile(externalId, type, bytes)
        : await PARSERS[extension]?.(externalId, text, { folder: this.#around.folder, file }));
    if (!parsed) throw new Error("No reader for this type of file");
    this.#add(parsed, file);
  }

  /** What of a page's parts was not read is noted. */
  async #withParts(source: string, file: string): Promise<string> {
    if (!/\.(?:mdx?|markdown)$/i.test(file)) return source;
    const { text, notes } = await inlinePartials(
      source,
      { folder: this.#around.folder, file },
      (part) => this.#around.checkout?.has(part) ?? true,
    );
    for (const note of notes) this.#note(note, file);
    return text;
  }

  #add({ document, notes, place, skipped }: ParsedFile, file: string): void {
    for (const note of notes) this.#note(`${note}; left out`, file);
    if (skipped) return void this.skipped.push({ source: file, reason: skipped });
    if (!document.file && !document.content.trim()) throw new Error("The file holds no text");
    const { addresses, checkout, languages } = this.#around;
    const updatedAt = document.updated_at ?? checkout?.committedAt(file);
    const url = document.url ?? addresses.of(file, document, place ?? {});
    const language = document.language ?? languages.get(file);
    this.#added += 1;
    const isPage = document.content_type === "text/html" && extensionOf(file) in PARSERS;
    this.documents.push({
      ...document,
      ...(url && isPage && { content: withAbsoluteLinks(document.content, url) }),
      ...(updatedAt && { updated_at: updatedAt }),
      ...(url && { url }),
      ...(language && { language }),
      source: file,
    });
  }

  #addAll(read: ReadDocuments, file: string): void {
    this.documents.push(...read.documents.map((document) => ({ ...document, source: file })));
    this.#pages.push(...(read.pages ?? []));
    this.#origins.push(...(read.origins ?? []));
    this.#added += read.documents.length;
    this.#fromExports += read.origins?.length ?? 0;
    const located = (one: Unreadable): Unreadable => ({ ...one, source: `${file}: ${one.source}` });
    this.unreadable.push(...read.unreadable.map(located));
    this.skipped.push(...(read.skipped ?? []).map(located));
    for (const note of read.notes) this.#note(note, file);
  }

  /** An export may give an article the id of a file. */
  #refuseSameIds(): void {
    const seen = new Map<string, Document>();
    for (const document of this.documents.splice(0)) {
      const earlier = seen.get(document.external_id);
      if (!earlier) this.documents.push(document);
      else {
        const reason = `It has the id "${document.external_id}", as one from ${earlier.source ?? "this source"} has`;
        this.unreadable.push({
          source: document.source ?? document.external_id,
          reason,
          isNamed: true,
        });
      }
      seen.set(document.external_id, document);
    }
  }

  #note(note: string, file: string): void {
    const files = this.#fieldNotes.get(note);
    if (files) files.push(file);
    else this.#fieldNotes.set(note, [file]);
  }
}
