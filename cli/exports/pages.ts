import type { ReadDocuments, Unreadable } from "../document.ts";
import { CONTAINERS, isObject, textOf, type Json } from "./values.ts";

/** One answer of a help centre's API: a list of articles, and what it says about the others. */
export interface ExportPage {
  /** What the pages of one list have in common: the list's name, and the API's address if a page names it. */
  list: string;
  ids: Set<string>;
  /** From 1. */
  page?: number | undefined;
  pages?: number | undefined;
  /** How many articles there are on all pages. */
  total?: number | undefined;
  hasNext: boolean;
  hasEarlier: boolean;
  /** A list that nothing surrounds, whose length is one that APIs give a page. */
  mayHaveNext: boolean;
}

/** Fields that WordPress and Freshdesk give. They say how many articles there are in the headers of the answer only. */
const FIELDS_OF_BARE_LISTS = ["modified_gmt", "_links", "folder_id"];
/** How many articles an API gives on one page. */
const PAGE_SIZES = new Set([10, 20, 25, 30, 50, 100]);
const TOTAL =
  /^(?:count|total|total_?count|total_?results|total_?entries|total_?elements|total_?items|found)$/i;
const PAGE = /^(?:page|current_?page|page_?number|number)$/i;
const PAGES = /^(?:pages|page_?count|total_?pages|last_?page)$/i;
const NEXT =
  /^(?:next|next_?page|next_?page_?token|next_?cursor|next_?link|next_?href|next_?url)$/i;
const EARLIER = /^(?:prev|previous|prev_?page|previous_?page)$/i;
const HAS_MORE = /^(?:has_?more|has_?next|has_?next_?page|more)$/i;
/** Where an answer keeps what it says about its pages. */
const AROUND = /^_?(?:meta|metadata|links|pages?|paging|pagination|page_?info)$/i;
/** Articles that Zendesk's incremental export gives at once. It names a next page even on the last one. */
const INCREMENT = 1000;

const MAX_DEPTH = 8;

/** The pages of lists of articles in an export. An empty list may be the last page. */
export function findPages(
  parsed: unknown,
  isArticle: (value: Json, list: string) => boolean,
): ExportPage[] {
  const pages: ExportPage[] = [];
  const walk = (value: unknown, depth: number): void => {
    if (depth > MAX_DEPTH) return;
    if (Array.isArray(value)) {
      if (value.every(isObject) && value.every((one) => isArticle(one, "")))
        pages.push(bareList(value));
      else for (const member of value as unknown[]) walk(member, depth + 1);
    } else if (isObject(value)) {
      const page = pageOf(value, isArticle);
      if (page) pages.push(page);
      else
        for (const member of Object.values(value)) {
          const isNested =
            Array.isArray(member) && member.some((one) => !isObject(one) || !isArticle(one, ""));
          if (isNested || isObject(member)) walk(member, depth + 1);
        }
    }
  };
  walk(parsed, 0);
  return pages;
}

/** The list of articles that an object holds, and what stands beside it; undefined if the object is no page of a list. */
function pageOf(
  value: Json,
  isArticle: (value: Json, list: string) => boolean,
): ExportPage | undefined {
  const [name, list] =
    Object.entries(value)
      .filter(
        (entry): entry is [string, Json[]] => Array.isArray(entry[1]) && entry[1].every(isObject),
      )
      .filter(
        ([each, members]) =>
          !CONTAINERS.has(each) &&
          (members.length === 0 || members.some((one) => isArticle(one, each))),
      )
      .toSorted(([, a], [, b]) => b.length - a.length)[0] ?? [];
  if (name === undefined || !list) return undefined;
  const said: Said = { hasNext: undefined, hasMore: undefined };
  readSaid(value, said, 0);
  if (value["end_time"] !== undefined)
    said.hasMore = (value["end_of_stream"] ?? (said.total ?? 0) < INCREMENT) === false;
  const { page, pages, total } = said;
  if (
    [page, pages, total, said.hasNext, said.hasMore, said.earlier].every((one) => one === undefined)
  )
    return undefined;
  const isBefore = page !== undefined && pages !== undefined && page < pages;
  return {
    list: said.path ? `${name} ${said.path}` : name,
    ids: idsOf(list),
    page,
    pages,
    total,
    hasNext: said.hasMore ?? (said.hasNext === true || isBefore),
    hasEarlier: said.earlier ?? (page ?? 1) > 1,
    mayHaveNext: false,
  };
}

/** A list without anything around it, as the APIs of WordPress and Freshdesk give it. */
function bareList(list: unknown[]): ExportPage {
  return {
    list: "",
    ids: idsOf(list),
    hasNext: false,
    hasEarlier: false,
    mayHaveNext:
      PAGE_SIZES.has(list.length) &&
      list.some((one) => isObject(one) && FIELDS_OF_BARE_LISTS.some((name) => name in one)),
  };
}

