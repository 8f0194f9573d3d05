import { readFields } from "../../../cli/fields.ts";
import { parseTextFile } from "../../../cli/parse-file.ts";
import { strToU8, zipSync } from "fflate";
import { titleOfFile } from "../../../cli/file-title.ts";
import { locate, otherVersion, readDocusaurus } from "../../../cli/docusaurus.ts";
import { expect, it } from "vitest";
import { addressOf, type AddressRule } from "../../../cli/addresses.ts";
import { decodeText } from "../../../cli/decode.ts";
import { idsOfFiles, keepIds } from "../../../cli/document-ids.ts";
import { languagesOfFiles } from "../../../cli/languages.ts";
import { isNotFound } from "../../../cli/site/not-found.ts";
import { withAbsoluteLinks } from "../../../cli/site/links.ts";
import { pageKey, withoutTracking } from "../../../cli/site/same-page.ts";

const bytes = (text: string, encoding: BufferEncoding = "latin1"): Uint8Array =>
  Buffer.from(text, encoding);

it("text without a declared encoding is read in the most probable one, which is said", () => {
  const cases: [string, string, RegExp | undefined][] = [
    ["R\xfcckgabe f\xfcr Gr\xf6\xdfen", "Rückgabe für Größen", /windows-1252/],
    ["\xcf\xf0\xe8\xe2\xe5\xf2, \xec\xe8\xf0", "Привет, мир", /windows-1251/],
    ["\xcd\xcb\xbb\xf5\xc6\xda\xcf\xde\xce\xaa30\xcc\xec\xa1\xa3", "退货期限为30天。", /gb18030/],
    ["\xb9\xdd\xc7\xb0\xc0\xba 30\xc0\xcf", "반품은 30일", /euc-kr/],
    ["plain", "plain", undefined],
  ];
  for (const [given, text, note] of cases) {
    const decoded = decodeText(bytes(given));
    expect(decoded.text).toBe(text);
    if (note) expect(decoded.note).toMatch(note);
    else expect(decoded).not.toHaveProperty("note");
  }
});

it("a declared encoding counts, but not against bytes that are valid UTF-8", () => {
  const utf8 = bytes("Größe", "utf8");
  expect(decodeText(utf8, { charset: "iso-8859-1" })).toEqual({ text: "Größe" });
  expect(decodeText(bytes("Gr\xf6\xdfe"), { charset: "latin1" })).toEqual({ text: "Größe" });
  const meta = bytes('<meta charset="iso-8859-5"><p>\xbf\xe0\xd8\xd2\xd5\xe2</p>');
  expect(decodeText(meta, { isMarkup: true }).text).toContain("Привет");
  // "联通" in GBK is valid UTF-8 for something else.
  expect(decodeText(bytes("\xc1\xaa\xcd\xa8"), { charset: "gbk" })).toEqual({ text: "联通" });
});

it("files that differ in their extension only have ids that do not depend on the others' order", () => {
  const ids = idsOfFiles(["a/faq.pdf", "a/faq.md", "b.docx", "c.json", "c.pdf"]);
  expect([...ids].toSorted()).toEqual([
    ["a/faq.md", "a/faq"],
    ["a/faq.pdf", "a/faq.pdf"],
    ["b.docx", "b"],
    ["c.json", "c.json"],
    ["c.pdf", "c"],
  ]);
  expect(() => idsOfFiles(["a b.md", "a-b.md", "a  b.md"])).toThrow("rename all but one");
});

it("a file keeps the id under which the instance has it", () => {
  const of = (external_id: string, source: string) => ({
    external_id,
    source,
    title: "",
    content: "",
    content_type: "text/plain",
  });
  const read = [of("faq", "faq.md"), of("faq.pdf", "faq.pdf"), of("x", "y.json")];
  const kept = keepIds(read, (id) => (id === "faq" ? "faq.pdf" : undefined));
  expect(kept.map(({ external_id }) => external_id)).toEqual(["faq.md", "faq", "x"]);
  expect(keepIds(read, () => undefined)).toEqual(read);
});

