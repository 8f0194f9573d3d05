import { decodeText } from "../decode.ts";
import type { Document } from "../document.ts";
import { refusedId } from "../fields.ts";
import { isNoindex, readPage, type Page } from "../page.ts";
import { parseHtmlFile, parseMarkdownFile, parseTextFile } from "../parse-file.ts";
import { blocksOf, isOwnPart, ownWords, textsOf, wordsOf, type Block } from "./blocks.ts";
import { isNotFound } from "./not-found.ts";
import { withAbsoluteLinks } from "./links.ts";
import { idOf } from "./same-page.ts";
import { NotShown, type Fetched, type Site } from "./site.ts";
import { withoutSiteName } from "./titles.ts";

const MAX_PAGE_BYTES = 10 * 1024 * 1024;
/** A page with a field for a password and fewer words is only a form. */
const WORDS_OF_FORM = 80;
/** How many words of a page may differ from the answer to an address that does not exist: that address, and the time. */
const WORDS_OF_ADDRESS = 6;
const MAX_REFRESHES = 3;

export interface SitePage {
  /** The path and parameters as they are listed. */
  source: string;
  listed: string;
  /** After redirects. */
  url: string;
  /** The page's own canonical address, if it is on this site. */
  canonical: string | undefined;
  document: Document;
  blocks: Block;
  note?: string;
}

/** The page is rightly no document. */
export class NoDocument extends Error {}

/** The beginning of a page that comes without its type. */
const SNIFFED = /^[^<]{0,9}<(?:!doctype html|html|!--|head|body|\?xml)/i;

const PARSERS: Record<string, typeof parseHtmlFile> = {
  "text/html": parseHtmlFile,
  "application/xhtml+xml": parseHtmlFile,
  "text/markdown": parseMarkdownFile,
  "text/plain": parseTextFile,
};

/** What the site answers to an address that does not exist, if it answers as if it did. */
export async function readUnknownPage(site: Site, start: string): Promise<Block | undefined> {
  const random = new URL(`/edgewise-${crypto.randomUUID()}`, start).href;
  try {
    const { bytes, type, charset } = await site.fetch(random, MAX_PAGE_BYTES);
    return type === "text/html"
      ? blocksOf(decodeText(bytes, { charset, isMarkup: true }).text)
      : undefined;
  } catch {
    return undefined;
  }
}

/** @param unknown what the site answers to an address that does not exist */
export async function readSitePage(
  site: Site,
  listed: string,
  source: string,
  unknown: Block | undefined,
): Promise<SitePage> {
  const refused = refusedId(idOf(listed));
  if (refused) throw new Error(refused);
  if (!site.mayRead(listed)) throw new NoDocument("robots.txt of the site disallows it");
  const { fetched, text, note, page } = await fetchPage(site, listed);
  const parse = PARSERS[fetched.type];
  if (!parse) throw new Error(`It is ${fetched.type || "of no type"}, which is not read`);
  const { document, skipped } = parse(idOf(fetched.url), text);
  if (skipped) throw new NoDocument(skipped);
  if (!document.content.trim()) throw new Error("The page is empty");
  const blocks = blocksOf(page ? text : "");
  if (page) judge(page, blocks, fetched, unknown);
  return {
    source,
    listed,
    url: fetched.url,
    canonical: page && canonicalOf(site, page, fetched.url),
    document: {
      ...document,
      title: withoutSiteName(document.title, page?.siteName),
      content: page
        ? withAbsoluteLinks(document.content, baseOf(page, fetched.url))
        : document.content,
    },
    blocks,
    ...(note && { note }),
  };
}

async function fetchPage(
  site: Site,
  listed: string,
): Promise<{ fetched: Fetched; text: string; note?: string; page?: Page }> {
  let address = listed;
  for (let refreshes = 0; ; refreshes++) {
    const fetched = await site.fetch(address, MAX_PAGE_BYTES);
    if (
      !fetched.type &&
      SNIFFED.test(Buffer.from(fetched.bytes.subarray(0, 1024)).toString("latin1"))
    )
      fetched.type = "text/html";
    const isMarkup = /html|xml/.test(fetched.type);
    const { text, note } = decodeText(fetched.bytes, { charset: fetched.charset, isMarkup });
    const noted = note ? { note } : {};
    if (!isMarkup) return { fetched, text, ...noted };
    const page = readPage(text);
    const target = page.refresh && URL.parse(page.refresh, baseOf(page, fetched.url));
    if (!target || target.href === fetched.url)
      return { fetched, text, page: { ...page, refresh: undefined }, ...noted };
    if (!site.isOwn(target.href))
      throw new NotShown(`It redirects to another host, ${target.host}`);
    if (refreshes >= MAX_REFRESHES) throw new Error("It redirects too often");
    address = target.href;
  }
}

/** @throws NoDocument or NotShown for a page that is there, but holds no document */
function judge(
  page: Page,
  blocks: Block,
  { headers, isAtLogin, url }: Fetched,
  unknown: Block | undefined,
): void {
  // Rules for another robot by name are none for this one.
  const rules = (headers.get("x-robots-tag") ?? "").replace(/(?:^|,)\s*[\w-]*bot\s*:[^]*$/i, "");
  if (page.isNoindex || isNoindex(rules)) throw new NoDocument("It says noindex");
  const text = [...textsOf(blocks, isOwnPart)].map((part) => part.text).join("\n");
  const isShort = wordsOf(text) < WORDS_OF_FORM;
  if (
    (page.hasPasswordField && isShort) ||
    (isAtLogin && (page.hasPasswordField || isShort || new URL(url).search))
  )
    throw new NotShown("It asks for a login");
  if (isNotFound(page.title, page.heading, text))
    throw new NoDocument("It says that the page is not found: a 404 that is answered with 200");
  if (unknown && ownWords(blocks, unknown) <= WORDS_OF_ADDRESS)
    throw new NoDocument(
      "It is like the page that the site shows for an address that is not found (404), or only scripts fill it",
    );
}

/** What the page's links are relative to. */
function baseOf(page: Page, url: string): string {
  return URL.parse(page.base ?? "", url)?.href ?? url;
}

function canonicalOf(site: Site, page: Page, url: string): string | undefined {
  const canonical = page.canonical ? URL.parse(page.canonical, baseOf(page, url)) : null;
  if (!canonical || !site.isOwn(canonical.href)) return undefined;
  canonical.hash = "";
  return canonical.href;
}
