import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import type { Document, ReadDocuments } from "../../cli/document.ts";
import { documentsFromFolder } from "../../cli/documents-from-folder.ts";
import { documentsFromSitemap } from "../../cli/documents-from-sitemap.ts";
import { readIngestOptions } from "../../cli/ingest-options.ts";
import { toMarkdown } from "../../local/ai/to-markdown.ts";
import { cleanConverted } from "../../src/knowledge/formats/converted.ts";
import { fileType } from "../../src/knowledge/formats/file-types.ts";
import { normalise } from "../../src/knowledge/formats/normalise.ts";
import { chunkMarkdown, type Chunk } from "../../src/knowledge/ingest/chunk.ts";
import type { Marks } from "./block.ts";
import { serveCase } from "./serve.ts";

/** What must be read of one document. */
export interface Expected extends Marks {
  /** What a visitor reads, for a file that no browser shows. */
  text?: string;
  reads?: string[];
  not?: string[];
  together?: string[][];
  title?: string;
  url?: string;
  external_id?: string;
}

/** `case.json`; test/knowledge/fidelity/README.md describes it. */
export interface FidelityCase extends Marks {
  kind: string;
  arguments?: string[];
  documents: Record<string, Expected>;
  unread?: Record<string, string>;
  only?: boolean;
}

/** One expectation that does not hold. */
export type Miss = string;

/** The folders of all cases below a folder. */
export async function findCases(folder: string): Promise<string[]> {
  const files = await readdir(folder, { recursive: true });
  return files
    .filter((file) => path.basename(file) === "case.json")
    .map((file) => path.join(folder, path.dirname(file)))
    .toSorted();
}

/** Reads the documents of a case the way the CLI does. */
export async function readCase(
  folder: string,
): Promise<ReadDocuments & { wanted: FidelityCase; isSite: boolean }> {
  const wanted = JSON.parse(await readFile(path.join(folder, "case.json"), "utf8")) as FidelityCase;
  const isSite = (await readdir(folder)).includes("site");
  const options = readIngestOptions([...(wanted.arguments ?? []), folder]);
  const read = isSite
    ? await readSite(path.join(folder, "site"))
    : await documentsFromFolder(path.join(folder, "folder"), undefined, options.folder);
  return { ...read, wanted, isSite };
}

/** Reads a case and tells which of its expectations do not hold. */
export async function checkCase(folder: string): Promise<Miss[]> {
  const { wanted, documents, unreadable, skipped = [] } = await readCase(folder);
  const misses: Miss[] = [];
  const found = new Set<Document>();
  for (const [source, expected] of Object.entries(wanted.documents)) {
    const document = findDocument(documents, source, expected);
    if (!document) misses.push(`${source}: no document was read`);
    else {
      found.add(document);
      misses.push(...(await compare(document, expected)).map((miss) => `${source}: ${miss}`));
    }
  }
  for (const [source, reason] of Object.entries(wanted.unread ?? {})) {
    const refusal = [...unreadable, ...skipped].find((one) => one.source.endsWith(source));
    if (!refusal) misses.push(`${source}: not listed as unread`);
    else if (!refusal.reason.includes(reason)) misses.push(`${source}: ${refusal.reason}`);
  }
  if (wanted.only)
    for (const { external_id } of documents.filter((one) => !found.has(one)))
      misses.push(`${external_id}: read, too`);
  return misses;
}

/** The text of a document as search and citations show it: the title, then each chunk with its headings in front. */
export async function textOf(document: Document): Promise<string> {
  const chunks = await chunksOf(document);
  return [document.title, ...chunks.flatMap((chunk) => [...chunk.headingPath, chunk.text])].join(
    "\n",
  );
}

export async function chunksOf(document: Document): Promise<Chunk[]> {
  const markdown = document.file
    ? await convert(document.content_type, document.file)
    : normalise(document.content, document.content_type);
  return chunkMarkdown(document.title, markdown);
}

async function convert(contentType: string, file: Uint8Array<ArrayBuffer>): Promise<string> {
  const name = `document.${fileType(contentType)?.extension}`;
  const answer = await toMarkdown({ name, blob: new Blob([file], { type: contentType }) });
  if (answer.format === "error") throw new Error(answer.error);
  return cleanConverted(name, answer.data);
}

async function compare(document: Document, expected: Expected): Promise<Miss[]> {
  const misses: Miss[] = [];
  for (const field of ["title", "url", "external_id"] as const)
    if (expected[field] !== undefined && document[field] !== expected[field])
      misses.push(`${field} is ${document[field]}, not ${expected[field]}`);
  const lines = (await textOf(document)).split("\n").map(oneSpaced);
  const text = oneSpaced(lines.join(" "));
  let from = 0;
  for (const words of (expected.reads ?? []).map(oneSpaced)) {
    const at = text.indexOf(words, from);
    if (at >= 0) from = at + words.length;
    else if (text.includes(words)) misses.push(`read too early: ${words}`);
    else misses.push(`not read: ${words}`);
  }
  // A byte order mark counts as white space, so it is looked for as it is.
  for (const words of (expected.not ?? []).map((one) => oneSpaced(one) || one))
    if (text.includes(words)) misses.push(`read: ${words}`);
  for (const group of expected.together ?? [])
    if (!lines.some((line) => group.every((words) => line.includes(oneSpaced(words)))))
      misses.push(`not in one line: ${group.join(" | ")}`);
  return misses;
}

function oneSpaced(words: string): string {
  return words.replace(/\s+/g, " ").trim();
}

/** A file such as an export holds several documents, which differ in their ids. */
export function findDocument(
  documents: Document[],
  source: string,
  { external_id }: Expected,
): Document | undefined {
  const [file, id = external_id] = source.split("#");
  const ofFile = documents.filter(
    (document) => document.source === file || pathOf(document) === file,
  );
  return (
    ofFile.find((document) => document.external_id === id) ??
    (ofFile.length === 1 ? ofFile[0] : undefined)
  );
}

/** A page that was redirected, or names another canonical address, may be named by either of its paths. */
function pathOf({ source, url }: Document): string | undefined {
  const address = source?.startsWith("/") ? URL.parse(url ?? "") : null;
  return address ? `${address.pathname}${address.search}` : undefined;
}

/** Serves the pages from this machine and reads them through their sitemap. */
async function readSite(folder: string): Promise<ReadDocuments> {
  await using site = await serveCase(folder);
  return await documentsFromSitemap(`${site.origin}/sitemap.xml`, { concurrency: 2, pauseMs: 0 });
}
