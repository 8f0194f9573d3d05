import type { Element, ElementContent, Nodes, Parents } from "hast";
import { SKIP, visit } from "unist-util-visit";

/** Elements without text for readers. */
const NO_TEXT = new Set(
  "script style noscript template iframe object embed svg canvas video audio head math link meta".split(
    " ",
  ),
);
/** Markdown fills up every row to the widest one, so 1 MB of HTML can become billions of cells. Larger tables are dissolved. */
const MAX_TABLE_CELLS = 50_000;
const SUPERSCRIPT_DIGITS = "⁰¹²³⁴⁵⁶⁷⁸⁹";

/** Rewrites elements that Markdown cannot express, so that the conversion to Markdown loses no words. */
export function prepareForMarkdown(tree: Nodes): void {
  visit(tree, (node, index, parent) => {
    if (index === undefined || !parent) return undefined;
    if (node.type === "comment" || node.type === "doctype") return remove(parent, index);
    if (node.type !== "element") return undefined;
    if (NO_TEXT.has(node.tagName)) return remove(parent, index);
    rewrite(node, parent, index);
    return undefined;
  });
}

function remove(parent: Parents, index: number): [typeof SKIP, number] {
  parent.children.splice(index, 1);
  return [SKIP, index];
}

function rewrite(node: Element, parent: Parents, index: number): void {
  switch (node.tagName) {
    case "menu":
      node.tagName = "ul";
      nestLists(node);
      return;
    case "ul":
    case "ol":
      nestLists(node);
      return;
    case "td":
    case "th":
      if (!isWithin(parent, /^tr$/)) node.tagName = "div";
      return;
    case "tr":
      if (!isWithin(parent, /^(?:table|thead|tbody|tfoot)$/)) node.tagName = "div";
      return;
    case "sup":
      raise(node);
      return;
    case "table":
      if (cellsOf(node) > MAX_TABLE_CELLS) dissolve(node);
      else liftCaption(node, parent, index);
      return;
    default:
  }
}

function isWithin(parent: Parents, names: RegExp): boolean {
  return parent.type === "element" && names.test(parent.tagName);
}

/** A list directly in a list, between two items, moves into the item before it. */
function nestLists(list: Element): void {
  let item: Element | undefined;
  list.children = list.children.filter((child) => {
    if (child.type !== "element") return true;
    if (child.tagName === "li") item = child;
    const isNested = item !== undefined && /^(?:ul|ol|menu)$/.test(child.tagName);
    if (isNested) item?.children.push(child);
    return !isNested;
  });
}

/** `$19<sup>99</sup>` must not become $1999. */
function raise(node: Element): void {
  const [only, ...more] = node.children;
  if (only?.type !== "text" || more.length > 0 || !/^\d+$/.test(only.value)) return;
  only.value = only.value.replace(/\d/g, (digit) => SUPERSCRIPT_DIGITS[Number(digit)] ?? digit);
}

/** How many cells the table has once its rows and spans are filled up. */
function cellsOf(table: Element): number {
  let rows = 0;
  let columns = 0;
  let widest = 0;
  let covered = 0;
  visit(table, "element", ({ tagName, properties }) => {
    if (tagName === "tr") {
      rows += 1;
      columns = 0;
    } else if (tagName === "td" || tagName === "th") {
      columns += Number(properties.colSpan ?? 1);
      covered += Number(properties.colSpan ?? 1) * Number(properties.rowSpan ?? 1);
      widest = Math.max(widest, columns);
    }
  });
  return Math.max(Math.max(rows, 1) * widest, covered);
}

/** Turns every part of the table into a block of its own. */
function dissolve(table: Element): void {
  visit(table, "element", (node) => {
    const isPart = /^(?:table|thead|tbody|tfoot|tr|td|th|caption)$/.test(node.tagName);
    if (isPart) node.tagName = "div";
  });
}

/** Moves the caption in front of the table, since Markdown's tables have none. */
function liftCaption(table: Element, parent: Parents, index: number): void {
  const caption = table.children.find(
    (child): child is Element => child.type === "element" && child.tagName === "caption",
  );
  if (!caption) return;
  table.children = table.children.filter((child) => child !== caption);
  (parent.children as ElementContent[]).splice(index, 1, { ...caption, tagName: "p" }, table);
}
