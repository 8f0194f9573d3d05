import { mkdtemp, rm } from "node:fs/promises";
import { writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { covers, isSameCentre } from "../../../cli/exports/help-centre.ts";
import { readDocuments, type ReadSource } from "../../../cli/read-documents.ts";
import { findGone } from "../../../cli/prune.ts";

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "edgewise-exports-"));
});

afterEach(() => rm(folder, { recursive: true, force: true }));

async function read(files: Record<string, unknown>): Promise<ReadSource> {
  for (const [name, value] of Object.entries(files))
    await writeFile(path.join(folder, name), JSON.stringify(value));
  const [only, ...more] = Object.keys(files);
  return readDocuments(more.length === 0 && only ? path.join(folder, only) : folder);
}

const zendesk = (id: number, more: object = {}): object => ({
  id,
  url: `https://acme.zendesk.com/api/v2/help_center/en-us/articles/${id}.json`,
  html_url: `https://help.acme.example/hc/en-us/articles/${id}`,
  title: `Article ${id}`,
  body: "<p>Text</p>",
  locale: "en-us",
  section_id: id % 2,
  user_segment_id: null,
  ...more,
});
const articles = (from: number, to: number, more?: object): object[] =>
  Array.from({ length: to - from + 1 }, (_, at) => zendesk(from + at, more));

const LIST = "https://acme.zendesk.com/api/v2/help_center/en-us/articles.json?page=";
const page = (at: number, of: number, found: object[]): object => ({
  count: 5,
  page: at,
  page_count: of,
  next_page: at < of ? `${LIST}${at + 1}` : null,
  previous_page: at > 1 ? `${LIST}${at - 1}` : null,
  articles: found,
});
const INTERCOM = [
  {
    id: "9",
    type: "article",
    title: "A",
    body: "<p>a</p>",
    state: "published",
    workspace_id: "w1",
  },
];
const POST = {
  title: { rendered: "A" },
  content: { rendered: "<p>a</p>" },
  modified_gmt: "2026-01-01T00:00:00",
};
const posts = (count: number): object[] =>
  Array.from({ length: count }, (_, at) => ({
    ...POST,
    id: at,
    link: `https://acme.example/${at}`,
  }));

it.each<[string, Record<string, unknown>, RegExp]>([
  [
    "Zendesk, a page of three",
    { "a.json": page(1, 3, articles(1, 2)) },
    /page 1 of 3; 3 articles are missing/,
  ],
  [
    "Zendesk, the last page alone",
    { "a.json": page(3, 3, articles(5, 5)) },
    /page 3 of 3; 4 articles are missing/,
  ],
  [
    "Zendesk, the second of three pages missing",
    { "a.json": page(1, 3, articles(1, 2)), "b.json": page(3, 3, articles(5, 5)) },
    /2 articles are missing|articles are missing/,
  ],
  [
    "Zendesk, a count alone",
    { "a.json": { count: 250, next_page: null, articles: articles(1, 1) } },
    /249 articles are missing/,
  ],
  [
    "Zendesk, a cursor",
    {
      "a.json": { articles: articles(1, 2), meta: { has_more: true }, links: { next: `${LIST}x` } },
    },
    /names a next page/,
  ],
  [
    "Intercom",
    {
      "a.json": {
        type: "list",
        data: INTERCOM,
        pages: { page: 1, total_pages: 3 },
        total_count: 41,
      },
    },
    /page 1 of 3; 40 articles are missing/,
  ],
  [
    "Help Scout",
    {
      "a.json": {
        articles: {
          page: 1,
          pages: 3,
          count: 124,
          items: [
            { id: "1", name: "A", text: "a", publicUrl: "https://x.helpscoutdocs.com/article/1" },
          ],
        },
      },
    },
    /page 1 of 3; 123 articles are missing/,
  ],
  [
    "HubSpot",
    {
      "a.json": {
        total: 30,
        results: [{ id: 1, name: "A", body: "a", html_url: "https://x.example/1" }],
        paging: { next: { after: "NQ" } },
      },
    },
    /29 articles are missing/,
  ],
])(
  "an incomplete export is said to be incomplete, and nothing is pruned: %s",
  async (_, files, reason) => {
    const source = await read(files);
    const reasons = source.unreadable.map((one) => one.reason);
    expect(reasons).toEqual([expect.stringMatching(reason)]);
    expect(() => findGone(source, [], source.scope)).toThrow("Nothing is pruned");
  },
);

it.each<[string, Record<string, unknown>]>([
  [
    "all pages in one folder",
    {
      "a.json": page(1, 3, articles(1, 2)),
      "b.json": page(2, 3, articles(3, 4)),
      "c.json": page(3, 3, articles(5, 5)),
    },
  ],
  ["all pages in one file", { "a.json": [page(1, 2, articles(1, 3)), page(2, 2, articles(4, 5))] }],
  ["one page", { "a.json": page(1, 1, articles(1, 5)) }],
  [
    "two lists without an address",
    {
      "a.json": { page: 1, pages: 1, count: 2, articles: articles(1, 2) },
      "b.json": { page: 1, pages: 1, count: 3, articles: articles(3, 5) },
    },
  ],
  [
    "the end of a cursor",
    {
      "a.json": {
        articles: articles(1, 5),
        meta: { has_more: false },
        links: { next: `${LIST}x` },
      },
    },
  ],
  [
    "an incremental export, which always names a next page",
    { "a.json": { count: 5, end_time: 1, next_page: `${LIST}1`, articles: articles(1, 5) } },
  ],
  ["a bare list and its empty last page", { "a.json": posts(10), "b.json": [] }],
])("a complete export is not said to be incomplete: %s", async (_, files) => {
  const source = await read(files);
  expect(source.unreadable).toEqual([]);
  expect(findGone(source, [], source.scope)).toEqual([]);
});

it("a bare list as long as a page may be one page of several, so that nothing is pruned", async () => {
  const full = await read({ "a.json": posts(100) });
  expect(full.unreadable).toEqual([]);
  expect(() => findGone(full, [], full.scope)).toThrow("one page of several");
  const short = await read({ "b.json": posts(99) });
  expect(findGone(short, [], short.scope)).toEqual([]);
});

it("an export belongs to its help centre, whatever its file is called", async () => {
  const first = await read({ "a.json": page(1, 1, articles(1, 5)) });
  const later = await read({ "2026-12.json": { count: 4, articles: articles(1, 4) } });
  expect(later.scope).toBe(first.scope);
  const stored = first.documents.map(({ external_id }) => ({
    external_id,
    metadata: { ingest_scope: first.scope },
    status: "live" as const,
    version: 1,
    error: null,
    updated_at: "",
  }));
  expect(findGone(later, stored, later.scope)).toEqual(["5"]);
  // One section is a part of it: what stands in the others is kept.
  const section = await read({ "s.json": articles(1, 1) });
  expect(findGone(section, stored, section.scope)).toEqual([]);
  expect(covers(first.scope, section.scope)).toBe(true);
  expect(isSameCentre(section.scope, first.scope)).toBe(true);
  // Zendesk gives translations the article's id.
  const german = await read({ "de.json": articles(1, 1, { locale: "de" }) });
  expect(isSameCentre(german.scope, first.scope)).toBe(false);
});
