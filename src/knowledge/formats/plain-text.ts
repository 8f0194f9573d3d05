import type { Paragraph } from "mdast";
import { writeMarkdown } from "./markdown-tree.ts";

/** Plain text → the stored Markdown dialect: blank lines part paragraphs, and nothing in it is markup. */
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
