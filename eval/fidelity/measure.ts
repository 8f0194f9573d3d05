import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { forEachConcurrently } from "../../cli/concurrently.ts";
import { decodeText } from "../../cli/decode.ts";
import type { Document, Unreadable } from "../../cli/document.ts";
import { documentsFromSitemap } from "../../cli/documents-from-sitemap.ts";
import { inlinePartials } from "../../cli/partials/inline-partials.ts";
import { readDocuments } from "../../cli/read-documents.ts";
import { reasonOf } from "../../cli/command.ts";
import type { Block, Marks, RenderedPage } from "./block.ts";
import { findCases, findDocument, readCase } from "./cases.ts";
import { applyExpectations } from "./expectations.ts";
import { readText } from "./read-text.ts";
import type { Renderer } from "./render.ts";
import { renderMarkdown } from "./render-markdown.ts";
import { markRepeated } from "./repeated.ts";
import { score, type Score } from "./score.ts";
import { serveCase, serveFolder } from "./serve.ts";

export interface Measured {
  source: string;
  score: Score;
}

export interface Measurement {
  documents: Measured[];
  /** What no reference can be made of, or what was refused, with the reason. */
  unmeasured: Unreadable[];
}

/** A document and what a visitor sees of it. */
interface Pair {
  source: string;
  /** Absent where the reader refused the source. */
  document: Document | undefined;
  page: RenderedPage;
}

const HTML = /\.html?$/i;
const MARKDOWN = /\.(md|mdx|markdown)$/i;
const TEXT = /\.txt$/i;
const PAGES_AT_ONCE = 3;
const PAUSE_MS = 100;

/** Measures the fixtures below a folder. Each document that a fixture names is compared with its marks. */
export async function measureCases(
  folder: string,
  isTaken: (name: string) => boolean,
  renderer: Renderer,
): Promise<Measurement> {
  const pairs: Pair[] = [];
  const unmeasured: Unreadable[] = [];
  for (const place of await findCases(folder)) {
    const name = path.relative(folder, place);
    if (!isTaken(name)) continue;
    const { wanted, isSite, documents } = await readCase(place);
    await using site = isSite
      ? await serveCase(path.join(place, "site"))
      : await serveFolder(path.join(place, "folder"));
    for (const [file, expected] of Object.entries(wanted.documents)) {
      const source = `${name}: ${file}`;
      const marks = {
        content: expected.content ?? wanted.content ?? [],
        machinery: expected.machinery ?? wanted.machinery ?? [],
      };
      const document = findDocument(documents, file, expected);
      // A page may be named by its canonical address, which the fixture does not serve.
      const address = isSite ? (document?.source ?? file) : file;
      const shown =
        expected.text === undefined
          ? show(
              new URL(address, site.origin),
              isSite ? "" : path.join(place, "folder"),
              marks,
              renderer,
            )
          : Promise.resolve(plainPage(expected.text, file.endsWith(".pdf") ? PAGES : []));
      const page = await shown.catch((error: unknown) => {
        unmeasured.push({ source, reason: notRendered(error) });
        return null;
      });
      if (page === null) continue;
      if (page)
        pairs.push({
          source,
          document,
          page: { ...page, blocks: applyExpectations(page.blocks, expected) },
        });
      else
        unmeasured.push({ source, reason: "no browser shows it, and the fixture gives no text" });
    }
  }
  return compare(pairs, unmeasured);
}

/** Measures a folder as `npm run ingest -- <folder>` reads it. */
export async function measureFolder(folder: string, renderer: Renderer): Promise<Measurement> {
  const { documents, unreadable } = await readDocuments(folder);
  const files = await filesById(folder);
  await using site = await serveFolder(folder);
  return await measureShown(documents, unreadable, (document) => {
    const file = files.get(document.external_id) ?? "";
    return show(new URL(encodeURI(file), `${site.origin}/`), folder, {}, renderer, file);
  });
}

/** Measures a site as `npm run ingest -- --sitemap` reads it. */
export async function measureSite(sitemap: string, renderer: Renderer): Promise<Measurement> {
  const politeness = {
    concurrency: 2,
    pauseMs: new URL(sitemap).hostname === "127.0.0.1" ? 0 : PAUSE_MS,
  };
  const { documents, unreadable } = await documentsFromSitemap(sitemap, politeness);
  return measureShown(documents, unreadable, async ({ url = "" }) => renderer.render({ url }, {}));
}

async function measureShown(
  documents: Document[],
  unreadable: Unreadable[],
  showDocument: (document: Document) => Promise<RenderedPage | undefined>,
): Promise<Measurement> {
  const pairs: Pair[] = [];
  const unmeasured = [...unreadable];
  await forEachConcurrently(documents, PAGES_AT_ONCE, async (document) => {
    const source = document.external_id;
    try {
      const page = await showDocument(document);
      if (page) pairs.push({ source, document, page });
      else unmeasured.push({ source, reason: "no browser shows it" });
    } catch (error) {
      unmeasured.push({ source, reason: notRendered(error) });
    }
  });
  pairs.sort((a, b) => (a.source < b.source ? -1 : 1));
  markRepeated(
    pairs.flatMap(({ document, page }) =>
      document?.content_type === "text/html" ? [page.blocks] : [],
    ),
  );
  return compare(pairs, unmeasured);
}

async function compare(pairs: Pair[], unmeasured: Unreadable[]): Promise<Measurement> {
  const documents: Measured[] = [];
  for (const { source, document, page } of pairs) {
    const title = document?.title ?? "";
    let read = "";
    try {
      if (document) read = await readText(document);
    } catch (error) {
      unmeasured.push({ source, reason: reasonOf(error) });
      if (!page.blocks.some(({ state }) => state === "content")) continue;
    }
    documents.push({ source, score: score(page.blocks, title, read, [...page.labels, title]) });
  }
  return { documents, unmeasured };
}

function notRendered(error: unknown): string {
  return `not rendered: ${reasonOf(error).split("\n")[0]}`;
}

/** @returns undefined for a file that no browser shows */
async function show(
  url: URL,
  folder: string,
  marks: Marks,
  renderer: Renderer,
  file = decodeURI(url.pathname.slice(1)),
): Promise<RenderedPage | undefined> {
  if (!folder || HTML.test(file)) return renderer.render({ url: url.href }, marks);
  if (MARKDOWN.test(file)) {
    const { text } = await inlinePartials(await sourceOf(folder, file), { folder, file });
    return renderer.render({ html: renderMarkdown(text) }, marks);
  }
  return TEXT.test(file) ? plainPage(await sourceOf(folder, file)) : undefined;
}

async function sourceOf(folder: string, file: string): Promise<string> {
  return decodeText(new Uint8Array(await readFile(path.join(folder, file)))).text;
}

function isShown(file: string): boolean {
  return [HTML, MARKDOWN, TEXT].some((type) => type.test(file));
}

/** A converter puts a heading in front of each page of a PDF. */
const PAGES = Array.from({ length: 50 }, (_, index) => `Page ${index + 1}`);

function plainPage(text: string, labels: string[] = []): RenderedPage {
  const blocks = text.split("\n").map((line): Block => ({ text: line, state: "content" }));
  return { blocks, labels };
}

/** Files that a browser shows, by the ids that the CLI gives them: the path without, or with, its extension. */
async function filesById(folder: string): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for (const file of (await readdir(folder, { recursive: true })).filter(isShown)) {
    const id = file.normalize("NFC").replace(/\s+/g, "-");
    found.set(id, file);
    found.set(id.slice(0, id.length - path.extname(id).length), file);
  }
  return found;
}
