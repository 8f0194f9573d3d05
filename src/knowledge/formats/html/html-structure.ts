import type { Element, ElementContent, Nodes, Parents } from "hast";
import { SKIP, visit } from "unist-util-visit";
import { listTerms } from "./html-definitions.ts";
import { nameMarks } from "./html-icons.ts";
import { classesOf, wordsOf } from "./html-measure.ts";
import { boldLabel } from "./html-nodes.ts";
import { isTableLike, renameParts, tableBlocks } from "./html-tables.ts";
import { MAX_TABLE_CELLS } from "../limits.ts";
import { NO_TEXT, raised } from "./html-text.ts";

/** The cells of one row are converted at once. */
const MAX_COLUMNS = 1000;
/** Deeper lists and quotes are dissolved: Markdown repeats the indentation of all levels in every line. */
const MAX_CONTAINERS = 10;
const LIST = /^(?:ul|ol|menu|dir|dl)$/;

/** What is around a node. */
interface Place {
  /** The tag of the parent; "" for the root. */
  parent: string;
  /** Lists and quotes around the node. */
  containers: number;
  /** Cells of the document's tables so far. */
  cells: { count: number };
}

/** Rewrites elements that Markdown cannot express, so that the conversion to Markdown loses no words. */
export function prepareForMarkdown(tree: Parents): void {
  const parent = tree.type === "element" ? tree.tagName : "";
  nameMarks(tree);
  prepareChildren(tree, { parent, containers: 0, cells: { count: 0 } });
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
  if (isTableLike(node)) renameParts(node);
  if (node.tagName === "table" && !node.data) {
    const blocks = fitsCells(node, place.cells) ? tableBlocks(node) : undefined;
    // What is written is not read again.
    for (const block of blocks ?? []) prepare(block, place, kept);
    if (blocks) return;
    dissolveTable(node);
  }
  kept.push(node);
  prepareChildren(node, {
    ...place,
    parent: node.tagName,
    containers: place.containers + (isContainer ? 1 : 0),
  });
}

function rewrite(node: Element, { parent }: Place): void {
  if (isTitleOfCallout(node, parent)) nameCallout(node);
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
    case "dl":
      listTerms(node);
      return;
    case "sup": {
      const text = raised(node);
      if (text) node.children = [{ type: "text", value: text }];
      return;
    }
    default:
  }
}

const CALLOUT_TITLE =
  /(?:admonition|custom-block|markdown-alert|callout|alert|notice|awsdocs-(?:note|important|warning|tip))[-_]*(?:title|heading|header|label)(?![a-z])/i;
/** In characters. */
const MAX_CALLOUT_TITLE = 100;

/** "Warning" above the text of a callout, as generators mark it. Headings stay headings. */
function isTitleOfCallout(node: Element, parent: string): boolean {
  if (!/^(?:p|div|span)$/.test(node.tagName)) return false;
  if (!/^(?:div|section|aside|blockquote)?$/.test(parent)) return false;
  if (!classesOf(node).some((name) => CALLOUT_TITLE.test(name))) return false;
  const title = wordsOf(node, MAX_CALLOUT_TITLE);
  return title !== "" && title.length < MAX_CALLOUT_TITLE;
}

/** In bold with a colon, which keeps it with the text below it when chunks are cut. */
function nameCallout(node: Element): void {
  const title = wordsOf(node, MAX_CALLOUT_TITLE);
  node.tagName = "p";
  node.children = [boldLabel(title)];
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

/** How many cells the table has once its rows and spans are filled up. */
function cellsOf(table: Element): number {
  let rows = 0;
  let columns = 0;
  let widest = 0;
  let covered = 0;
  visit(table, "element", (part) => {
    const { tagName, properties } = part;
    // A table within a table is read apart.
    if (tagName === "table" && part !== table) return SKIP;
    if (tagName === "tr") {
      rows += 1;
      columns = 0;
    } else if (tagName === "td" || tagName === "th") {
      columns += Number(properties.colSpan ?? 1);
      covered += Number(properties.colSpan ?? 1) * Number(properties.rowSpan ?? 1);
      widest = Math.max(widest, columns);
    }
    return undefined;
  });
  if (widest > MAX_COLUMNS) return Number.POSITIVE_INFINITY;
  return Math.max(Math.max(rows, 1) * widest, covered);
}

/** Whether the table is small enough, beside the tables before it. */
function fitsCells(table: Element, cells: Place["cells"]): boolean {
  const count = cellsOf(table);
  if (cells.count + count > MAX_TABLE_CELLS) return false;
  cells.count += count;
  return true;
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