function idsOf(list: unknown[]): Set<string> {
  return new Set(
    list.map((one, at) => (isObject(one) && textOf(one["id"] ?? one["number"])) || `#${at}`),
  );
}

interface Said {
  page?: number;
  pages?: number;
  total?: number;
  hasNext: boolean | undefined;
  hasMore: boolean | undefined;
  earlier?: boolean;
  /** Of the address at which the list is, without parameters. */
  path?: string;
}

function readSaid(value: Json, said: Said, depth: number): void {
  for (const [name, member] of Object.entries(value)) {
    const number =
      typeof member === "number" || /^\d+$/.test(textOf(member)) ? Number(member) : NaN;
    if (TOTAL.test(name) && number >= 0) said.total ??= number;
    // Spring counts pages from 0 and calls them `number`.
    else if (PAGE.test(name) && number >= 0) said.page ??= name === "number" ? number + 1 : number;
    else if (PAGES.test(name) && number >= 0) said.pages ??= number;
    else if (HAS_MORE.test(name) && typeof member === "boolean") said.hasMore ??= member;
    else if (NEXT.test(name) || EARLIER.test(name)) {
      const isThere = Boolean(member) && member !== "null";
      if (NEXT.test(name)) said.hasNext = said.hasNext || isThere;
      else said.earlier = said.earlier || isThere;
      const address = isObject(member) ? textOf(member["href"] ?? member["link"]) : textOf(member);
      const path = URL.parse(address)?.pathname;
      if (path) said.path ??= path;
    } else if (AROUND.test(name) && depth < 2 && isObject(member))
      readSaid(member, said, depth + 1);
  }
}

const ADVICE = "Export all pages, and give them in one file or one folder";

/** Says which articles are missing, of lists whose pages were read from one or several files. */
export function withMissing(read: ReadDocuments): ReadDocuments {
  const pages = read.pages ?? [];
  const unreadable: Unreadable[] = [];
  for (const [, group] of Map.groupBy(pages, ({ list }) => list)) {
    const open = openEnds(group);
    const isWhole = open.length === 0 && group.length > 1;
    const absent = isWhole ? 0 : absentArticles(group);
    if (open.length === 0 && absent === 0) continue;
    const which = group.length === 1 && group[0] ? placeOf(group[0]) : open[0] && placeOf(open[0]);
    const count =
      absent > 0 ? `${absent} ${absent === 1 ? "article is" : "articles are"}` : "articles are";
    unreadable.push({
      source: "the export",
      reason: `It is not complete: ${which ? `${which}; ` : ""}${count} missing. ${ADVICE}`,
    });
  }
  const bare = pages.filter(({ list }) => list === "");
  const isFull = bare.length > 0 && bare.every(({ mayHaveNext }) => mayHaveNext);
  const size = bare[0]?.ids.size;
  const doubts = isFull
    ? [
        `The export is a list of exactly ${size} articles, which may be one page of several. ${ADVICE}, the last one too, even if it is empty`,
      ]
    : [];
  return { ...read, unreadable: [...read.unreadable, ...unreadable], doubts };
}

/** Pages that name another one which is not there. */
function openEnds(group: ExportPage[]): ExportPage[] {
  const withNumbers = group.filter(({ page }) => page !== undefined);
  if (withNumbers.length < group.length) {
    const going = group.filter(({ hasNext }) => hasNext);
    return going.length < group.length ? [] : going;
  }
  const at = (page: number): ExportPage[] => group.filter((one) => one.page === page);
  return group.filter(({ page = 1, hasNext, hasEarlier }) => {
    const going = at(page).filter((one) => one.hasNext).length;
    return (
      (hasNext && at(page + 1).length < going) ||
      (hasEarlier && page > 1 && at(page - 1).length === 0)
    );
  });
}

/** How many articles are missing of those that the pages count. Lists of one length without an address may be different ones. */
function absentArticles(group: ExportPage[]): number {
  let absent = 0;
  for (const [total, same] of Map.groupBy(group, (page) => page.total)) {
    const found = new Set(same.flatMap(({ ids }) => [...ids]));
    absent += Math.max(0, (total ?? 0) - found.size);
  }
  return absent;
}

function placeOf({ page, pages, hasNext }: ExportPage): string | undefined {
  if (page !== undefined && pages !== undefined) return `page ${page} of ${pages}`;
  if (page !== undefined && page > 1) return `page ${page}`;
  return hasNext ? "it names a next page" : undefined;
}
