import { cleanMarkdown } from "./markdown.ts";
import { mendSheets } from "./markdown-tables.ts";
import { UnreadableDocument } from "./unreadable-document.ts";

/** Only a sheet has titles above its header: in other documents the converter knows the header. */
const SHEETS = /\.(?:xlsx|xls|ods)$/;

/**
 * The output of Workers AI's Markdown converter → the stored dialect. The converter puts `# name` above the text of a file. For a
 * PDF it adds `## Metadata` with a list, `## Contents`, and `### Page 1` and so on above each page; these become `# Page 1`.
 * https://developers.cloudflare.com/changelog/2025-03-20-markdown-conversion
 * @throws {UnreadableDocument} when no text is left
 */
export function cleanConverted(fileName: string, markdown: string): string {
  const lines = markdown.replaceAll("\r\n", "\n").split("\n");
  if (lines[0]?.trim() === `# ${fileName}`) lines.shift();
  const contents = lines.findIndex((line) => line.trim() === "## Contents");
  const isPaged =
    contents >= 0 &&
    lines
      .slice(contents + 1)
      .find((line) => line.trim())
      ?.trim() === "### Page 1";
  const pages = isPaged ? pagesOf(lines.slice(contents + 1)) : undefined;
  const cleaned = pages
    ? pages
        .map((page, index) => (page.trim() ? `# Page ${index + 1}\n\n${page.trim()}\n` : ""))
        .filter(Boolean)
        .join("\n")
    : cleanMarkdown(lines.join("\n"), SHEETS.test(fileName) ? mendSheets : undefined);
  if (!cleaned.trim()) {
    throw new UnreadableDocument(
      pages
        ? "The PDF contains no text: its pages are images. Run text recognition (OCR) on it and upload the result."
        : "The document contains no text.",
    );
  }
  return cleaned;
}

/** Only the next number begins a page, so a heading "Page 7" in the document's own text is hardly ever taken for one. */
function pagesOf(lines: string[]): string[] {
  const pages: string[][] = [];
  for (const line of lines) {
    if (line.trim() === `### Page ${pages.length + 1}`) pages.push([]);
    else pages.at(-1)?.push(line);
  }
  return pages.map((page) => lowerHeadings(cleanMarkdown(page.join("\n"))));
}

/** One level down, since `# Page 1` is the top level. */
function lowerHeadings(markdown: string): string {
  return markdown.replace(/^(#{1,5})(?= )/gm, "#$1");
}
