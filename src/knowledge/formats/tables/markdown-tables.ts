import type { Paragraph, PhrasingContent, Root, RootContent, Table, TableRow } from "mdast";
import { visit } from "unist-util-visit";
import { MAX_TABLE_CELLS } from "../limits.ts";
import { readableText } from "../readable-text.ts";
import { UnreadableDocument } from "../unreadable-document.ts";
import { blank, type Cell, type Row } from "./table-cell.ts";
import { startsTable } from "./table-header.ts";
import { markAbsences } from "./table-marks.ts";
import { addNotes } from "./table-notes.ts";
import { shapeTable, type Part } from "./table-shape.ts";

type TextCell = Cell<PhrasingContent>;
type TextRow = Row<PhrasingContent>;

/** What converters call a column without a name: `Unnamed: 3`, `__EMPTY_2`. */
const UNNAMED = /^(?:unnamed(?:[: _]+\d+)?(?:_level_\d+)?|__empty(?:_\d+)?|column\d+_unnamed)$/i;

/** Gives the cells of authors' tables what Markdown leaves to the eye: footnotes, and what an empty cell among check marks means. */
export function completeTables(tree: Root): void {
  addNotes(tree);
  visit(tree, "table", (table) => {
    const [header, ...body] = table.children;
    if (!header || header.children.length < 2) return;
    const marked = markAbsences(
      body.map((row) => cellsOf(row, 0)),
      text,
    );
    for (const [index, row] of body.entries())
      row.children = (marked[index] ?? []).map(({ content }) => ({
        type: "tableCell",
        children: content,
      }));
  });
}

/**
 * Mends the tables of a converted sheet. A converter writes the cells as they lie: titles above the header, empty rows and columns, and
 * merged cells as a value and blanks.
 */
export function mendSheets(tree: Root): void {
  tree.children = tree.children.flatMap((node) =>
    node.type === "table" ? sheetTables(node) : [node],
  );
}

function sheetTables(table: Table): RootContent[] {
  const width = table.children.reduce((most, row) => Math.max(most, row.children.length), 0);
  // It will be dissolved.
  if (width * table.children.length > MAX_TABLE_CELLS) return [table];
  const isUnnamed = table.children[0]?.children.some((cell) =>
    UNNAMED.test(readableText(cell).trim()),
  );
  const rows = table.children.map((row) => {
    const cells = cellsOf(row, width).map((cell) => {
      const isEmpty = UNNAMED.test(cell.text) || (isUnnamed && /^nan$/i.test(cell.text));
      return isEmpty ? blank<PhrasingContent>() : cell;
    });
    return { cells, isHead: false, isWide: false };
  });
  return tablesOf(rows).flatMap((part) => shapeTable(part, text).map(writePart));
}

/** A CSV that is no list of questions: its header names the columns. */
export function csvBlocks(rows: string[][]): RootContent[] {
  const width = rows.reduce((most, row) => Math.max(most, row.length), 0);
  if (width * rows.length > MAX_TABLE_CELLS)
    throw new UnreadableDocument(
      `The table has more than ${MAX_TABLE_CELLS} cells. Split it into several files.`,
    );
  const cells = rows.map((row): TextRow => ({
    cells: Array.from({ length: width }, (_, column) => textCell(row[column] ?? "")),
    isHead: false,
    isWide: false,
  }));
  return tablesOf(cells).flatMap((part) => shapeTable(part, text).map(writePart));
}

/** The tables of a sheet, which blank rows part where a header follows. Merged cells are filled. */
function tablesOf(rows: TextRow[]): TextRow[][] {
  const used = new Set(
    rows.flatMap(({ cells }) => cells.flatMap((cell, at) => (cell.text ? at : []))),
  );
  const narrowed = rows.map((row) => ({
    ...row,
    cells: row.cells.filter((_, at) => used.has(at)),
  }));
  const tables: TextRow[][] = [];
  for (const block of blocksOf(narrowed)) {
    const wide = block.map(widened);
    const first = wide.findIndex(({ isWide }) => !isWide);
    const rest = wide.slice(Math.max(first, 0));
    const last = tables.at(-1);
    if (last && (first < 0 || !startsTable(rest))) for (const row of labels(wide)) last.push(row);
    else
      tables.push([
        ...wide.slice(0, Math.max(first, 0)),
        ...withHeader(labels(filledDown(filledRight(rest)))),
      ]);
  }
  return tables;
}

