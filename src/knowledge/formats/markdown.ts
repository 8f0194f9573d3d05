import type { Parents, RootContent } from "mdast";
import { markCallouts } from "./callouts.ts";
import { htmlToTree } from "./html.ts";
import { refuseCostlyMarkdown, refuseDeepTree } from "./markdown-limits.ts";
import { parseMarkdown, simplify, writeMarkdown } from "./markdown-tree.ts";

/**
 * Authors' Markdown → the stored dialect. Front matter is dropped, since the API has fields for it; the CLI fills these from it.
 * Images become their alt text, callouts become a paragraph that names their kind, and HTML becomes Markdown.
 * @throws {UnreadableDocument} when the document nests too deep or has too many lines
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

/** Replaces blocks of HTML (`<details>`, `<table>`) with the Markdown for them. */
function convertHtmlBlocks(container: Parents): void {
  container.children = (container.children as RootContent[]).flatMap((node) =>
    node.type === "html" ? htmlToTree(node.value).children : [node],
  );
  for (const child of container.children)
    if ("children" in child && CONTAINERS.has(child.type)) convertHtmlBlocks(child);
}

/** Nodes whose children are blocks. In other nodes, HTML is a tag within a line. */
const CONTAINERS = new Set(["blockquote", "list", "listItem", "footnoteDefinition"]);