it("an address is made of a path as the site's generator makes it", () => {
  const rule: AddressRule = {
    name: "",
    dropsNumbers: true,
    suffix: "",
    baseUrl: "https://example.com/docs",
  };
  const at = (file: string, place = {}): string => addressOf(file, place, rule);
  expect(at("1.start/02-install.md")).toBe("https://example.com/docs/start/install");
  expect(at("2024-11-03-news.md")).toBe("https://example.com/docs/2024-11-03-news");
  expect(at("a/b.md", { slug: "c" })).toBe("https://example.com/docs/a/c");
  expect(at("a/b.md", { path: "/docs/q/" })).toBe("https://example.com/docs/q/");
  expect(at("i18n/de/docusaurus-plugin-content-docs/current/a.md")).toBe(
    "https://example.com/docs/de/a",
  );
});

it("two letters are a language only beside another one", () => {
  const files = [
    "de/a.md",
    "en/a.md",
    "de/only.md",
    "it/network.md",
    "faq.md",
    "faq.fr.md",
    "v1.io.md",
  ];
  expect([...languagesOfFiles(files)].toSorted()).toEqual([
    ["de/a.md", "de"],
    ["de/only.md", "de"],
    ["en/a.md", "en"],
    ["faq.fr.md", "fr"],
  ]);
});

it("a title that is nothing but 'not found' is one, in several languages, and an article about it is none", () => {
  for (const title of [
    "404",
    "Page not found | Acme",
    "Seite nicht gefunden – Hilfe",
    "Error 404: La página no existe",
    "Page introuvable",
    "ページが見つかりません",
    "Oops! We can’t find that page",
  ])
    expect([title, isNotFound(title, "", "Back to the start")]).toEqual([title, true]);
  for (const title of [
    "Fixing “Page not found”",
    "Error 404 in the API",
    "Route 404",
    "Not found items: returns",
  ])
    expect([title, isNotFound(title, "", "Short text")]).toEqual([title, false]);
});

it("addresses of one page have one key, and links lead where a browser would go", () => {
  const same = [
    "http://www.a.example/x/",
    "https://a.example/x/index.html",
    "https://a.example/x?utm_id=1#y",
  ];
  expect(new Set(same.map(pageKey)).size).toBe(1);
  expect(pageKey("https://a.example/x?page=2")).not.toBe(pageKey("https://a.example/x"));
  expect(withoutTracking("https://a.example/x?b=%20&gclid=1")).toBe("https://a.example/x?b=+");
  const html = `<a class="x" href="../y?a=1&amp;b=2">y</a><a href='#tab'>t</a><a href="mailto:a@b.example">m</a>`;
  expect(withAbsoluteLinks(html, "https://a.example/x/z")).toBe(
    `<a class="x" href="https://a.example/y?a=1&amp;b=2">y</a><a href='#tab'>t</a><a href="mailto:a@b.example">m</a>`,
  );
});

