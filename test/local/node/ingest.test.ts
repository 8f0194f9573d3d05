import { execFileSync } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type Server } from "node:http";
import { tmpdir } from "node:os";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { strToU8, zipSync } from "fflate";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { idOf } from "../../../cli/site/same-page.ts";
import { parseSitemap } from "../../../cli/site/sitemap.ts";
import { readCheckout } from "../../../cli/git-checkout.ts";
import { runIngest } from "../../support/run-ingest.ts";

interface Stored {
  external_id: string;
  content: string;
  url?: string;
  updated_at?: string;
  metadata: Record<string, unknown>;
}

/** An instance, as far as the command sees one, and a site. */
const stored = new Map<string, Stored>();
const pages = new Map<
  string,
  { status?: number; type?: string; body: string | Buffer; to?: string }
>();
const requested: string[] = [];
let refuse: string | undefined;
let server: Server;
let url: string;
let folder: string;

beforeAll(async () => {
  server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? "/", "http://localhost");
    requested.push(`${request.method} ${pathname}`);
    if (!pathname.startsWith("/v1/")) {
      const page = pages.get(pathname) ?? { status: 404, body: "" };
      const { status = page.to ? 302 : 200, type = "text/html" } = page;
      response.writeHead(status, { "content-type": type, ...(page.to && { location: page.to }) });
      response.end(page.body);
      return;
    }
    response.setHeader("content-type", "application/json");
    void (async () =>
      response.end(JSON.stringify(await answer(request, pathname, searchParams))))();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  url = `http://127.0.0.1:${typeof address === "object" && address ? address.port : 0}`;
});

afterAll(async () => {
  server.close();
  await rm(folder, { recursive: true, force: true });
});

beforeEach(async () => {
  stored.clear();
  pages.clear();
  requested.length = 0;
  refuse = undefined;
  folder = await mkdtemp(path.join(tmpdir(), "edgewise-ingest-"));
});

async function answer(
  request: IncomingMessage,
  pathname: string,
  query: URLSearchParams,
): Promise<object> {
  let body = "";
  for await (const part of request) body += String(part);
  if (request.method === "DELETE") {
    stored.delete(decodeURIComponent(pathname.split("/").at(-1) ?? ""));
    return {};
  }
  if (request.method === "POST") {
    const errors: object[] = [];
    for (const [index, line] of body.split("\n").entries()) {
      const document = JSON.parse(line) as Stored;
      if (document.external_id === refuse) errors.push({ line: index + 1, detail: "refused" });
      else stored.set(document.external_id, document);
    }
    const created = body.split("\n").length - errors.length;
    return { created, changed: 0, unchanged: 0, stale: 0, errors };
  }
  const documents = query.get("status") ? [] : [...stored.values()];
  return { documents, next_cursor: null };
}

const ingest = (...args: string[]): ReturnType<typeof runIngest> =>
  runIngest(...args, "--url", url, "--key", "sk_test", "--pause", "0");

const ids = (): string[] => [...stored.keys()].toSorted();

async function write(files: Record<string, string>): Promise<void> {
  for (const [name, text] of Object.entries(files)) {
    await mkdir(path.dirname(path.join(folder, name)), { recursive: true });
    await writeFile(path.join(folder, name), text);
  }
}

it("ingest uploads a folder with few requests, and prunes only documents that the folder once had", async () => {
  await write({ "a.md": "# A\n\nText", "b.md": "# B\n\nText", "sub/c.txt": "Text" });
  const first = await ingest(folder);
  expect([first.code, first.output]).toEqual([0, expect.stringContaining("3 created")]);
  expect(requested.filter((line) => line.startsWith("POST"))).toHaveLength(1);
  // Brought by something else.
  stored.set("other", { external_id: "other", content: "", metadata: {} });
  stored.set("theirs", { external_id: "theirs", content: "", metadata: { ingest_scope: "git:x" } });

  await rm(path.join(folder, "b.md"));
  const unasked = await ingest(folder);
  expect([unasked.code, ids().length]).toEqual([0, 5]);
  // Where nobody can be asked, nothing is deleted, and it says how many would be.
  const refused = await ingest(folder, "--prune");
  expect([refused.code, refused.output]).toEqual([
    1,
    expect.stringContaining("1 document of folder:"),
  ]);
  expect(ids()).toEqual(["a", "b", "other", "sub/c", "theirs"]);
  const pruned = await ingest(folder, "--prune", "--yes");
  expect([pruned.code, pruned.output]).toEqual([0, expect.stringContaining("1 deleted")]);
  expect(ids()).toEqual(["a", "other", "sub/c", "theirs"]);

  // A file that cannot be read is not one that is gone, and keeps no other one that is.
  await write({ "sub/c.txt": "" });
  await rm(path.join(folder, "a.md"));
  await write({ "d.md": "# D" });
  const unreadable = await ingest(folder, "--prune", "--yes");
  expect(unreadable.code).toBe(1);
  expect(ids()).toEqual(["d", "other", "sub/c", "theirs"]);
  // Neither is an empty folder a wish to delete all.
  await rm(path.join(folder, "sub/c.txt"));
  await rm(path.join(folder, "d.md"));
  expect((await ingest(folder, "--prune", "--yes")).code).toBe(1);
  expect(ids()).toHaveLength(4);
});

