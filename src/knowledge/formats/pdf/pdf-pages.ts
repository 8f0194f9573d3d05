import type { Steps } from "../../../runtime/steps.ts";
import { blocksOf, type Block } from "./blocks.ts";
import { endsSentence, flows, widthOf, type Measure } from "./flow.ts";
import { lostTables, type LostTable } from "./lost-tables.ts";
import type { ListMarkers } from "./list-markers.ts";
import { joined, plainLines, vocabularyOf } from "./lines.ts";
import { withoutRunningLines } from "./running-lines.ts";

/** The pages of a PDF as Markdown, the lines that were taken for running headers, footers and page numbers, and tables without columns. */
export interface PdfPages {
  pages: string[];
  leftOut: string[];
  tables: LostTable[];
}

interface Page {
  lines: string[];
  measure: Measure;
  blocks: Block[];
}

/** A page of fewer lines says little about the length of a full one. */
const FEW_LINES = 8;
/** A sentence that goes on on the next page is moved to the page where it begins, if its end comes within so many characters. */
const LONGEST_REST = 600;
const SENTENCE_END = /[.!?。！？]["'”’)\]]?(?=\s|$)/u;

/**
 * The text of a PDF's pages, line by line as the converter read it, as Markdown: lines become paragraphs again, words that a line's
 * end divides become whole, and what repeats on each page is left out.
 */
export function* readPdfPages(texts: string[]): Steps<PdfPages> {
  const lines: string[][] = [];
  for (const text of texts) {
    lines.push(plainLines(text));
    yield;
  }
  const { pages, leftOut } = withoutRunningLines(lines);
  yield;
  const words = vocabularyOf(pages);
  yield;
  const isMarkup = pages.some((page) => page.some((line) => /^(?:#{1,6} |\| )/.test(line)));
  const usual = widthOf(pages.flat());
  const read: Page[] = [];
  const lists: ListMarkers = { open: [], lastNumbers: [] };
  for (const page of pages) {
    const width = page.length < FEW_LINES ? Math.max(usual, widthOf(page)) : widthOf(page);
    const measure = { words, width };
    read.push({ lines: page, measure, blocks: blocksOf(page, measure, lists) });
    yield;
  }
  const tables = lostTables(read.map(({ blocks }) => blocks));
  const filled = read.filter(({ blocks }) => blocks.length > 0);
  for (const [index, page] of filled.entries()) joinPages(page, filled[index + 1]);
  return { pages: read.map(({ blocks }) => writePage(blocks, isMarkup)), leftOut, tables };
}

/** Moves the rest of a sentence to the page where the sentence begins. */
function joinPages({ lines, measure, blocks }: Page, after: Page | undefined): void {
  const last = blocks.at(-1);
  const first = after?.blocks[0];
  const line = lines.findLast(Boolean) ?? "";
  if (!last || !after || first?.kind !== "paragraph") return;
  if (last.kind === "heading" || last.kind === "markup" || endsSentence(line)) return;
  const text = first.texts.join("");
  if (!flows(line, text.slice(0, 200), measure)) return;
  const end = SENTENCE_END.exec(text.slice(0, LONGEST_REST));
  const length = end ? end.index + end[0].length : text.length;
  if (length > LONGEST_REST) return;
  const before = last.texts.pop() ?? "";
  last.texts.push(joined(before, text, measure.words), text.slice(0, length));
  first.texts = [text.slice(length).trimStart()];
  if (first.texts[0] === "") after.blocks.shift();
}

function writePage(blocks: Block[], isMarkup: boolean): string {
  const written: string[] = [];
  let wasItem = false;
  for (const { kind, texts, level, marker } of blocks) {
    const text = texts.join("");
    if (text === "") continue;
    const isItem = kind === "item";
    if (written.length > 0) written.push(isItem && wasItem ? "\n" : "\n\n");
    wasItem = isItem;
    if (kind === "markup") written.push(text);
    else if (kind === "heading") written.push(`${"#".repeat(level)} ${escaped(text, isMarkup)}`);
    else if (isItem) {
      const indent = "   ".repeat(level);
      written.push(
        `${indent}${marker} ${escaped(text, isMarkup).replaceAll("\n", `\n${indent}   `)}`,
      );
    } else written.push(escaped(text, isMarkup));
  }
  return written.join("");
}

/** What stands at the beginning of a line and would be markup there. */
const LINE_START = /^(?=[#>+=~-]|\[[^\]\n]{1,200}\]:)/gm;
const LINE_NUMBER = /^(\d{1,9})(?=[.)](?:\s|$))/gm;

/** The words of a PDF are no markup. Where the converter wrote Markdown, marks within a line are its own. */
function escaped(text: string, isMarkup: boolean): string {
  const marks = isMarkup ? /(?<!\\)</g : /[\\*_`<]/g;
  return text.replace(marks, "\\$&").replace(LINE_START, "\\").replace(LINE_NUMBER, "$1\\");
}
