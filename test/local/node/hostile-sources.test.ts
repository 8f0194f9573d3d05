import { mkdir, mkdtemp, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { zipSync } from "fflate";
import { afterAll, expect, it } from "vitest";
import { printable } from "../../../cli/command.ts";
import { documentsFromFolder } from "../../../cli/documents-from-folder.ts";
import { documentsFromLines } from "../../../cli/documents-from-jsonl.ts";
import { readEpub } from "../../../cli/convert/epub.ts";
import { readOpenDocument } from "../../../cli/convert/open-document.ts";
import { unpack, UnpackBudget } from "../../../cli/convert/unpack.ts";
import { documentsFromExport } from "../../../cli/exports/read-export.ts";
import { documentsFromTable } from "../../../cli/exports/table.ts";
import { readPage } from "../../../cli/page.ts";
import { parseMarkdownFile } from "../../../cli/parse-file.ts";
import { isNotFound } from "../../../cli/site/not-found.ts";
import { Site } from "../../../cli/site/site.ts";

const servers: Server[] = [];
afterAll(() => {
  for (const server of servers) server.close();
});

it.each([
  ';;;\n{\n  "audience": ["staff"],\n}\n;;;\n',
  ';;;\n  "title": "x",\n  "audience": ["staff"],\n;;;\n',
  '{\n  "title": "x",\n  "audience": ["staff"],\n}\n',
  '---json\n{\n  "audience": ["staff"],\n}\n---\n',
  "---\n  title: a: b\n  audience: staff\n---\n",
  "---\n\nTitle: x\naudience: staff\n---\n",
  "---\ntitle: x\nAudience: staff\n---\n",
  "---\ntitle: x\naudiences: [staff]\n---\n",
  "---\ntitle: x\n\taudience: staff\n---\n",
  "---\nparams:\n  audience: staff\n---\n",
  "---\naudience: staff\n\n",
  "---\naudience: staff\n----\n",
  "--- # fields\naudience: staff\n---\n",
  "--- yaml\naudience: staff\n---\n",
  '+++\ntitle = "x"\n[params]\n  audience = ["staff"]\n+++\n',
  '+++\ntitle = x y\n[params]\n  audience = ["staff"]\n+++\n',
])("a document whose audience cannot be read is refused: %j", (frontMatter) => {
  expect(() => parseMarkdownFile("a", `${frontMatter}Text.\n`)).toThrow(/audience/);
});

it.each([
  '{ "title": "x", "audience": ["staff"] }\n',
  '{\n  "title": "x",\n  "audience": ["staff"]\n  }\n',
  "---\ndefaults: &defaults\n  audience: [staff]\n<<: *defaults\n---\n",
])("an audience is read wherever a site's generator reads it: %j", (frontMatter) => {
  const { document } = parseMarkdownFile("a", `${frontMatter}Text.\n`);
  expect(document.audience).toEqual(["staff"]);
  expect(document.content.trim()).toBe("Text.");
});

it("a line of JSON with a misspelt audience is refused", () => {
  const line = JSON.stringify({ id: 1, text: "Text", Audience: "staff" });
  const { documents, unreadable } = documentsFromLines(line, "file", {});
  expect([documents.length, unreadable.length]).toEqual([0, 1]);
});

const article = { id: 1, title: "A", body: "<p>Text</p>", html_url: "https://help.example.com/1" };

it.each<[string, object]>([
  ["an object for its readers", { articles: [{ ...article, visibility: { type: "team" } }] }],
  ["a segment as an object", { articles: [{ ...article, user_segment: { user_type: "staff" } }] }],
  ["another spelling", { articles: [{ ...article, isPrivate: true }] }],
  ["public: false", { articles: [{ ...article, is_public: false }] }],
  [
    "a password",
    { articles: [{ ...article, content: { rendered: "<p>x</p>", protected: true } }] },
  ],
  ["a folder around it", { folders: [{ id: 3, name: "F", visibility: 3, articles: [article] }] }],
  [
    "a folder beside it",
    { folders: [{ id: 3, name: "F", visibility: 3 }], articles: [{ ...article, folder_id: 3 }] },
  ],
  [
    "a category of its folder",
    {
      categories: [{ id: 2, name: "C", visibility: "private" }],
      folders: [{ id: 3, name: "F", category_id: 2 }],
      articles: [{ ...article, folder_id: 3 }],
    },
  ],
  [
    "a translation that says nothing of it",
    {
      articles: [
        {
          ...article,
          user_segment_id: 360000,
          translations: [{ locale: "de", title: "A", body: "Text", user_segment_id: null }],
        },
      ],
    },
  ],
])("an article of an export that not everybody may read is refused: %s", (_, exported) => {
  const read = documentsFromExport(JSON.stringify(exported), {});
  expect(read?.documents).toEqual([]);
  expect(read?.unreadable[0]?.reason).toMatch(/Only some readers/);
  const mapped = documentsFromExport(JSON.stringify(exported), { restrictedAudience: "staff" });
  expect(mapped?.documents.length).toBeGreaterThan(0);
  for (const { audience } of mapped?.documents ?? []) expect(audience).toEqual(["staff"]);
});

it.each<[string, object]>([
  ["another spelling", { ...article, isDraft: true }],
  ["scheduled", { ...article, status: "future" }],
  [
    "a translation of a draft",
    { ...article, state: "draft", translations: [{ locale: "de", title: "A", body: "Text" }] },
  ],
])("an article of an export that is not published is left out: %s", (_, draft) => {
  const read = documentsFromExport(JSON.stringify({ articles: [draft] }), {});
  expect(read?.documents).toEqual([]);
});

it("the second of two columns for an article's state counts where the first is empty", () => {
  const table = "id,title,body,status,Publication status\n1,A,Text,,Draft\n";
  expect(documentsFromTable(table, ".csv", {})?.documents).toEqual([]);
});

it("AsciiDoc includes no hidden file of its folder", async () => {
  const folder = await mkdtemp(path.join(tmpdir(), "edgewise-hidden-"));
  await mkdir(path.join(folder, ".git"));
  await writeFile(path.join(folder, ".env"), "KEY=of-the-env-file");
  await writeFile(path.join(folder, ".git/config"), "url = of-the-git-config");
  await writeFile(path.join(folder, "part.txt"), "Of the part.");
  const includes = "include::part.txt[]\n\ninclude::.env[]\n\ninclude::.git/config[]\n";
  await writeFile(path.join(folder, "a.adoc"), `= A\n\nText.\n\n${includes}`);
  const { documents } = await documentsFromFolder(folder);
  const content = documents.find(({ external_id }) => external_id === "a")?.content;
  expect(content).toContain("Of the part.");
  expect(content).not.toMatch(/of-the/);
});

it("a title or refresh of a page that is made to be costly takes no time", () => {
  const started = performance.now();
  expect(isNotFound(`${"404 ".repeat(40)}x`, "", "")).toBe(false);
  expect(isNotFound(`${": ".repeat(90)}x`, "", "")).toBe(false);
  readPage(`<meta http-equiv="refresh" content="${"1".repeat(300_000)}">`);
  expect(performance.now() - started).toBeLessThan(1000);
});

it("of a robots.txt that is too long the beginning counts", async () => {
  const server = createServer((_, response) => {
    response.setHeader("content-type", "text/plain");
    response.end(`User-agent: *\nDisallow: /private/\n${"# x\n".repeat(200_000)}`);
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", () => resolve()));
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const site = new Site(address, 0);
  await site.readRobots(address);
  expect(site.mayRead(`${address}private/a`)).toBe(false);
  expect(site.mayRead(`${address}public`)).toBe(true);
});

it("archives within an archive share what they may unpack to", () => {
  const inner = zipSync({ "a.txt": new Uint8Array(2 * 1024 * 1024) }, { level: 9 });
  const budget = new UnpackBudget(5 * 1024 * 1024);
  for (let time = 0; time < 2; time++) unpack(inner, () => true, budget);
  expect(() => unpack(inner, () => true, budget)).toThrow(/unpacks to more/);
});

it("a sheet or book that repeats its parts is not written out without end", () => {
  const cell = `<table:table-cell table:number-columns-repeated="100"><text:p>${"x".repeat(100_000)}</text:p></table:table-cell>`;
  const row = `<table:table-row table:number-rows-repeated="100">${cell}</table:table-row>`;
  const sheet = zipSync({ "content.xml": Buffer.from(`<office:body>${row}</office:body>`) });
  expect(() => readOpenDocument("a", sheet)).toThrow(/too much text/);

  const item = '<item id="a" href="a.xhtml"/>';
  const opf = `<package>${item}<spine>${'<itemref idref="a"/>'.repeat(1000)}</spine></package>`;
  const book = zipSync({
    "META-INF/container.xml": Buffer.from('<rootfile full-path="book.opf"/>'),
    "book.opf": Buffer.from(opf),
    "a.xhtml": Buffer.from("<body>Text.</body>"),
  });
  expect(readEpub("a", book).document.content.match(/Text\./g)).toHaveLength(1);
});

it("the terminal shows no control sequence of a site or file", () => {
  expect(printable("a\u001B[2J\u009B1A\r\nb\u202E")).toBe("a [2J 1A b ");
});
