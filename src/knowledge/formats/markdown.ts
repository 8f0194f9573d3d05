import type { Root, RootContent } from "mdast";
import { htmlToTree } from "./html.ts";
import { parseMarkdown, simplify, writeMarkdown } from "./markdown-tree.ts";

/** Authors' Markdown → the stored dialect: front matter dropped, images become their alt text, HTML becomes Markdown. */
export function cleanMarkdown(content: string): string {
  const tree = parseMarkdown(withoutFrontMatter(content));
  convertHtmlBlocks(tree);
  simplify(tree);
  return writeMarkdown(tree);
}

function withoutFrontMatter(content: string): string {
  return content.replace(/^\uFEFF?---[ \t]*\r?\n[\s\S]*?\r?\n---[ \t]*(?:\r?\n|$)/, "");
}

/** A run of HTML blocks (`<details>`, `<table>`) is read by the HTML parser, as a browser would. */
function convertHtmlBlocks(tree: Root): void {
  const children: RootContent[] = [];
  for (const node of tree.children) {
    if (node.type === "html") children.push(...htmlToTree(node.value).children);
    else children.push(node);
  }
  tree.children = children;
}
