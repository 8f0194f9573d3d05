import type { Parents, RootContent } from "mdast";
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
function convertHtmlBlocks(container: Parents): void {
  container.children = (container.children as RootContent[]).flatMap((node) =>
    node.type === "html" ? htmlToTree(node.value).children : [node],
  );
  for (const child of container.children)
    if ("children" in child && CONTAINERS.has(child.type)) convertHtmlBlocks(child);
}

/** Of blocks; elsewhere HTML is a tag within a line. */
const CONTAINERS = new Set(["blockquote", "list", "listItem", "footnoteDefinition"]);
