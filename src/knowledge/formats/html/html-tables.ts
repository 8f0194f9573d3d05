import type { Element, ElementContent } from "hast";
import { mayRepeat } from "../column-names.ts";
import { inlineContent, isTable } from "./html-cell.ts";
import { element, text } from "./html-nodes.ts";
import { rowsOfLines } from "./html-table-lines.ts";
import { blank, type Cell, type Row } from "../tables/table-cell.ts";
import { shapeTable, type Part } from "../tables/table-shape.ts";

/** A longer text is not repeated in the cells that a span covers. */
const MAX_REPEATED = 200;
/** A table with a longer cell and no header arranges a page. */
const LAYOUT_CELL = 400;
/** A table without a header that holds tables has so many rows without them, or it arranges a page. */
const LEAST_DATA_ROWS = 2;

type Grid = {
  rows: Row<ElementContent>[];
  outside: Element[];
  nested: Element[];
  /** The rows that hold the nested tables. */
  holders: Set<Row<ElementContent>>;
};

interface SourceRow {
  element: Element;
  isHead: boolean;
}

/**
 * The table as blocks that Markdown can express: captions and remarks as paragraphs, and tables with one header row, without spans. A
 * table within a cell follows, with the label of its row.
 * @returns undefined for a table that only arranges a page
 */
export function tableBlocks(table: Element): Element[] | undefined {
  const { rows, outside, nested, holders } = gridOf(table);
  if (isLayout(table, rows, holders)) return undefined;
  const blocks = shapeTable(rows, text).map(written);
  return [...outside, ...blocks, ...nested];
}

function gridOf(table: Element): Grid {
  const grid: Grid = { rows: [], outside: [], nested: [], holders: new Set() };
  const source: SourceRow[] = [];
  collectRows(table, { source, outside: grid.outside, isHead: false });
  const budget = { length: 0, added: 0 };
  /** Cells that spans of rows above cover, by column. */
  const open = new Map<number, { cell: Cell<ElementContent>; rows: number }>();
  const wide: number[] = [];
  for (const { element, isHead } of source) {
    const cells: Cell<ElementContent>[] = [];
    const row: Row<ElementContent> = { cells, isHead, isWide: false };
    const cover = (): void => {
      for (let above = open.get(cells.length); above; above = open.get(cells.length)) {
        if (above.rows === 1) open.delete(cells.length);
        above.rows -= 1;
        cells.push(repeated(above.cell, budget));
      }
    };
    const own = cellsOf(element);
    for (const one of own) {
      cover();
      const { content, text: words, isBold, nested } = inlineContent(one);
      budget.length += words.length;
      const isHeader = one.tagName === "th";
      const cell = { text: words, content, isBold, isHeader };
      const label = labelOfNested(cells[0]?.text || words, grid.rows[0]?.cells[cells.length]);
      if (nested.length > 0) grid.holders.add(row);
      for (const inner of nested)
        grid.nested.push(...(label ? [paragraph(`${label}:`)] : []), inner);
      const [columns, spanned] = spansOf(one);
      for (let column = 0; column < columns; column++) {
        if (spanned > 1) open.set(cells.length, { cell, rows: spanned - 1 });
        cells.push(column === 0 ? cell : repeated(cell, budget));
      }
    }
    cover();
    wide.push(
      own.length === 1 && cells.length > 1 && cells.length === spansOf(own[0])[0]
        ? cells.length
        : 0,
    );
    grid.rows.push(row);
  }
  const width = grid.rows.reduce((most, { cells }) => Math.max(most, cells.length), 0);
  for (const [index, row] of grid.rows.entries()) {
    row.isWide = width > 1 && (wide[index] ?? 0) >= width;
    while (row.cells.length < width) row.cells.push(blank());
  }
  return grid;
}

/** What a table within a cell is about: its row, and its column where this has a name. */
function labelOfNested(row: string, column: Cell<ElementContent> | undefined): string {
  const name = column?.isHeader && column.text.length <= MAX_REPEATED ? column.text : "";
  return row && name ? `${row} – ${name}` : row || name;
}

/** Rows of the table itself, and what stands outside its rows. */
function collectRows(
  part: Element,
  into: { source: SourceRow[]; outside: Element[]; isHead: boolean },
): void {
  for (const child of part.children) {
    if (child.type === "text" && child.value.trim()) into.outside.push(paragraph(child.value));
    if (child.type !== "element") continue;
    if (isRow(child))
      for (const row of into.isHead ? [child] : rowsOfLines(child))
        into.source.push({ element: row, isHead: into.isHead });
    else if (child.tagName === "caption") into.outside.push({ ...child, tagName: "p" });
    else if (isTable(child)) into.outside.push(child);
    else if (hasRows(child))
      collectRows(child, { ...into, isHead: into.isHead || child.tagName === "thead" });
    else if (!/^(?:col|colgroup|thead|tbody|tfoot)$/.test(child.tagName)) into.outside.push(child);
  }
}

function isRow({ tagName }: Element): boolean {
  return tagName === "tr";
}

/** Looks a few levels deep: rows stand in their group, and a group in a wrapper at most. */
function hasRows(part: Element, depth = 0): boolean {
  return part.children.some(
    (child) =>
      child.type === "element" &&
      !isTable(child) &&
      (isRow(child) || (depth < 2 && hasRows(child, depth + 1))),
  );
}