it("Docusaurus's configuration says where its documents are shown, whatever part of the site is named", () => {
  const config = `export default { baseUrl: "/kb/", // baseUrl: "/no/"
    presets: [["classic", { docs: { sidebarPath: "x", routeBasePath: "guide" }, blog: false }]],
    plugins: [["@docusaurus/plugin-content-docs", { id: "api", path: "api", routeBasePath: "reference" }]] };`;
  const at = (file: string, baseUrl: string, below = "", versions = ""): string | undefined =>
    locate(file, baseUrl, readDocusaurus(config, below, versions))?.base;
  const site = "https://example.com";
  expect(at("docs/a.md", site)).toBe(`${site}/kb/guide`);
  expect(at("docs/a.md", `${site}/kb/`)).toBe(`${site}/kb/guide`);
  expect(at("api/a.md", site)).toBe(`${site}/kb/reference`);
  expect(at("src/pages/a.md", site)).toBe(`${site}/kb`);
  expect(at("README.md", site)).toBeUndefined();
  expect(at("a.md", site, "docs")).toBe(`${site}/kb/guide`);
  expect(at("a.md", `${site}/kb/guide`, "docs")).toBe(`${site}/kb/guide`);
  expect(at("a.md", `${site}/elsewhere`, "docs")).toBe(`${site}/elsewhere`);
  expect(at("a.md", `${site}/kb/guide/b`, "docs/b")).toBe(`${site}/kb/guide`);
  const versions = '["2.0", "1.0"]';
  expect(at("versioned_docs/version-2.0/a.md", site, "", versions)).toBe(`${site}/kb/guide`);
  expect(at("a.md", site, "docs", versions)).toBe(`${site}/kb/guide/next`);
  expect(at("a.md", site, "versioned_docs/version-1.0", versions)).toBe(`${site}/kb/guide/1.0`);
  const whole = readDocusaurus(config, "", versions);
  expect(otherVersion("docs/a.md", whole)).toContain("not released");
  expect(otherVersion("versioned_docs/version-1.0/a.md", whole)).toContain("version 1.0");
  expect(otherVersion("versioned_docs/version-2.0/a.md", whole)).toBeUndefined();
});

it("a file that the instance converts has the title that it gives itself, unless a program wrote it", () => {
  const word = (body: string, title: string): Uint8Array =>
    zipSync({
      "word/document.xml": strToU8(`<w:document><w:body>${body}</w:body></w:document>`),
      "docProps/core.xml": strToU8(
        `<cp:coreProperties><dc:title>${title}</dc:title></cp:coreProperties>`,
      ),
    });
  const styled = (style: string, text: string): string =>
    `<w:p><w:pPr><w:pStyle w:val="${style}"/></w:pPr><w:r><w:t xml:space="preserve">${text}</w:t></w:r></w:p>`;
  const one = styled("Heading1", "Return your bike");
  expect(titleOfFile(word(one, "Old template"), "docx")).toBe("Return your bike");
  expect(titleOfFile(word(one + styled("Heading1", "Costs"), "Returns &amp; costs"), "docx")).toBe(
    "Returns & costs",
  );
  expect(titleOfFile(word("", "Microsoft Word - returns.docx"), "docx")).toBeUndefined();
  expect(titleOfFile(word("", "Document1"), "docx")).toBeUndefined();
  expect(titleOfFile(strToU8("no zip"), "docx")).toBeUndefined();
  const pdf = (title: string): Uint8Array =>
    strToU8(
      `%PDF-1.4\n4 0 obj\n<</Title (Bookmark)>>\nendobj\n5 0 obj\n<< /Producer (x) /Title ${title} >>\nendobj\ntrailer << /Info 5 0 R >>`,
    );
  expect(titleOfFile(pdf("(Safety \\(2026\\))"), "pdf")).toBe("Safety (2026)");
  expect(titleOfFile(pdf("<FEFF00DC0062>"), "pdf")).toBe("Üb");
  expect(titleOfFile(strToU8("%PDF-1.4"), "pdf")).toBeUndefined();
});

it("a text's first line is its title if it stands alone, and a day that does not exist is no date", () => {
  const title = (source: string): string => parseTextFile("spare-key", source).document.title;
  expect(title("Order a spare key\r\n\r\nIt costs 24.90.")).toBe("Order a spare key");
  expect(title("Order a spare key\n=======\nIt costs 24.90.")).toBe("Order a spare key");
  expect(title("It costs 24.90.\n\nIt takes 7 days.")).toBe("spare key");
  expect(title("It costs 24.90\nand takes 7 days.")).toBe("spare key");
  expect(readFields({ updated: "2026-02-30" })).toEqual({
    notes: ['updated_at: "2026-02-30" is not a date, or a time without its zone'],
  });
});
