import type { Paragraph } from "mdast";
import { writeMarkdown } from "./markdown-tree.ts";

/** Plain text → the stored Markdown dialect. Blank lines separate paragraphs; anything that looks like markup is escaped. */
export function cleanPlainText(content: string): string {
  return writeMarkdown({ type: "root", children: plainParagraphs(content) });
}

export function plainParagraphs(content: string): Paragraph[] {
  const paragraphs = content
    .replace(/^\uFEFF/, "")
    .split(/\r?\n[ \t]*\r?\n/)
    .map((text) => text.trim())
    .filter(Boolean);
  return paragraphs.map((value) => ({ type: "paragraph", children: [{ type: "text", value }] }));
}
