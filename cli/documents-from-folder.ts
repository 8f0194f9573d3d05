import { readFile } from "node:fs/promises";
import path from "node:path";
import { addressOf, type AddressRule } from "./addresses.ts";
import { reasonOf } from "./command.ts";
import { decodeText } from "./decode.ts";
import type { Document, ReadDocuments, Unreadable } from "./document.ts";
import { idsOfFiles } from "./document-ids.ts";
import { documentsFromTable } from "./exports/table.ts";
import { documentsFromJsonFile, isQuestionList } from "./exports/json-file.ts";
import { isOfPart, locate, otherVersion, postOf, type DocusaurusSite } from "./docusaurus.ts";
import type { Origin } from "./exports/help-centre.ts";
import { withMissing, type ExportPage } from "./exports/pages.ts";
import type { ExportOptions } from "./exports/read-export.ts";
import { refusedId } from "./fields.ts";
import { CONVERTED, extensionOf, PARSERS, READERS } from "./file-types.ts";
import { findFiles, JSON_FILE, named } from "./find-files.ts";
import { findGenerator } from "./generator.ts";
import type { Checkout } from "./git-checkout.ts";
import { languagesOfFiles, suffixOf } from "./languages.ts";
import {
  isPartOfTable,
  isTable,
  isTableOfPages,
  NOTION_PAGE,
  readNotionPage,
  readTable,
} from "./notion.ts";
import { readPage } from "./page.ts";
import { describeFile, type ParsedFile } from "./parse-file.ts";
import { inlinePartials } from "./partials/inline-partials.ts";
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

/** Files that a site's generator reads to build its menus. */
const MENUS = /(?:^|\/)(?:SUMMARY|_sidebar|_navbar|_coverpage|_toc)\.md$/;
/** Folders of templates and of what a generator has built. */
const TEMPLATES =
  /(?:^|\/)(?:_includes|_layouts|_data|_sass|_site|_templates|_partials|_snippets|archetypes)\//;

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
  const reading = new FolderReading(folder, checkout, options);
  reading.notes.push(...found.notes);
  reading.unreadable.push(...found.unreadable);
  await reading.read(found.files);
  return reading.result();
}

class FolderReading {
  readonly documents: Document[] = [];
  readonly unreadable: Unreadable[] = [];
  readonly skipped: Unreadable[] = [];
  readonly notes: string[] = [];
  readonly pages: ExportPage[] = [];
  readonly #origins: (Origin | undefined)[] = [];
  #added = 0;
  #fromExports = 0;
  readonly #fieldNotes = new Map<string, string[]>();
  #rule: AddressRule | undefined;
  #site: DocusaurusSite | undefined;
  #languages = new Map<string, string>();
  /** The address that is made of each file's path. */
  readonly #made = new Map<string, string>();

  readonly #folder: string;
  readonly #checkout: Pick<Checkout, "has" | "committedAt"> | undefined;
  readonly #options: FolderOptions;

  constructor(
    folder: string,
    checkout: Pick<Checkout, "has" | "committedAt"> | undefined,
    options: FolderOptions,
  ) {
    this.#folder = folder;
    this.#checkout = checkout;
    this.#options = options;
  }

