import { mayRepeat } from "../column-names.ts";
import { blank, type Cell, type Row, type WriteText } from "./table-cell.ts";
import { headerRows, isHeaderRow, mergedHeader } from "./table-header.ts";
import { markAbsences } from "./table-marks.ts";
import { namesAttributes, turned } from "./table-turned.ts";

/** A table with one header row or none, or a line of text above, between or below such tables. */
export type Part<Content> =
  | { kind: "text"; content: Content[] }
  | { kind: "table"; header: Cell<Content>[]; rows: Cell<Content>[][] };

/** A longer line over all columns is a remark, not a label of the rows below it. */
const MAX_LABEL = 80;

/**
 * What a table says, in the only form that Markdown has: one header row above rows of equal length. Rows over all columns above the
 * header are captions, later ones label the rows below them; several header rows become one (`2024 – Price`); a table whose first
 * column names the attributes is turned, so that each of its rows is one thing.
 * @param rows of equal length
 */
export function shapeTable<Content>(
  rows: Row<Content>[],
  write: WriteText<Content>,
): Part<Content>[] {
  const filled = withoutEmpty(rows);
  const parts: Part<Content>[] = [];
  const at = captionsOf(filled);
  for (const row of filled.slice(0, at)) parts.push({ kind: "text", content: textOf(row) });
  let last = filled.length;
  while (last > at + 1 && filled[last - 1]?.isWide && !isLabel(filled[last - 1], 0)) last -= 1;
  const body = filled.slice(at, last);
  for (const table of divided(body)) parts.push(...tableOf(table, write));
  for (const row of filled.slice(last)) parts.push({ kind: "text", content: textOf(row) });
  return parts;
}

/** How many rows at the top are captions. The last of them is a label if other labels follow, and no header. */
function captionsOf<Content>(rows: Row<Content>[]): number {
  const first = rows.findIndex(({ isWide }) => !isWide);
  const [row, ...others] = first > 0 ? rows.slice(first) : [];
  if (!row) return first < 0 ? rows.length : 0;
  const hasLabels = others.some((other, index) => isLabel(other, others.length - 1 - index));
  const isLabelled = hasLabels && isLabel(rows[first - 1], 1) && headerRows([row, ...others]) === 0;
  return isLabelled ? first - 1 : first;
}

/** A header row in the middle begins another table, unless it repeats the first. */
function divided<Content>(rows: Row<Content>[]): Row<Content>[][] {
  const tables: Row<Content>[][] = [];
  let open: Row<Content>[] = [];
  let isBody = false;
  let names = "";
  for (const row of rows) {
    const isHeader = !row.isWide && isHeaderRow(row);
    const own = row.cells.map(({ text }) => text).join("\n");
    if (isHeader && isBody && own === names) continue;
    if (isHeader && isBody) {
      tables.push(open);
      open = [];
      isBody = false;
    }
    if (isHeader && open.length === 0) names = own;
    if (!isHeader && !row.isWide) isBody = true;
    open.push(row);
  }
  return [...tables, open].filter((table) => table.length > 0);
}

function tableOf<Content>(rows: Row<Content>[], write: WriteText<Content>): Part<Content>[] {
  if (namesAttributes(rows)) return [{ kind: "table", ...turned(rows) }];
  const headers = headerRows(rows);
  const header = mergedHeader(
    rows.slice(0, headers).map(({ cells }) => cells),
    write,
  );
  const body = rows.slice(headers);
  const cells = markAbsences(
    body.map((row) => row.cells),
    write,
  );
  return labelled(
    body.map((row, index) => ({ ...row, cells: cells[index] ?? row.cells })),
    header,
    write,
  );
}

/** The rows, each with the label of its group in a column of its own in front. */
function labelled<Content>(
  rows: Row<Content>[],
  header: Cell<Content>[],
  write: WriteText<Content>,
): Part<Content>[] {
  const length = rows.reduce((sum, { cells }) => sum + lengthOf(cells), 0);
  const labels = new Set(rows.filter((row, index) => isLabel(row, rows.length - 1 - index)));
  const longest = Math.max(0, ...[...labels].map((row) => row.cells[0]?.text.length ?? 0));
  const isRepeated = labels.size > 0 && mayRepeat(longest * rows.length, length);
  if (!isRepeated)
    return [
      { kind: "table", header, rows: rows.map((row) => (row.isWide ? alone(row) : row.cells)) },
    ];
  const written: Cell<Content>[][] = [];
  let label: Cell<Content> | undefined;
  for (const row of rows) {
    if (labels.has(row)) label = row.cells[0];
    else if (row.isWide)
      written.push([row.cells[0] ?? blank(), ...row.cells.map(() => blank<Content>())]);
    else written.push([label ? copy(label, write) : blank(), ...row.cells]);
  }
  const width = rows[0]?.cells.length ?? 0;
  const names = header.length > 0 ? header : Array.from({ length: width }, () => blank<Content>());
  return [{ kind: "table", header: [blank(), ...names], rows: written }];
}

function isLabel<Content>(row: Row<Content> | undefined, rowsBelow: number): boolean {
  const text = row?.cells[0]?.text ?? "";
  return row?.isWide === true && rowsBelow > 0 && text.length <= MAX_LABEL && !/[.!]$/.test(text);
}

function alone<Content>({ cells }: Row<Content>): Cell<Content>[] {
  return cells.map((cell, column) => (column === 0 ? cell : blank()));
}

function withoutEmpty<Content>(rows: Row<Content>[]): Row<Content>[] {
  const filled = rows.filter(({ cells }) => cells.some(({ text }) => text));
  const used = new Set(
    filled.flatMap(({ cells, isWide }) =>
      cells.flatMap(({ text }, column) => (text && (column === 0 || !isWide) ? column : [])),
    ),
  );
  return filled.map((row) => ({
    ...row,
    cells: row.cells.filter((_, column) => used.has(column)),
  }));
}

function textOf<Content>({ cells }: Row<Content>): Content[] {
  return cells[0]?.content ?? [];
}

function lengthOf<Content>(cells: Cell<Content>[]): number {
  return cells.reduce((sum, { text }) => sum + text.length, 0);
}

function copy<Content>(cell: Cell<Content>, write: WriteText<Content>): Cell<Content> {
  return { ...cell, content: [write(cell.text)] };
}
