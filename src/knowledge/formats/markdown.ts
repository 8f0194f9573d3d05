import type { Nodes, PhrasingContent, Root, RootContent } from "mdast";
import { fromMarkdown } from "mdast-util-from-markdown";
import { gfmFromMarkdown, gfmToMarkdown } from "mdast-util-gfm";
import { toMarkdown } from "mdast-util-to-markdown";
import { gfm } from "micromark-extension-gfm";
import { SKIP, visit } from "unist-util-visit";
import { htmlToTree } from "./html.ts";

/** Parses GitHub-flavoured Markdown. Any string is valid Markdown, so this never fails. */
export function parseMarkdown(markdown: string): Root {
  return fromMarkdown(markdown, { extensions: [gfm()], mdastExtensions: [gfmFromMarkdown()] });
}

/** Writes the one dialect that is stored; {@link parseMarkdown} reads it back to the same text. */
export function writeMarkdown(tree: Root): string {
  return toMarkdown(tree, { extensions: [gfmToMarkdown()], bullet: "-", fences: true });
}

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

/** Leaves only what is text. Works for trees from Markdown and from HTML. */
export function simplify(tree: Root): void {
  visit(tree, (node: Nodes, index, parent) => {
    if (!parent || index === undefined) return undefined;
    const replacement = simplified(node);
    if (!replacement) return undefined;
    (parent.children as Nodes[]).splice(index, 1, ...replacement);
    return [SKIP, index];
  });
}

function simplified(node: Nodes): PhrasingContent[] | undefined {
  switch (node.type) {
    case "image":
    case "imageReference":
      return node.alt ? [{ type: "text", value: node.alt }] : [];
    // What is between two inline tags is text of its own; only a line break says anything by itself.
    case "html":
      return /^<br\s*\/?>$/i.test(node.value) ? [{ type: "text", value: " " }] : [];
    case "linkReference":
      return node.children;
    case "definition":
      return [];
    default:
      return undefined;
  }
}
