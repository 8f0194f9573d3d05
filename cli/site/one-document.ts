import type { Unreadable } from "../document.ts";
import { isOwnPart, textsOf, wordsOf, type Block } from "./blocks.ts";
import { pageKey } from "./same-page.ts";
import type { SitePage } from "./read-page.ts";

/** The share of a page's words that stand in another one, from which on both are the same page. */
const SAME = 0.8;

interface Kept {
  pages: SitePage[];
  skipped: Unreadable[];
  notes: string[];
}

/**
 * Keeps one of the pages that are the same document: those that redirect to one address, and those that name one canonical address. A
 * canonical address is believed only if the pages hold the same text, because templates often give all pages that of the home page.
 */
export function onePerDocument(read: SitePage[]): Kept {
  const kept: Kept = { pages: [], skipped: [], notes: [] };
  const pages = afterRedirects(read, kept.skipped);
  const byKey = new Map(pages.map((page) => [pageKey(page.url), page]));
  const byCanonical = Map.groupBy(pages, (page) => page.canonical && pageKey(page.canonical));
  const ignored: string[] = [];
  for (const [key, group] of byCanonical) {
    const isOther = (page: SitePage): boolean => key !== undefined && key !== pageKey(page.url);
    const named = key === undefined ? undefined : byKey.get(key);
    const others = group.filter(isOther);
    kept.pages.push(...group.filter((page) => !isOther(page)).map(atCanonical));
    const isRoot =
      key !== undefined && !key.includes("/", key.indexOf("/") + 1) && key.endsWith("/");
    // Of several pages with a canonical address that is not listed, the first one stands for it.
    const first = named ?? (isRoot ? undefined : others[0]);
    for (const page of others) {
      const isSame = first !== undefined && isSameText(page, first);
      if (page === first && others.every((other) => isSameText(other, page)))
        kept.pages.push(atCanonical(page));
      else if (page !== first && isSame)
        kept.skipped.push({
          source: page.source,
          reason: `It is the same page as ${first.url}, its canonical address`,
        });
      else {
        kept.pages.push({ ...page, canonical: undefined });
        ignored.push(page.source);
      }
    }
  }
  if (ignored.length > 0)
    kept.notes.push(
      `${ignored.length} pages name a canonical address at which other text stands; it was ignored (${ignored.slice(0, 3).join(", ")})`,
    );
  return kept;
}

function atCanonical(page: SitePage): SitePage {
  return page.canonical ? { ...page, url: page.canonical } : page;
}

function afterRedirects(read: SitePage[], skipped: Unreadable[]): SitePage[] {
  const pages: SitePage[] = [];
  for (const [key, group] of Map.groupBy(read, ({ url }) => pageKey(url))) {
    const direct = group.find((page) => pageKey(page.listed) === key);
    const isHome = new URL(group[0]?.url ?? "").pathname === "/";
    // Sites send pages that are gone to the home page.
    const isGone = isHome && !direct && group.length > 1;
    const [stands] = direct ? [direct] : isGone ? [] : group;
    if (stands) pages.push(stands);
    for (const page of group)
      if (page !== stands)
        skipped.push({
          source: page.source,
          reason: isHome
            ? "It redirects to the home page"
            : `It redirects to ${page.url}, which is read`,
        });
  }
  return pages;
}

/** Whether nearly all of the page's words stand in the other one, or the other way round: one may have more around them. */
function isSameText(page: SitePage, other: SitePage): boolean {
  return (
    page === other ||
    shareIn(page.blocks, other.blocks) >= SAME ||
    shareIn(other.blocks, page.blocks) >= SAME
  );
}

/** The share of the words of a page that stand in the other one, by whole blocks. */
function shareIn(page: Block, other: Block): number {
  const there = new Set([...textsOf(other, isOwnPart)].map(({ text }) => text));
  let same = 0;
  let all = 0;
  for (const { text } of textsOf(page, isOwnPart)) {
    const words = wordsOf(text);
    all += words;
    if (there.has(text)) same += words;
  }
  return all === 0 ? 1 : same / all;
}
