import type { Element, Nodes as HastNodes, Root as HastRoot } from "hast";
import { toMdast } from "hast-util-to-mdast";
import type { Root } from "mdast";
import { parseHtml } from "./html-tree.ts";
import { prepareForMarkdown } from "./html-structure.ts";
import { dropBoilerplate, mainContent } from "./main-content.ts";
import { simplify, writeMarkdown } from "./markdown-tree.ts";

/** A page → the stored Markdown dialect. Keeps the main content without navigation, footers and the like. */
export function cleanHtml(content: string): string {
  const page = parseHtml(content);
  const main = mainContent(page);
  dropBoilerplate(main);
  return hastToMarkdown({ type: "root", children: main.children as HastRoot["children"] });
}

/** A fragment without navigation or footers, such as a CMS's rich text → the stored Markdown dialect. */
export function htmlToMarkdown(fragment: string): string {
  return hastToMarkdown(parseHtml(fragment));
}

export function hastToMarkdown(tree: HastRoot): string {
  const markdown = hastToMdast(tree);
  simplify(markdown);
  return writeMarkdown(markdown);
}

/** HTML within Markdown → a Markdown tree. */
export function htmlToTree(fragment: string): Root {
  return hastToMdast(parseHtml(fragment));
}

function hastToMdast(tree: HastRoot | Element): Root {
  prepareForMarkdown(tree as HastNodes);
  // Without `document`, text or a line break at the root makes the writer put all blocks on one line.
  const markdown = toMdast(tree as HastRoot, { document: true });
  return markdown.type === "root" ? markdown : { type: "root", children: [] };
}
