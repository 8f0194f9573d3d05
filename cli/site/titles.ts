import type { Document } from "../document.ts";

/** What stands between a page's title and its site's name. */
const SEPARATOR = /\s+[|\-–—·•»«:/]+\s+|\s*[|»]\s*|:\s+/g;
const FEW_PAGES = 2;
/** A common beginning may also name a topic, so it takes more pages to show that it is the site's name. */
const MANY_PAGES = 5;

/** Takes the site's name off the titles of HTML pages: what most of them have in common, at their end or at their beginning. */
export function tidyTitles(documents: Document[]): Document[] {
  const isPage = ({ content_type, source }: Document): boolean =>
    content_type === "text/html" && source !== undefined;
  const pages = documents.filter(isPage);
  if (pages.length < FEW_PAGES) return documents;
  const ends = commonest(pages.map(({ title }) => partsOf(title).end));
  const starts =
    pages.length < MANY_PAGES
      ? undefined
      : commonest(pages.map(({ title }) => partsOf(title).start));
  if (!ends && !starts) return documents;
  return documents.map((document) =>
    isPage(document) ? { ...document, title: withoutName(document.title, starts, ends) } : document,
  );
}

/** The text that more than half of the pages have there. */
function commonest(texts: string[]): string | undefined {
  const counts = new Map<string, number>();
  for (const text of texts) if (text) counts.set(text, (counts.get(text) ?? 0) + 1);
  const [best] = [...counts].toSorted(([, one], [, other]) => other - one);
  return best && best[1] >= FEW_PAGES && best[1] * 2 > texts.length ? best[0] : undefined;
}

/** The first and the last part of a title, each with its separator. */
function partsOf(title: string): { start: string; end: string } {
  const separators = [...title.matchAll(SEPARATOR)];
  const [first] = separators;
  const last = separators.at(-1);
  return {
    start: first ? title.slice(0, first.index + first[0].length) : "",
    end: last ? title.slice(last.index) : "",
  };
}

function withoutName(title: string, start: string | undefined, end: string | undefined): string {
  const shorter = end && title.endsWith(end) ? title.slice(0, -end.length) : title;
  const rest = start && shorter.startsWith(start) ? shorter.slice(start.length) : shorter;
  return rest.trim() || title;
}

/** The title of a single page without the name that the page itself gives its site. */
export function withoutSiteName(title: string, siteName: string | undefined): string {
  const { start, end } = partsOf(title);
  const name = siteName?.trim();
  if (!name) return title;
  if (end.replace(SEPARATOR, "").trim() === name)
    return title.slice(0, -end.length).trim() || title;
  if (start.replace(SEPARATOR, "").trim() === name)
    return title.slice(start.length).trim() || title;
  return title;
}