it("ingest lists the ids of documents that the instance refuses", async () => {
  await write({ "a.md": "# A\n\nText", "b.md": "# B\n\nText" });
  refuse = "b";
  const { code, output } = await ingest(folder);
  expect([code, output]).toEqual([1, expect.stringContaining("failed: b: refused")]);
  expect(ids()).toEqual(["a"]);
});

it("ingest reads the files of a git checkout that git knows, as of their last commit", async () => {
  await write({ "docs/a b.md": "# A", "docs/é.md": "# E", "docs/new.md": "# New" });
  const git = (...args: string[]): string =>
    execFileSync("git", ["-c", "user.name=x", "-c", "user.email=x@example.com", ...args], {
      cwd: folder,
      encoding: "utf8",
      env: { ...process.env, GIT_COMMITTER_DATE: "2026-01-02T03:04:05Z" },
    });
  git("init", "-q");
  git("add", "docs/a b.md", "docs/é.md");
  git("commit", "-qm", "first");
  git("remote", "add", "origin", "https://user:token@example.com/team/help.git");
  await write({ "docs/é.md": "# E, edited" });
  const docs = path.join(folder, "docs");
  const { code } = await ingest(docs);
  expect(code).toBe(0);
  expect(ids()).toEqual(["a-b", "é"]);
  const committed = stored.get("a-b")?.updated_at ?? "";
  expect(new Date(committed).toISOString()).toBe("2026-01-02T03:04:05.000Z");
  // What is not committed has no time yet.
  expect(stored.get("é")?.updated_at).toBeUndefined();
  expect(stored.get("é")?.metadata).toEqual({
    ingest_scope: "git:example.com/team/help/docs",
    ingest_file: "é.md",
  });
  const elsewhere = await mkdtemp(path.join(tmpdir(), "edgewise-no-git-"));
  expect(await readCheckout(elsewhere)).toBeUndefined();
});

it("ingest fetches the pages of a sitemap, through indexes and gzip, and none of other hosts", async () => {
  const urlset = (...locs: string[]): string =>
    `<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">${locs
      .map((loc) => `<url><loc>${loc}</loc><xhtml:link rel="alternate" href="x"/></url>`)
      .join("")}</urlset>`;
  const html = (title: string): string =>
    `<html><head><title>${title}</title></head><body><p>About ${title}</p></body></html>`;
  pages.set("/sitemap.xml", {
    type: "application/xml",
    body: `<sitemapindex><sitemap><loc>${url}/one.xml.gz</loc></sitemap><sitemap><loc>${url}/two.xml</loc></sitemap></sitemapindex>`,
  });
  pages.set("/one.xml.gz", {
    type: "application/gzip",
    body: gzipSync(
      urlset(`${url}/help/a`, `${url}/help/b%20c#part`, "https://elsewhere.example/x"),
    ),
  });
  pages.set("/two.xml", {
    body: urlset(`${url}/`, `${url}/help/a`, `${url}/moved`, `${url}/away`),
  });
  pages.set("/", { body: html("Home") });
  pages.set("/help/a", { body: html("A") });
  pages.set("/help/b%20c", { body: html("B") });
  pages.set("/moved", { body: "", to: "/help/a" });
  pages.set("/away", { body: "", to: "http://169.254.169.254/secret" });
  const { code, output } = await ingest("--sitemap", `${url}/sitemap.xml`);
  // A page that is another host's is none of this site.
  expect(code).toBe(0);
  expect(output).toContain("left out: /away: It redirects to another host, 169.254.169.254");
  expect(output).toContain("1 page of other hosts");
  expect(output).toContain("left out: /moved: It redirects to");
  expect(ids()).toEqual(["help/a", "help/b-c", "index"]);
  expect(stored.get("help/a")).toMatchObject({ url: `${url}/help/a`, content: html("A") });
  expect(requested.filter((line) => line === "GET /help/a")).toHaveLength(2);

  // A page that fails keeps its document, one that is gone does not, and a sitemap that fails prunes nothing.
  const scope = `sitemap:${new URL(url).host}/sitemap.xml`;
  expect(stored.get("index")?.metadata).toEqual({ ingest_scope: scope, ingest_file: "/" });
  pages.set("/two.xml", { body: urlset(`${url}/`) });
  pages.set("/", { status: 500, body: "" });
  pages.set("/help/a", { status: 404, body: "" });
  expect((await ingest("--sitemap", `${url}/sitemap.xml`, "--prune", "--yes")).code).toBe(1);
  pages.set("/one.xml.gz", { body: "<html>Please log in</html>" });
  const broken = await ingest("--sitemap", `${url}/sitemap.xml`, "--prune", "--yes");
  expect([broken.code, broken.output]).toEqual([1, expect.stringContaining("no sitemap")]);
  expect(ids()).toEqual(["help/b-c", "index"]);

  // One page for customers is left out. A site that asks for a login everywhere may be closed for a while only.
  pages.set("/", { body: html("Home") });
  pages.set("/account", { body: "", to: "/login" });
  pages.set("/login", { body: "<h1>Sign in</h1><form><input type=password></form>" });
  pages.set("/sitemap.xml", { body: urlset(`${url}/`, `${url}/help/b%20c`, `${url}/account`) });
  const closed = await ingest("--sitemap", `${url}/sitemap.xml`);
  expect([closed.code, closed.output]).toEqual([
    0,
    expect.stringContaining("left out: /account: It asks for a login"),
  ]);
  pages.set("/help/b%20c", { body: "", to: "/login" });
  expect((await ingest("--sitemap", `${url}/sitemap.xml`, "--prune", "--yes")).code).toBe(1);
  expect(ids()).toEqual(["help/b-c", "index"]);
  pages.set("/sitemap.xml", { body: urlset(`${url}/`) });
  expect((await ingest("--sitemap", `${url}/sitemap.xml`, "--prune", "--yes")).code).toBe(0);
  expect(ids()).toEqual(["index"]);
});

