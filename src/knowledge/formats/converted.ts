import { runAtOnce, type Steps } from "../../runtime/steps.ts";
import { refuseManyLines } from "./markdown/markdown-limits.ts";
import { mendSheets } from "./tables/markdown-tables.ts";
import { markdownInSteps } from "./markdown.ts";
import type { LostTable } from "./pdf/lost-tables.ts";
import { readPdfPages } from "./pdf/pdf-pages.ts";
import type { DocumentWarning } from "./warnings.ts";
import { UnreadableDocument } from "./unreadable-document.ts";

/** Only a sheet has titles above its header: in other documents the converter knows the header. */
const SHEETS = /\.(?:xlsx|xls|ods)$/;

/** The Markdown of a file. */
export interface CleanedFile {
  markdown: string;
  /** Lines that are running headers, footers and page numbers, or were taken for such. */
  leftOut: string[];
  /** Tables of a PDF whose columns the converter did not write. */
  tables: LostTable[];
  /** Names of a workbook's sheets that were not read. */
  hiddenSheets?: string[];
}

/**
 * The output of Workers AI's Markdown converter → the stored dialect. The converter puts `# name` above the text of a file. For a
 * PDF it adds `## Metadata` with a list, `## Contents`, and `### Page 1` and so on above each page; these become `# Page 1`.
 * https://developers.cloudflare.com/changelog/2025-03-20-markdown-conversion
 * @throws {UnreadableDocument} when no text is left
 */
export function cleanConverted(fileName: string, markdown: string): string {
  return runAtOnce(convertedInSteps(fileName, markdown)).markdown;
}

/** The same in steps of some tens of milliseconds (`runtime/steps.ts`). */
export function* convertedInSteps(fileName: string, markdown: string): Steps<CleanedFile> {
  const text = markdown.replaceAll("\0", "").toWellFormed();
  const lines = text.replaceAll("\r\n", "\n").split("\n");
  if (lines[0]?.trim() === `# ${fileName}`) lines.shift();
  yield;
  const pages = pagesOf(lines);
  const mend = SHEETS.test(fileName) ? mendSheets : undefined;
  const cleaned = pages
    ? yield* cleanPages(pages)
    : { markdown: yield* markdownInSteps(lines.join("\n"), mend), leftOut: [], tables: [] };
  if (!cleaned.markdown.trim()) {
    throw new UnreadableDocument(
      pages
        ? "The PDF contains no text: its pages are images. Run text recognition (OCR) on it and upload the result."
        : "The document contains no text.",
    );
  }
  return cleaned;
}

/** The texts of a PDF's pages; undefined for another file. */
function pagesOf(lines: string[]): string[] | undefined {
  const contents = lines.findIndex((line) => line.trim() === "## Contents");
  if (contents < 0) return undefined;
  const rest = lines.slice(contents + 1);
  if (rest.find((line) => line.trim())?.trim() !== "### Page 1") return undefined;
  const pages: string[][] = [];
  // Only the next number begins a page, so a heading "Page 7" in the document's own text is hardly ever taken for one.
  for (const line of rest) {
    if (line.trim() === `### Page ${pages.length + 1}`) pages.push([]);
    else pages.at(-1)?.push(line);
  }
  return pages.map((page) => page.join("\n"));
}

function* cleanPages(texts: string[]): Steps<CleanedFile> {
  const { pages, leftOut, tables } = yield* readPdfPages(texts);
  refuseManyLines(pages.reduce((lines, page) => lines + page.split(/\n+/).length, 0));
  const written: string[] = [];
  for (const [index, page] of pages.entries()) {
    const cleaned = lowerHeadings(yield* markdownInSteps(page)).trim();
    if (cleaned) written.push(`# Page ${index + 1}\n\n${cleaned}\n`);
  }
  return { markdown: written.join("\n"), leftOut, tables };
}

const MAX_EXCERPT = 200;
const MAX_TABLES = 5;

/** What the document's owner is told about a file: what was left out, and tables that cannot be read. */
export function fileWarnings({
  leftOut,
  tables,
  hiddenSheets = [],
}: CleanedFile): DocumentWarning[] {
  const lost = tables.slice(0, MAX_TABLES).map(({ page, excerpt }) => ({
    kind: "lost_columns" as const,
    excerpt,
    message: `Page ${page} seems to hold a table whose columns were lost: only the order of its cells is left.`,
  }));
  return [...runningLineWarnings(leftOut), ...hiddenSheetWarnings(hiddenSheets), ...lost];
}

function hiddenSheetWarnings(names: string[]): DocumentWarning[] {
  if (names.length === 0) return [];
  const blocks = names.length;
  return [
    {
      kind: "left_out",
      excerpt: names.join(" · ").slice(0, MAX_EXCERPT).toWellFormed(),
      reason: "hidden",
      blocks,
      message: `${blocks} ${blocks === 1 ? "sheet is" : "sheets are"} hidden, and not read.`,
    },
  ];
}

function runningLineWarnings(leftOut: string[]): DocumentWarning[] {
  if (leftOut.length === 0) return [];
  const words = leftOut.join(" ").split(/\s+/).length;
  const blocks = leftOut.length;
  return [
    {
      kind: "left_out",
      excerpt: [...new Set(leftOut)].join(" · ").slice(0, MAX_EXCERPT).toWellFormed(),
      reason: "running_lines",
      blocks,
      words,
      message: `${words} words in ${blocks} lines were taken for running headers, footers and page numbers.`,
    },
  ];
}

/** One level down, since `# Page 1` is the top level. */
function lowerHeadings(markdown: string): string {
  return markdown.replace(/^(#{1,5})(?= )/gm, "#$1");
}
