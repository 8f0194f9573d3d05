import type { Element, Nodes as HastNodes, Root as HastRoot } from "hast";
import { fromHtml } from "hast-util-from-html";
import { toMdast } from "hast-util-to-mdast";
import type { Root } from "mdast";
import { SKIP, visit } from "unist-util-visit";
import { simplify, writeMarkdown } from "./markdown-tree.ts";

/** Never text of the article: code, controls, and what repeats on every page of a site. */
const BOILERPLATE = new Set([
  "script",
  "style",
  "noscript",
  "template",
  "iframe",
  "object",
  "embed",
  "svg",
  "canvas",
  "video",
  "audio",
  "nav",
  "header",
  "footer",
  "aside",
  "form",
  "button",
  "input",
  "select",
  "textarea",
  "dialog",
  "head",
]);

/** A page or a fragment → the stored Markdown dialect. Where a page marks its main content, only that is read. */
export function cleanHtml(content: string): string {
  const tree = htmlToTree(content);
  simplify(tree);
  return writeMarkdown(tree);
}

export function htmlToTree(html: string): Root {
  const page = fromHtml(html, { fragment: !/<(?:!doctype|html|body)[\s>]/i.test(html) });
  const main = mainContent(page);
  dropBoilerplate(main);
  const tree = toMdast({ type: "root", children: main.children as HastRoot["children"] });
  return tree.type === "root" ? tree : { type: "root", children: [] };
}

function mainContent(page: HastRoot): HastRoot | Element {
  let found: Element | undefined;
  visit(page, "element", (node) => {
    if (node.tagName === "main" || node.properties.role === "main") found ??= node;
  });
  visit(page, "element", (node) => {
    if (node.tagName === "article") found ??= node;
  });
  return found ?? page;
}

function dropBoilerplate(root: HastRoot | Element): void {
  visit(root as HastNodes, (node, index, parent) => {
    if (index === undefined || !parent) return undefined;
    const hidden =
      node.type === "comment" ||
      (node.type === "element" &&
        (BOILERPLATE.has(node.tagName) ||
          node.properties.hidden === true ||
          node.properties.ariaHidden === "true"));
    if (!hidden) return undefined;
    parent.children.splice(index, 1);
    return [SKIP, index];
  });
}
