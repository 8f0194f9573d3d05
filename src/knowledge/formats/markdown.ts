import type { Root, RootContent } from "mdast";
import { SKIP, visit } from "unist-util-visit";
import { markCallouts } from "./callouts.ts";
import { htmlToTree } from "./html.ts";
import { refuseCostlyMarkdown, refuseDeepTree } from "./markdown-limits.ts";
import { parseMarkdown, simplify, writeMarkdown } from "./markdown-tree.ts";

/**
 * Authors' Markdown → the stored dialect: front matter dropped (the fields of the API say what a document is; the CLI reads
 * them from there), images become their alt text, callouts a paragraph that names its kind, HTML becomes Markdown.
 * @throws {UnreadableDocument} when it nests deeper than anybody reads, or has more lines than can be read
 */
export function cleanMarkdown(content: string): string {
  const source = markCallouts(withoutFrontMatter(content));
  refuseCostlyMarkdown(source);
  const written: string[] = [];
  for (const tree of parseMarkdown(source)) {
    refuseDeepTree(tree);
    convertHtmlBlocks(tree);
    simplify(tree);
    written.push(writeMarkdown(tree));
  }
  return written.filter(Boolean).join("\n");
}

function withoutFrontMatter(content: string): string {
  return content
    .replace(/^\uFEFF/, "")
    .replace(/^(---|\+\+\+)[ \t]*\r?\n(?:[\s\S]*?\r?\n)?\1[ \t]*(?:\r?\n|$)/, "");
}

/** A run of HTML blocks (`<details>`, `<table>`) is read by the HTML parser, as a browser would. */
function convertHtmlBlocks(tree: Root): void {
  visit(tree, "html", (node, index, parent) => {
    if (!parent || index === undefined || !BLOCK_PARENTS.has(parent.type)) return undefined;
    const { children } = htmlToTree(node.value);
    (parent.children as RootContent[]).splice(index, 1, ...children);
    return [SKIP, index + children.length];
  });
}

/** Elsewhere HTML is a tag within a line. */
const BLOCK_PARENTS = new Set(["root", "blockquote", "listItem", "footnoteDefinition"]);