it("ingest reads broken sitemaps as far as they go", () => {
  const source = `<urlset><url><loc> https://a.example/x?a=1&amp;b=2 </loc><image:image><image:loc>https://a.example/i.png</image:loc></image:image></url>
    <url><loc><![CDATA[https://a.example/y]]></loc></url><url><loc>ftp://a.example/z</loc></url><url><loc>not a url</loc></url></urlset>`;
  expect(parseSitemap(source)).toMatchObject({
    sitemaps: [],
    urls: ["https://a.example/x?a=1&b=2", "https://a.example/y"],
  });
  expect(() => parseSitemap("<html></html>")).toThrow("no sitemap");
  expect(idOf("https://a.example/")).toBe("index");
  expect(idOf("https://a.example/de/a%20b/?q=1")).toBe("de/a-b?q=1");
  expect(idOf("https://a.example/%E0%A4%A")).toBe("%E0%A4%A");
});

it("ingest overwrites no document of another source unless it is told to", async () => {
  await write({ "faq.md": "# FAQ\n\nOurs" });
  const theirs = { external_id: "faq", content: "Theirs", metadata: { ingest_scope: "git:x" } };
  stored.set("faq", theirs);
  const refused = await ingest(folder);
  expect([refused.code, refused.output]).toEqual([1, expect.stringContaining("faq: from git:x")]);
  expect(stored.get("faq")).toEqual(theirs);
  expect((await ingest(folder, "--id-prefix", "shop/")).code).toBe(0);
  expect(ids()).toEqual(["faq", "shop/faq"]);
  expect((await ingest(folder, "--take-over")).code).toBe(0);
  expect(stored.get("faq")?.content).toContain("Ours");
});

it("ingest leaves a file its id when a file with the same stem appears beside it", async () => {
  await write({ "faq.txt": "From text" });
  expect((await ingest(folder)).code).toBe(0);
  await write({ "faq.md": "# FAQ\n\nFrom Markdown" });
  expect((await ingest(folder)).code).toBe(0);
  expect([...stored].map(([id, { content }]) => [id, content.slice(-8)])).toEqual([
    ["faq", "rom text"],
    ["faq.md", "Markdown"],
  ]);
  // Alone again, the other file keeps its id, too.
  await rm(path.join(folder, "faq.txt"));
  expect((await ingest(folder, "--prune", "--yes")).code).toBe(0);
  expect(ids()).toEqual(["faq.md"]);
});

