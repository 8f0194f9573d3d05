import { reasonOf } from "./command.ts";
import { forEachConcurrently } from "./concurrently.ts";
import type { Document, ReadDocuments, Unreadable } from "./document.ts";
import { refusedId } from "./fields.ts";
import { startProgress } from "./progress.ts";
import { onePerDocument } from "./site/one-document.ts";
import { NoDocument, readSitePage, readUnknownPage, type SitePage } from "./site/read-page.ts";
import { idOf } from "./site/same-page.ts";
import { listPages, type ListedPage } from "./site/sitemap.ts";
import { NotShown, Site } from "./site/site.ts";
import { tidyPages } from "./site/tidy-pages.ts";

export interface Politeness {
  /** Concurrent requests. */
  concurrency: number;
  /** The least time between the starts of two requests. */
  pauseMs: number;
}

/**
 * Fetches the pages that a sitemap lists, itself or through the sitemaps that it lists. Pages and redirects to another site
 * than the sitemap's are not read. The id of a page is the path of its address.
 * @throws CommandError when the sitemap itself cannot be read
 */
export async function documentsFromSitemap(
  address: string,
  politeness: Politeness,
): Promise<ReadDocuments> {
  const site = new Site(address, politeness.pauseMs);
  await site.readRobots(address);
  const { pages: listed, notes } = await listPages(site, address);
  const unknown = await readUnknownPage(site, address);
  const read: SitePage[] = [];
  const unreadable: Unreadable[] = [];
  const skipped: Unreadable[] = [];
  const elsewhere: Unreadable[] = [];
  const times = new Map<string, string | undefined>();
  const progress = startProgress("Fetching", listed.length);
  let done = 0;
  await forEachConcurrently(
    listed,
    politeness.concurrency,
    async ({ url, updatedAt }: ListedPage) => {
      const source = sourceOf(url);
      times.set(source, updatedAt);
      try {
        read.push(await readSitePage(site, url, source, unknown));
      } catch (error) {
        const isGone = error instanceof NoDocument || (error instanceof NotShown && error.isGone);
        const isElsewhere = error instanceof NotShown && error.isElsewhere;
        const list = isGone ? skipped : isElsewhere ? elsewhere : unreadable;
        list.push({ source, reason: reasonOf(error), isNamed: true });
      }
      progress.update(++done);
    },
  );
  progress.end();
  // Where hardly a page is shown, the site may be closed for a while, and its documents are kept.
  (elsewhere.length > read.length ? unreadable : skipped).push(...elsewhere);
  const one = onePerDocument(read.toSorted((a, b) => (a.source < b.source ? -1 : 1)));
  const documents = toDocuments(one.pages, times, unreadable);
  const tidied = tidyPages(documents);
  for (const [note, pages] of Map.groupBy(
    one.pages.filter(({ note }) => note),
    ({ note }) => note,
  ))
    notes.push(`${note} (${pages.length} pages)`);
  return {
    documents: tidied.documents.toSorted((a, b) => (a.external_id < b.external_id ? -1 : 1)),
    unreadable,
    skipped: [...skipped, ...one.skipped],
    notes: [...notes, ...one.notes, ...tidied.notes],
  };
}

function toDocuments(
  pages: SitePage[],
  times: Map<string, string | undefined>,
  unreadable: Unreadable[],
): Document[] {
  const found = new Map<string, Document>();
  for (const { document, source, url } of pages) {
    const external_id = idOf(url);
    const other = found.get(external_id);
    const problem = refusedId(external_id) ?? (other && `The same id as ${other.url}`);
    const updated_at = times.get(source);
    if (problem) unreadable.push({ source, reason: problem, isNamed: true });
    else
      found.set(external_id, {
        ...document,
        external_id,
        url,
        source,
        ...(updated_at && { updated_at }),
      });
  }
  return [...found.values()];
}

function sourceOf(url: string): string {
  const { pathname, search } = new URL(url);
  return `${pathname}${search}`;
}
