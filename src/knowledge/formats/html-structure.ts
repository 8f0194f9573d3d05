import type { Element, ElementContent, Nodes, Parents } from "hast";
import { visit } from "unist-util-visit";

/** Elements without text for readers, form controls included. */
const NO_TEXT = new Set(
  (
    "script style noscript template iframe object embed svg canvas video audio head math link meta input select textarea " +
    "datalist dialog area title param source track applet noembed noframes frame frameset"
  ).split(" "),
);
/**
 * Markdown fills up every row to the widest one, so 1 MB of source can become billions of cells. Beyond this number in a document,
 * tables are dissolved.
 */
export const MAX_TABLE_CELLS = 50_000;
/** The cells of one row are converted at once. */
const MAX_COLUMNS = 1000;
/** Deeper lists and quotes are dissolved: Markdown repeats the indentation of all levels in every line. */
const MAX_CONTAINERS = 10;
const LIST = /^(?:ul|ol|menu|dir|dl)$/;
const SUPERSCRIPT_DIGITS = "⁰¹²³⁴⁵⁶⁷⁸⁹";

/** What is around a node. */
interface Place {
  /** The tag of the parent; "" for the root. */
  parent: string;
  /** Lists and quotes around the node. */
  containers: number;
  inTable: boolean;
  /** Cells of the document's tables so far. */
  cells: { count: number };
}

/** Rewrites elements that Markdown cannot express, so that the conversion to Markdown loses no words. */
export function prepareForMarkdown(tree: Parents): void {
  const parent = tree.type === "element" ? tree.tagName : "";
  prepareChildren(tree, { parent, containers: 0, inTable: false, cells: { count: 0 } });
}

/** Builds each list of children anew: removing them one by one would take quadratic time. */
function prepareChildren(node: Parents, place: Place): void {
  const kept: Nodes[] = [];
  for (const child of node.children) {
    if (child.type === "text") kept.push(child);
    if (child.type === "element" && !NO_TEXT.has(child.tagName)) prepare(child, place, kept);
  }
  node.children = kept as ElementContent[];
}

function prepare(node: Element, place: Place, kept: Nodes[]): void {
  // Hidden or not, its text is kept, and so is the white space around it.
  delete node.properties.hidden;
  const isContainer = LIST.test(node.tagName) || node.tagName === "blockquote";
  if (isContainer && place.containers >= MAX_CONTAINERS) dissolveContainer(node);
  rewrite(node, place);
  const caption = node.tagName === "table" ? takeCaption(node) : undefined;
  if (caption) kept.push({ ...caption, tagName: "p" });
  if (caption) prepareChildren(caption, { ...place, parent: "p" });
  kept.push(node);
  prepareChildren(node, {
    ...place,
    parent: node.tagName,
    containers: place.containers + (isContainer ? 1 : 0),
    inTable: place.inTable || node.tagName === "table",
  });
}

function rewrite(node: Element, { parent, inTable, cells }: Place): void {
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
      if (parent !== "tr") node.tagName = "div";
      return;
    case "tr":
      if (!/^(?:table|thead|tbody|tfoot)$/.test(parent)) node.tagName = "div";
      return;
    case "sup":
      raise(node);
      return;
    case "table":
      // A table within a table is written as text.
      if (!inTable) countCells(node, cells);
      return;
    default:
  }
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
  if (widest > MAX_COLUMNS) return Number.POSITIVE_INFINITY;
  return Math.max(Math.max(rows, 1) * widest, covered);
}

/** Dissolves a table that is too large, or that the tables before it leave no room for. */
function countCells(table: Element, cells: Place["cells"]): void {
  const count = cellsOf(table);
  if (cells.count + count > MAX_TABLE_CELLS) dissolveTable(table);
  else cells.count += count;
}

/** Turns every part of the table into a block of its own. Its rows and cells follow, since a cell stands only in a row. */
function dissolveTable(table: Element): void {
  table.tagName = "div";
  for (const child of table.children) {
    if (child.type !== "element") continue;
    if (/^(?:thead|tbody|tfoot|caption)$/.test(child.tagName)) child.tagName = "div";
  }
}

function dissolveContainer(container: Element): void {
  container.tagName = "div";
  for (const child of container.children) {
    if (child.type === "element" && /^(?:li|dt|dd)$/.test(child.tagName)) child.tagName = "div";
  }
}

/** Removes the caption, which moves in front of the table, since Markdown's tables have none. */
function takeCaption(table: Element): Element | undefined {
  const caption = table.children.find(
    (child): child is Element => child.type === "element" && child.tagName === "caption",
  );
  if (caption) table.children = table.children.filter((child) => child !== caption);
  return caption;
}
