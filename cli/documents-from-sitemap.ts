import { setTimeout as sleep } from "node:timers/promises";
import { gunzipSync } from "node:zlib";
import { Parser } from "htmlparser2";
import { CommandError, reasonOf } from "./command.ts";
import { forEachConcurrently } from "./concurrently.ts";
import type { Document, ReadDocuments, Unreadable } from "./document.ts";
import { refusedId } from "./fields.ts";
import { parseHtmlFile, parseMarkdownFile, parseTextFile } from "./parse-file.ts";
import { startProgress } from "./progress.ts";

export interface Politeness {
  /** Concurrent requests. */
  concurrency: number;
  /** The least time between the starts of two requests. */
  pauseMs: number;
}

const AGENT = "edgewise-ingest/0.1";
const TIMEOUT_MS = 30_000;
const TRIES = 4;
const LONGEST_WAIT_MS = 60_000;
const MAX_REDIRECTS = 5;
const MAX_PAGE_BYTES = 10 * 1024 * 1024;
/** Of a sitemap after decompression; the limit of the protocol (sitemaps.org/protocol.html). */
const MAX_SITEMAP_BYTES = 50 * 1024 * 1024;
const MAX_PAGES = 50_000;
/** A sitemap index may not list another index (sitemaps.org), but some do. */
const MAX_DEPTH = 3;

const PARSERS: Record<string, typeof parseHtmlFile> = {
  "text/html": parseHtmlFile,
  "application/xhtml+xml": parseHtmlFile,
  "text/markdown": parseMarkdownFile,
  "text/plain": parseTextFile,
};

/**
 * Fetches the pages that a sitemap lists, itself or through the sitemaps that it lists. Pages and redirects to another host
 * than the sitemap's are not read. The id of a page is its path.
 * @throws CommandError when the sitemap itself cannot be read
 */
export async function documentsFromSitemap(
  address: string,
  politeness: Politeness,
): Promise<ReadDocuments> {
  const site = new Site(address, politeness.pauseMs);
  const { pages, notes } = await listPages(site, address);
  const found = new Map<string, Document>();
  const unreadable: Unreadable[] = [];
  const progress = startProgress("Fetching", pages.length);
  let done = 0;
  await forEachConcurrently(pages, politeness.concurrency, async (page) => {
    try {
      const document = await readPage(site, page);
      const other = found.get(document.external_id);
      if (other) throw new Error(`The same id as ${other.url}`);
      found.set(document.external_id, document);
    } catch (error) {
      unreadable.push({ source: page, reason: reasonOf(error) });
    }
    progress.update(++done);
  });
  progress.end();
  const documents = [...found.values()].toSorted((a, b) =>
    a.external_id < b.external_id ? -1 : 1,
  );
  return { documents, unreadable, notes };
}

async function listPages(site: Site, start: string): Promise<{ pages: string[]; notes: string[] }> {
  const pages = new Set<string>();
  const notes: string[] = [];
  const seen = new Set<string>();
  let level = [start];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > MAX_DEPTH) throw new CommandError(`Sitemaps are nested deeper than ${MAX_DEPTH}.`);
    const next: string[] = [];
    for (const address of level) {
      if (seen.has(address)) continue;
      seen.add(address);
      const { sitemaps, urls } = await readSitemap(site, address);
      next.push(...sitemaps);
      for (const url of urls) pages.add(url);
      if (pages.size > MAX_PAGES)
        throw new CommandError(`More than ${MAX_PAGES} pages are listed.`);
    }
    level = next.filter((address) => site.isOwn(address));
  }
  const foreign = [...pages].filter((page) => !site.isOwn(page));
  if (foreign.length > 0)
    notes.push(`${foreign.length} pages of other hosts, such as ${foreign[0]}`);
  return { pages: [...pages].filter((page) => site.isOwn(page)), notes };
}

/** A sitemap that cannot be read ends the command, because --prune would take its pages for deleted ones. */
async function readSitemap(
  site: Site,
  address: string,
): Promise<{ sitemaps: string[]; urls: string[] }> {
  try {
    const { bytes } = await site.fetch(address, MAX_SITEMAP_BYTES);
    const isPacked = bytes[0] === 0x1f && bytes[1] === 0x8b;
    const plain = isPacked ? gunzipSync(bytes, { maxOutputLength: MAX_SITEMAP_BYTES }) : bytes;
    return parseSitemap(decode(plain));
  } catch (error) {
    throw new CommandError(`The sitemap ${address} cannot be read: ${reasonOf(error)}`);
  }
}