/** What is no cell becomes one, so that no text is lost. */
function cellsOf(row: Element): Element[] {
  return elementsIn(row).flatMap((child) => {
    if (isCell(child)) return [child];
    const inner = isTable(child) ? [] : elementsIn(child).filter(isCell);
    if (inner.length > 0) return inner;
    return inlineContent(child).text || isTable(child) ? [element("td", [child])] : [];
  });
}

function elementsIn(part: Element): Element[] {
  return part.children.filter((child): child is Element => child.type === "element");
}

function isCell({ tagName }: Element): boolean {
  return tagName === "td" || tagName === "th";
}

const TAGS: Record<string, string> = {
  row: "tr",
  cell: "td",
  gridcell: "td",
  columnheader: "th",
  rowheader: "th",
};

/** Whether an element is a table by its role or style alone. */
export function isTableLike(element: Element): boolean {
  if (element.tagName === "table") return false;
  return (isTable(element) || displays(element, "table")) && holdsRows(element, 0);
}

/** Gives the parts of such a table the names that those of a `<table>` have. */
export function renameParts(table: Element): void {
  table.tagName = "table";
  for (const part of elementsIn(table)) rename(part);
}

function rename(part: Element): void {
  if (isTable(part)) return;
  const tag = tagOf(part);
  if (tag) part.tagName = tag;
  if (tag !== "td" && tag !== "th") for (const child of elementsIn(part)) rename(child);
}

function tagOf(part: Element): string | undefined {
  const role = String(part.properties.role);
  if (Object.hasOwn(TAGS, role)) return TAGS[role];
  if (displays(part, "table-row")) return "tr";
  return displays(part, "table-cell") ? "td" : undefined;
}

function holdsRows(part: Element, depth: number): boolean {
  return elementsIn(part).some(
    (child) =>
      !isTable(child) && (tagOf(child) === "tr" || (depth < 2 && holdsRows(child, depth + 1))),
  );
}

function displays({ properties: { style } }: Element, value: string): boolean {
  const display =
    typeof style === "string" ? /(?:^|;)\s*display\s*:\s*([\w-]+)/i.exec(style) : null;
  return display?.[1]?.toLowerCase() === value;
}

function spansOf(cell: Element | undefined): [columns: number, rows: number] {
  return [Number(cell?.properties.colSpan ?? 1), Number(cell?.properties.rowSpan ?? 1)];
}

function repeated(
  cell: Cell<ElementContent>,
  budget: { length: number; added: number },
): Cell<ElementContent> {
  const isRepeated =
    cell.text.length <= MAX_REPEATED && mayRepeat(budget.added + cell.text.length, budget.length);
  if (!isRepeated) return { ...blank(), isHeader: cell.isHeader };
  budget.added += cell.text.length;
  return { ...cell, content: cell.text ? [text(cell.text)] : [] };
}

/**
 * A table that arranges a page has no header, and one column, tables and headings in its cells, much text in few of them, or one row of
 * lists side by side.
 */
function isLayout(
  table: Element,
  rows: Row<ElementContent>[],
  holders: Set<Row<ElementContent>>,
): boolean {
  // Some editors give their data tables the role, too, and make the first row bold.
  const isNamed = rows.length > 1 && rows[0]?.cells.every(({ isBold }) => isBold) === true;
  if (/^(?:presentation|none)$/.test(String(table.properties.role)) && !isNamed) return true;
  const cells = rows.flatMap((row) => row.cells);
  if (rows.some(({ isHead }) => isHead) || cells.some(({ isHeader }) => isHeader)) return false;
  const width = rows[0]?.cells.length ?? 0;
  const isLong = cells.some((cell) => cell.text.length > LAYOUT_CELL);
  const arranges = holders.size > 0 && !holdsData(rows, holders);
  if (width < 2 || arranges || (isLong && rows.length <= 2)) return true;
  return hasHeading(table) || (rows.length === 1 && holdsOnlyLists(table));
}

/** Whether most rows hold no table and have a text in each of their cells. */
function holdsData(rows: Row<ElementContent>[], holders: Set<Row<ElementContent>>): boolean {
  const full = rows.filter((row) => !holders.has(row) && row.cells.every(({ text }) => text));
  return full.length >= LEAST_DATA_ROWS && full.length > rows.length / 2;
}

/** Whether each cell with text holds a list. */
function holdsOnlyLists(part: Element): boolean {
  return elementsIn(part).every((child) =>
    isCell(child)
      ? !inlineContent(child).text ||
        elementsIn(child).some(({ tagName }) => /^(?:ul|ol|dl)$/.test(tagName))
      : holdsOnlyLists(child),
  );
}

function hasHeading(part: Element): boolean {
  return part.children.some(
    (child) =>
      child.type === "element" &&
      !isTable(child) &&
      (/^h[1-6]$/.test(child.tagName) || hasHeading(child)),
  );
}

function written(part: Part<ElementContent>): Element {
  if (part.kind === "text") return element("p", part.content);
  const width = part.rows[0]?.length ?? part.header.length;
  const names =
    part.header.length > 0
      ? part.header
      : Array.from({ length: width }, () => blank<ElementContent>());
  const row = (name: string, cells: Cell<ElementContent>[]): Element =>
    element(
      "tr",
      cells.map(({ content }) => element(name, content)),
    );
  // `data` says that the table is written, and needs no second reading.
  const table = element("table", [
    element("thead", [row("th", names)]),
    element(
      "tbody",
      part.rows.map((cells) => row("td", cells)),
    ),
  ]);
  return { ...table, data: {} };
}

function paragraph(value: string): Element {
  return element("p", [text(value)]);
}
