import type { Element, Nodes as HastNodes, Root as HastRoot } from "hast";
import { toMdast } from "hast-util-to-mdast";
import type { Root } from "mdast";
import { parseHtml } from "./html-tree.ts";
import { prepareForMarkdown } from "./html-structure.ts";
import { dropBoilerplate, mainContent } from "./main-content.ts";
import { simplify, writeMarkdown } from "./markdown-tree.ts";

/** A page → the stored Markdown dialect: its main content, without what every page of a site repeats. */
export function cleanHtml(content: string): string {
  const page = parseHtml(content);
  const main = mainContent(page);
  dropBoilerplate(main);
  return hastToMarkdown({ type: "root", children: main.children as HastRoot["children"] });
}

/** A fragment that is all content, such as a CMS's rich text → the stored Markdown dialect. */
export function htmlToMarkdown(fragment: string): string {
  return hastToMarkdown(parseHtml(fragment));
}

export function hastToMarkdown(tree: HastRoot): string {
  const markdown = hastToMdast(tree);
  simplify(markdown);
  return writeMarkdown(markdown);
}

/** HTML that stands within Markdown → its tree. */
export function htmlToTree(fragment: string): Root {
  return hastToMdast(parseHtml(fragment));
}

function hastToMdast(tree: HastRoot | Element): Root {
  prepareForMarkdown(tree as HastNodes);
  // As a document: words and breaks at the root would make the writer put all blocks of a text on one line.
  const markdown = toMdast(tree as HastRoot, { document: true });
  return markdown.type === "root" ? markdown : { type: "root", children: [] };
}