/** Takes the addresses out of a sitemap. Of a malformed one the readable part is used, as search engines do. */
export function parseSitemap(source: string): { sitemaps: string[]; urls: string[] } {
  const sitemaps: string[] = [];
  const urls: string[] = [];
  let isSitemap = false;
  let parent = "";
  let text: string | undefined;
  const parser = new Parser(
    {
      onopentag(name) {
        if (name === "urlset" || name === "sitemapindex") isSitemap = true;
        else if (name === "url" || name === "sitemap") parent = name;
        else if (name === "loc") text = "";
      },
      ontext(part) {
        if (text !== undefined) text += part;
      },
      onclosetag(name) {
        if (name !== "loc") return;
        const url = URL.parse(text?.trim() ?? "");
        text = undefined;
        if (!url || !/^https?:$/.test(url.protocol)) return;
        url.hash = "";
        (parent === "sitemap" ? sitemaps : urls).push(url.href);
      },
    },
    { xmlMode: true },
  );
  parser.end(source);
  if (!isSitemap) throw new Error("It is no sitemap (no <urlset> or <sitemapindex>)");
  return { sitemaps, urls };
}

async function readPage(site: Site, page: string): Promise<Document> {
  const externalId = idOf(page);
  const refused = refusedId(externalId);
  if (refused) throw new Error(refused);
  const { bytes, type, url } = await site.fetch(page, MAX_PAGE_BYTES);
  const parse = PARSERS[type];
  if (!parse) throw new Error(`It is ${type || "of no type"}, which is not read`);
  const { document } = parse(externalId, decode(bytes));
  if (!document.content.trim()) throw new Error("The page is empty");
  return { ...document, url };
}

/** `https://help.example.com/a/b%20c?lang=de` → `a/b-c?lang=de`. */
export function idOf(page: string): string {
  const { pathname, search } = new URL(page);
  const decoded = decodePath(pathname).replace(/^\/+|\/+$/g, "") || "index";
  return `${decoded}${search}`.normalize("NFC").replace(/\s+/g, "-");
}

function decodePath(pathname: string): string {
  try {
    return decodeURIComponent(pathname);
  } catch {
    return pathname;
  }
}

function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: false }).decode(bytes);
  } catch {
    throw new Error("It is not UTF-8 text");
  }
}

interface Fetched {
  bytes: Uint8Array;
  /** Media type without parameters. */
  type: string;
  /** After redirects. */
  url: string;
}

/** Sends requests to one host, with a pause between them, and obeys its `retry-after` when it is busy. */
class Site {
  readonly #host: string;
  readonly #pauseMs: number;
  #nextAt = 0;

  constructor(address: string, pauseMs: number) {
    this.#host = new URL(address).host;
    this.#pauseMs = pauseMs;
  }

  isOwn(address: string): boolean {
    return URL.parse(address)?.host === this.#host;
  }

  async fetch(address: string, maxBytes: number): Promise<Fetched> {
    let url = address;
    let redirects = 0;
    for (let attempt = 1; ;) {
      await this.#turn();
      const response = await fetch(url, {
        redirect: "manual",
        headers: { "user-agent": AGENT, accept: "text/html, text/markdown, text/plain, */*;q=0.5" },
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
      const { status, headers } = response;
      if (status >= 300 && status < 400) {
        await response.body?.cancel();
        url = this.#follow(url, headers.get("location"));
        if (++redirects > MAX_REDIRECTS) throw new Error("It redirects too often");
      } else if ((status === 429 || status >= 500) && attempt < TRIES) {
        await response.body?.cancel();
        await sleep(waitFor(headers.get("retry-after"), attempt++));
      } else if (!response.ok) {
        await response.body?.cancel();
        throw new Error(`It answers ${status}`);
      } else {
        const type = (headers.get("content-type") ?? "").split(";")[0]?.trim().toLowerCase() ?? "";
        return { bytes: await readLimited(response, maxBytes), type, url };
      }
    }
  }

  #follow(from: string, location: string | null): string {
    const target = URL.parse(location ?? "", from);
    if (!location || !target) throw new Error("It redirects to nowhere");
    if (!this.isOwn(target.href)) throw new Error(`It redirects to another host, ${target.host}`);
    return target.href;
  }

  async #turn(): Promise<void> {
    const at = Math.max(Date.now(), this.#nextAt);
    this.#nextAt = at + this.#pauseMs;
    await sleep(at - Date.now());
  }
}

function waitFor(retryAfter: string | null, attempt: number): number {
  const asked = /^\d+$/.test(retryAfter ?? "")
    ? Number(retryAfter) * 1000
    : Date.parse(retryAfter ?? "") - Date.now();
  const wait = Number.isFinite(asked) && asked > 0 ? asked : 1000 * 2 ** (attempt - 1);
  return Math.min(wait, LONGEST_WAIT_MS);
}

async function readLimited(response: Response, limit: number): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of response.body ?? []) {
    size += part.byteLength;
    if (size > limit) throw new Error(`It has more than ${limit} bytes`);
    parts.push(part);
  }
  return Buffer.concat(parts);
}
