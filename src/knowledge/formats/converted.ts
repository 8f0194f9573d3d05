import { cleanMarkdown } from "./markdown.ts";
import { UnreadableDocument } from "./unreadable-document.ts";

/**
 * What Workers AI's converter answers → the stored dialect. Around the text of a file it writes `# name`, of a PDF also
 * `## Metadata` with a list, `## Contents`, and `### Page 1` above each page; pages become the outermost headings.
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
    : cleanMarkdown(lines.join("\n"));
  if (!cleaned.trim()) {
    throw new UnreadableDocument(
      pages
        ? "The PDF contains no text: its pages are images. Run text recognition (OCR) on it and upload the result."
        : "The document contains no text.",
    );
  }
  return cleaned;
}

/** Pages count up by one, so a heading "Page 7" of the document's own is not taken for one. */
function pagesOf(lines: string[]): string[] {
  const pages: string[][] = [];
  for (const line of lines) {
    if (line.trim() === `### Page ${pages.length + 1}`) pages.push([]);
    else pages.at(-1)?.push(line);
  }
  return pages.map((page) => lowerHeadings(cleanMarkdown(page.join("\n"))));
}

/** What a page has of headings stands below the page. */
function lowerHeadings(markdown: string): string {
  return markdown.replace(/^(#{1,5})(?= )/gm, "#$1");
}
