import type { Paragraph } from "mdast";
import { writeMarkdown } from "./markdown/markdown-tree.ts";

const PARAGRAPHS_PER_SLICE = 200;

/** Plain text → slices of the stored Markdown dialect, to be joined with line feeds. Blank lines separate paragraphs; anything that looks like markup is escaped. */
export function* cleanPlainText(content: string): Generator<string> {
  const paragraphs = plainParagraphs(content);
  for (let start = 0; start < paragraphs.length; start += PARAGRAPHS_PER_SLICE) {
    yield writeMarkdown({
      type: "root",
      children: paragraphs.slice(start, start + PARAGRAPHS_PER_SLICE),
    });
  }
}

export function plainParagraphs(content: string): Paragraph[] {
  const paragraphs = content
    .replace(/^\uFEFF/, "")
    .split(/\r?\n[ \t]*\r?\n/)
    .map((text) => text.trim())
    .filter(Boolean);
  return paragraphs.map((value) => ({ type: "paragraph", children: [{ type: "text", value }] }));
}
