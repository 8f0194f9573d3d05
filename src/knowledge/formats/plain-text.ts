import type { Root } from "mdast";
import { writeMarkdown } from "./markdown-tree.ts";

/** Plain text → the stored Markdown dialect: blank lines part paragraphs, and nothing in it is markup. */
export function cleanPlainText(content: string): string {
  const paragraphs = content
    .replace(/^\uFEFF/, "")
    .split(/\r?\n[ \t]*\r?\n/)
    .map((text) => text.trim())
    .filter(Boolean);
  const tree: Root = {
    type: "root",
    children: paragraphs.map((value) => ({
      type: "paragraph",
      children: [{ type: "text", value }],
    })),
  };
  return writeMarkdown(tree);
}
