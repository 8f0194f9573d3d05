import type { Steps } from "../../../runtime/steps.ts";
import { readBraces } from "./brace-blocks.ts";
import { dialectOf } from "./dialect.ts";
import {
  readColonBlock,
  readIndentedBlock,
  readSlashBlock,
  readTabHeading,
  readTabMark,
  skipContentsMark,
  skipMystMark,
} from "./directive-blocks.ts";
import { readCode, readFence, readItemFence } from "./fences.ts";
import { readHtml, readVerbatim } from "./html-blocks.ts";
import { MarkupDocument, type BlockReader } from "./markup-document.ts";
import { readModule } from "./module-blocks.ts";
import { readQuote } from "./quote-blocks.ts";
import { readReadmeBlock } from "./readme-blocks.ts";
import { columnOf, withoutColumns } from "./source-lines.ts";

const LINES_PER_STEP = 500;

/** What reads a block, by the first character of its first line. */
const BLOCK_READERS: Record<string, BlockReader> = {
  "`": readFence,
  "~": readFence,
  "<": readHtml,
  ":": readColonBlock,
  "{": readBraces,
  "!": readIndentedBlock,
  "?": readIndentedBlock,
  "=": readIndentedBlock,
  "/": readSlashBlock,
  // `import` and `export`
  i: readModule,
  e: readModule,
  "[": readReadmeBlock,
  ">": readQuote,
  "@": readTabMark,
  "#": readTabHeading,
  "%": skipMystMark,
  "(": skipMystMark,
  "-": skipContentsMark,
  "*": skipContentsMark,
  "+": skipContentsMark,
};

/**
 * Markdown as the authors of a site write it → Markdown that shows what the site shows: components, directives, shortcodes and the like
 * become their labels and their content. Code stays as it is. In linear time.
 */
export function* readMarkup(source: string, frontMatter = ""): Steps<string> {
  const lines = source.split(/\r\n|\n|\r/);
  const document = new MarkupDocument(lines, dialectOf(lines, frontMatter), {
    readLine,
    readBlock,
  });
  while (document.lines.at < lines.length) {
    const end = Math.min(lines.length, document.lines.at + LINES_PER_STEP);
    while (document.lines.at < end) readLine(document, document.lines.take());
    yield;
  }
  return document.markdown;
}

function readLine(document: MarkupDocument, line: string): void {
  if (document.code) return readCode(document, line, document.code);
  if (document.verbatimEnd) return readVerbatim(document, line);
  const { frames } = document;
  const text = line.trim();
  if (text === "") {
    frames.blank();
    document.endParagraph();
    document.write("");
    return;
  }
  const column = columnOf(line);
  frames.enter(column);
  if (isIndentedCode(document, column)) {
    const { top } = frames;
    document.endParagraph();
    document.write(top.prefix + withoutColumns(line, top.body ?? 0));
    document.indentedCodeEnd = document.lines.at;
    return;
  }
  if (!readBlock(document, text, column)) document.readText(text, column, line);
}

function isIndentedCode(document: MarkupDocument, column: number): boolean {
  const { top, wasBlank } = document.frames;
  const inBody = column - (top.body ?? column);
  if (document.dialect.isMdx || inBody < 4 || top.item > 0) return false;
  return wasBlank || document.indentedCodeEnd === document.lines.at - 1;
}

function readBlock(document: MarkupDocument, text: string, column: number): boolean {
  const isRead = BLOCK_READERS[text.charAt(0)]?.(document, text, column) ?? false;
  return isRead || readItemFence(document, text, column);
}
