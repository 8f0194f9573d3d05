import { gunzipSync } from "node:zlib";
import { Parser } from "htmlparser2";
import { CommandError, counted, reasonOf } from "../command.ts";
import { decodeText } from "../decode.ts";
import { toInstant } from "../fields.ts";
import { pageKey, withoutTracking } from "./same-page.ts";
import type { Site } from "./site.ts";

/** Of a sitemap after decompression; the limit of the protocol (sitemaps.org/protocol.html). */
const MAX_SITEMAP_BYTES = 50 * 1024 * 1024;
const MAX_PAGES = 50_000;
/** A sitemap index may not list another index (sitemaps.org), but some do. */
const MAX_DEPTH = 3;
/** From this many pages on, one time for all of them is that of the site's last build. */
const MANY_PAGES = 3;

export interface ListedPage {
  url: string;
  /** `lastmod`, as far as it tells when the page changed. */
  updatedAt?: string;
}

export interface Listing {
  pages: ListedPage[];
  notes: string[];
}

interface Entries {
  sitemaps: string[];
  urls: string[];
  /** `lastmod` by address. */
  times: Map<string, string>;
}

/** The pages that a sitemap lists, itself or through the sitemaps that it lists: each page once. */
export async function listPages(site: Site, start: string): Promise<Listing> {
  const pages = new Map<string, ListedPage>();
  const foreign: string[] = [];
  const notes: string[] = [];
  const seen = new Set<string>();
  let doubles = 0;
  let level = [start];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > MAX_DEPTH) throw new CommandError(`Sitemaps are nested deeper than ${MAX_DEPTH}.`);
    const next: string[] = [];
    for (const address of level) {
      if (seen.has(address)) continue;
      seen.add(address);
      const { sitemaps, urls, times } = await readSitemap(site, address);
      next.push(...sitemaps);
      for (const url of urls) {
        if (!site.isOwn(url)) foreign.push(url);
        else {
          const key = pageKey(url);
          const earlier = pages.get(key);
          if (earlier && earlier.url !== withoutTracking(url)) doubles += 1;
          const time = times.get(url);
          if (!earlier || isBetter(url, earlier.url))
            pages.set(key, { url: withoutTracking(url), ...(time && { updatedAt: time }) });
        }
        if (pages.size > MAX_PAGES)
          throw new CommandError(`More than ${MAX_PAGES} pages are listed.`);
      }
    }
    level = next.filter((address) => site.isOwn(address));
  }
  if (foreign.length > 0)
    notes.push(`${counted(foreign.length, "page")} of other hosts, such as ${foreign[0]}`);
  if (doubles > 0)
    notes.push(`${counted(doubles, "further address")} of pages that are listed already`);
  return { pages: withTimes([...pages.values()]), notes };
}

/** Of two addresses of a page, the encrypted one. */
function isBetter(one: string, other: string): boolean {
  return one.startsWith("https:") && other.startsWith("http:");
}

function withTimes(pages: ListedPage[]): ListedPage[] {
  const times = new Set(pages.map(({ updatedAt }) => updatedAt));
  const isOfBuild = pages.length >= MANY_PAGES && times.size === 1;
  return isOfBuild ? pages.map(({ url }) => ({ url })) : pages;
}

/** A sitemap that cannot be read ends the command, because --prune would take its pages for deleted ones. */
async function readSitemap(site: Site, address: string): Promise<Entries> {
  try {
    const { bytes, charset } = await site.fetch(address, MAX_SITEMAP_BYTES);
    const isPacked = bytes[0] === 0x1f && bytes[1] === 0x8b;
    const plain = isPacked ? gunzipSync(bytes, { maxOutputLength: MAX_SITEMAP_BYTES }) : bytes;
    return parseSitemap(decodeText(plain, { charset, isMarkup: true }).text);
  } catch (error) {
    throw new CommandError(`The sitemap ${address} cannot be read: ${reasonOf(error)}`);
  }
}

/** Takes the addresses out of a sitemap. Of a malformed one the readable part is used, as search engines do. */
export function parseSitemap(source: string): Entries {
  const found: Entries = { sitemaps: [], urls: [], times: new Map() };
  let isSitemap = false;
  let parent = "";
  let text: string | undefined;
  let last: string | undefined;
  const take = (address: string): void => {
    const url = URL.parse(address.trim());
    if (!url || !/^https?:$/.test(url.protocol)) return;
    url.hash = "";
    last = url.href;
    (parent === "sitemap" ? found.sitemaps : found.urls).push(url.href);
  };
  const parser = new Parser(
    {
      onopentag(name) {
        if (name === "urlset" || name === "sitemapindex") isSitemap = true;
        else if (name === "url" || name === "sitemap") [parent, last] = [name, undefined];
        else if (name === "loc" || name === "lastmod") text = "";
      },
      ontext(part) {
        if (text !== undefined) text += part;
      },
      onclosetag(name) {
        if (name === "loc") take(text ?? "");
        else if (name === "lastmod" && last) {
          const time = toInstant(text?.trim());
          if (time && Date.parse(time) <= Date.now()) found.times.set(last, time);
        }
        if (name === "loc" || name === "lastmod") text = undefined;
      },
    },
    { xmlMode: true },
  );
  parser.end(source);
  if (!isSitemap) throw new Error("It is no sitemap (no <urlset> or <sitemapindex>)");
  return found;
}