  async read(files: string[]): Promise<void> {
    const generator = await findGenerator(this.#folder);
    const { baseUrl, urlSuffix } = this.#options;
    if (baseUrl) this.#rule = { ...generator, baseUrl, suffix: urlSuffix ?? generator.suffix };
    const databases = new Set<string>();
    for (const file of files.filter(isTable)) {
      const text = decodeText(await readFile(path.join(this.#folder, file))).text;
      const reason = isPartOfTable(file, files)
        ? "It is a part of a table of Notion, which is read"
        : isTableOfPages(file, text, files)
          ? "It is a table of Notion, whose pages are read"
          : undefined;
      if (reason === undefined) continue;
      databases.add(file);
      this.skipped.push({ source: file, reason });
    }
    const isPart = (file: string): boolean =>
      MENUS.test(file) ||
      TEMPLATES.test(file) ||
      ((generator.hasPartials ?? file.endsWith(".mdx")) &&
        /(?:^|\/)_(?!index\.)[^/]*\.mdx?$/.test(file));
    // A configuration may also lie in the folder of documents itself, whose address is then the given one.
    const { site } = generator;
    if (site && files.some((file) => isOfPart(file, site))) this.#site = site;
    const others = new Map<string, string>();
    for (const file of files) {
      const reason = this.#site && otherVersion(file, this.#site);
      if (reason) others.set(file, reason);
    }
    for (const [source, reason] of others) this.skipped.push({ source, reason });
    const pages = files.filter(
      (file) => !isPart(file) && !databases.has(file) && !others.has(file),
    );
    for (const file of files.filter((each) => isPart(each) && !others.has(each)))
      this.skipped.push({
        source: file,
        reason: "It is a part of other pages, or their template or menu",
      });
    const ids = idsOfFiles(pages);
    this.#languages = languagesOfFiles(pages);
    for (const file of pages) {
      try {
        await this.#readFile(file, ids.get(file) ?? file);
      } catch (error) {
        this.unreadable.push({ source: file, reason: reasonOf(error), isNamed: true });
      }
    }
  }

  result(): ReadDocuments {
    this.#refuseSameIds();
    this.#divideAddresses();
    const { documents, notes: tidied } = tidyPages(this.documents);
    const notes = [...this.#fieldNotes].map(([note, where]) => `${note} (${named(where)})`);
    const { unreadable, skipped, pages } = this;
    // A folder of other files is a source of its own.
    const origins = this.#fromExports === this.#added ? this.#origins : undefined;
    return withMissing({
      documents,
      unreadable,
      skipped,
      notes: [...this.notes, ...notes, ...tidied],
      pages,
      ...(origins && { origins }),
    });
  }

  async #readFile(file: string, externalId: string): Promise<void> {
    const bytes = new Uint8Array(await readFile(path.join(this.#folder, file)));
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
      ? documentsFromJsonFile(text, extension, this.#options)
      : documentsFromTable(text, extension, this.#options);
    if (many) return this.#addAll(many, file);
    if (isJson && !isQuestionList(text)) return this.#note(`${extension}: no documents`, file);
    const refused = refusedId(externalId);
    if (refused) throw new Error(refused);
    const type = CONVERTED[extension];
    const parsed =
      READERS[extension]?.(externalId, bytes) ??
      (type
        ? describeFile(externalId, type, bytes)
        : await PARSERS[extension]?.(externalId, text, { folder: this.#folder, file }));
    if (!parsed) throw new Error("No reader for this type of file");
    this.#add(parsed, file);
  }

  /** What of a page's parts was not read is noted. */
  async #withParts(source: string, file: string): Promise<string> {
    if (!/\.(?:mdx?|markdown)$/i.test(file)) return source;
    const { text, notes } = await inlinePartials(
      source,
      { folder: this.#folder, file },
      (part) => this.#checkout?.has(part) ?? true,
    );
    for (const note of notes) this.#note(note, file);
    return text;
  }

  #add({ document, notes, place, skipped }: ParsedFile, file: string): void {
    for (const note of notes) this.#note(`${note}; left out`, file);
    if (skipped) return void this.skipped.push({ source: file, reason: skipped });
    if (!document.file && !document.content.trim()) throw new Error("The file holds no text");
    const updatedAt = document.updated_at ?? this.#checkout?.committedAt(file);
    const url = document.url ?? this.#addressOf(file, document, place ?? {});
    const language = document.language ?? this.#languages.get(file);
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
    this.pages.push(...(read.pages ?? []));
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

  /**
   * Leaves an address that several documents claim to the one whose path it is made of. A template may name the home page's address on
   * all pages, and a README may lie beside the index that stands for the folder.
   */
  #divideAddresses(): void {
    const groups = Map.groupBy(this.documents.keys(), (at) => this.documents[at]?.url);
    for (const [url, places] of groups) {
      if (url === undefined || places.length < 2) continue;
      const isOwn = (at: number): boolean =>
        this.#made.get(this.documents[at]?.source ?? "") === url;
      const owner = places.find(
        (at) => isOwn(at) && !/readme\.\w+$/i.test(this.documents[at]?.source ?? ""),
      );
      for (const at of places) {
        const { url: _url, ...document } = this.documents[at] ?? ({} as Document);
        const made = this.#made.get(document.source ?? "");
        if (at === owner || document.source === undefined) continue;
        const other = made === url ? undefined : made;
        this.documents[at] = { ...document, ...(other && { url: other }) };
        this.#note(`${url} is the address of other documents, too`, document.source);
      }
    }
  }

  /** An HTML page may name its own address. Without one, the rule makes it from the path. */
  #addressOf(
    file: string,
    document: Document,
    place: ParsedFile["place"] & object,
  ): string | undefined {
    const made = this.#madeOf(file, place);
    if (made) this.#made.set(file, made);
    if (document.content_type === "text/html" && !(extensionOf(file) in READERS)) {
      const { canonical, openGraphUrl } = readPage(document.content);
      const own = [canonical, openGraphUrl].find((url) =>
        /^https?:$/.test(URL.parse(url ?? "")?.protocol ?? ""),
      );
      if (own) return own;
    }
    return made;
  }

  #madeOf(file: string, place: ParsedFile["place"] & object): string | undefined {
    if (!this.#rule) return undefined;
    if (this.#site) {
      const located = locate(file, this.#rule.baseUrl, this.#site);
      if (!located) return undefined;
      const rule = { ...this.#rule, baseUrl: located.base };
      if (!located.isPost) return addressOf(located.file, place, rule);
      const { slug } = place;
      return addressOf(postOf(located.file), slug ? { slug: `/${slug}` } : place, rule);
    }
    const suffix = this.#languages.has(file) ? suffixOf(file) : undefined;
    if (!suffix) return addressOf(file, place, this.#rule);
    // Generators show the default language, which is mostly English, without its name.
    const translated = suffix.language === "en" ? suffix.rest : `${suffix.language}/${suffix.rest}`;
    return addressOf(translated, place, this.#rule);
  }

  #note(note: string, file: string): void {
    this.#fieldNotes.set(note, [...(this.#fieldNotes.get(note) ?? []), file]);
  }
}