it("ingest reads single files, archives of folders, and exports", async () => {
  await write({
    "one.md": "# One\n\nText",
    "export.json": JSON.stringify({
      articles: [
        { id: 1, title: "Open", body: "<p>Text</p>", html_url: "https://help.example.com/1" },
        { id: 2, title: "For staff", body: "<p>Text</p>", user_segment_id: 5 },
      ],
    }),
  });
  const zipped = zipSync({
    "docs/two.md": strToU8("# Two\n\nText"),
    "../evil.md": strToU8("# Evil\n\nText"),
  });
  await writeFile(path.join(folder, "all.zip"), zipped);
  const read = async (file: string, ...more: string[]): Promise<string> =>
    (await ingest(path.join(folder, file), "--dry-run", ...more)).output;
  expect(await read("one.md", "--base-url", "https://help.example.com")).toContain(
    "one\ttext/markdown\tOne\thttps://help.example.com/one",
  );
  expect(await read("all.zip")).toMatch(
    /docs\/two\ttext\/markdown\tTwo\tno url\n[^]*1 document would/,
  );
  const refused = await ingest(path.join(folder, "export.json"), "--no-wait");
  expect([refused.code, ids()]).toEqual([1, ["1"]]);
  expect(refused.output).toContain("not read: 2: Only some readers may see it");
  const mapped = ["--restricted-audience", "staff", "--no-wait"];
  expect((await ingest(path.join(folder, "export.json"), ...mapped)).code).toBe(0);
  expect(stored.get("2")).toMatchObject({ audience: ["staff"] });
  expect(stored.get("1")).not.toHaveProperty("audience");
});

it("a dry run lists what would be deleted, what is another source's, and files that are broken", async () => {
  await write({ "a.md": "# A", "b.md": "# B" });
  expect((await ingest(folder)).code).toBe(0);
  await rm(path.join(folder, "b.md"));
  const before = ids();
  const pruning = await ingest(folder, "--dry-run", "--prune");
  expect([pruning.code, pruning.output]).toEqual([
    0,
    expect.stringMatching(/\n {2}b\n[^]*1 document would be deleted; none was/),
  ]);
  stored.set("a", { external_id: "a", content: "", metadata: { ingest_scope: "git:x" } });
  const foreign = await ingest(folder, "--dry-run");
  expect([foreign.code, foreign.output]).toEqual([1, expect.stringContaining("a: from git:x")]);
  expect(ids()).toEqual(before);
  // Without an instance it asks none.
  const alone = await runIngest(folder, "--dry-run");
  expect([alone.code, alone.output]).toEqual([0, expect.stringContaining("1 document read")]);

  await write({
    "c.pdf": "no PDF",
    "d.docx": "no zip",
    "e.png": "no image",
    "f.jpg": "",
    "g.webp": "x",
  });
  const broken = await runIngest(folder, "--dry-run");
  expect(broken.code).toBe(1);
  for (const id of ["c", "d", "e", "g"])
    expect(broken.output).toContain(`would be refused: ${id}:`);
});

it("ingest deletes nothing for an export that is one page of several", async () => {
  const article = (id: number): object => ({
    id,
    title: `A ${id}`,
    body: "<p>a</p>",
    html_url: `https://acme.zendesk.com/hc/en-us/articles/${id}`,
  });
  await write({
    "all.json": JSON.stringify({ count: 2, articles: [article(1), article(2)] }),
    "page-1.json": JSON.stringify({
      count: 2,
      next_page: "https://x/y?page=2",
      articles: [article(1)],
    }),
    "later.json": JSON.stringify({ count: 1, articles: [article(1)] }),
  });
  expect((await ingest(path.join(folder, "all.json"))).code).toBe(0);
  const partial = await ingest(path.join(folder, "page-1.json"), "--prune", "--yes");
  expect([partial.code, partial.output]).toEqual([
    1,
    expect.stringMatching(/1 article is missing[^]*Nothing is pruned/),
  ]);
  expect(ids()).toEqual(["1", "2"]);
  expect((await ingest(path.join(folder, "later.json"), "--prune", "--yes")).code).toBe(0);
  expect(ids()).toEqual(["1"]);
});

it("ingest explains wrong arguments", async () => {
  for (const args of [
    [],
    [folder, "x"],
    [folder, "--sitemap", url],
    [folder, "--yes"],
    ["--sitemap", "x"],
  ]) {
    expect((await ingest(...args)).code).toBe(2);
  }
  const messages: [string[], string][] = [
    [[folder, "--baseurl", "x"], "There is no option --baseurl; did you mean --base-url?"],
    [[folder, "--quite-another"], "There is no option --quite-another."],
    [[folder, "--base-url", "help.example.com"], "--base-url takes an http(s) address"],
    [["https://help.example.com/sitemap.xml"], "--sitemap"],
  ];
  for (const [args, message] of messages) {
    const { code, output } = await ingest(...args);
    expect([code, output]).toEqual([2, expect.stringContaining(message)]);
  }
});