function blocksOf(rows: TextRow[]): TextRow[][] {
  const blocks: TextRow[][] = [[]];
  for (const row of rows) {
    if (row.cells.some(({ text: value }) => value)) blocks.at(-1)?.push(row);
    else if (blocks.at(-1)?.length) blocks.push([]);
  }
  return blocks.filter((block) => block.length > 0);
}

/** A row with one value, which is written over the columns beside it. */
function widened(row: TextRow): TextRow {
  const filled = row.cells.filter(({ text: value }) => value);
  const [only] = filled;
  if (row.cells.length < 2 || filled.length !== 1 || !only) return row;
  return { ...row, isWide: true, cells: row.cells.map((_, at) => (at === 0 ? only : blank())) };
}

/** In two columns, a label without a value is more likely than a label of the rows below. */
function labels(rows: TextRow[]): TextRow[] {
  return rows.map((row, at) => {
    const isOpen = row.cells.length < 3 && at < rows.length - 1;
    return row.isWide && isOpen ? { ...row, isWide: false } : row;
  });
}

/** Rows whose first cell is blank belong to the label above, in a column with a name. */
function filledDown(rows: TextRow[]): TextRow[] {
  const isNamed = rows[0]?.cells[0]?.text;
  let label: TextCell | undefined;
  return rows.map((row, at) => {
    const [first, ...others] = row.cells;
    if (at === 0 || row.isWide || !first) return row;
    if (first.text) label = first;
    const isBelow = isNamed && !first.text && label && others.some(({ text: value }) => value);
    return isBelow && label ? { ...row, cells: [textCell(label.text), ...others] } : row;
  });
}

/** Names over several columns, above a row that names each column. */
function filledRight(rows: TextRow[]): TextRow[] {
  const [first, second, ...others] = rows;
  if (!first || !second || others.length === 0) return rows;
  const isGrouped =
    first.cells.some(({ text: value }, at) => !value && at > 0) &&
    first.cells.every(({ text: value }, at) => value || second.cells[at]?.text) &&
    second.cells.every(({ text: value }) => !/^[\d.,\s%€$£-]+$/.test(value));
  if (!isGrouped) return rows;
  let group = blank<PhrasingContent>();
  const cells = first.cells.map((cell, at) => {
    if (cell.text || !second.cells[at]?.text) group = cell;
    return cell.text ? cell : textCell(group.text);
  });
  return [{ ...first, cells, isHead: true }, { ...second, isHead: true }, ...others];
}

/** The first row is the header where all its cells have a text: the converter takes it for one, too. */
function withHeader(rows: TextRow[]): TextRow[] {
  const [first, ...others] = rows;
  if (!first || others.length === 0 || first.isHead || first.isWide) return rows;
  const isNamed = first.cells.every(({ text: value }) => value && !/^[\d.,\s%€$£-]+$/.test(value));
  return [{ ...first, isHead: isNamed }, ...others];
}

function cellsOf(row: TableRow, width: number): TextCell[] {
  const cells = row.children.map((cell): TextCell => ({
    ...blank(),
    text: readableText(cell).replace(/\s+/g, " ").trim(),
    content: cell.children,
  }));
  while (cells.length < width) cells.push(blank());
  return cells;
}

function textCell(value: string): TextCell {
  const line = value.replace(/\s+/g, " ").trim();
  return { ...blank(), text: line, content: line ? [text(line)] : [] };
}

function writePart(part: Part<PhrasingContent>): Table | Paragraph {
  if (part.kind === "text") return { type: "paragraph", children: part.content };
  const width = part.rows[0]?.length ?? part.header.length;
  const row = (cells: TextCell[]): TableRow => ({
    type: "tableRow",
    children: cells.map(({ content }) => ({ type: "tableCell", children: content })),
  });
  const names =
    part.header.length > 0
      ? part.header
      : Array.from({ length: width }, () => blank<PhrasingContent>());
  return { type: "table", children: [row(names), ...part.rows.map(row)] };
}

function text(value: string): PhrasingContent {
  return { type: "text", value };
}
