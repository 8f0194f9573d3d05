import { mayRepeat } from "./column-names.ts";
import { blank, type Cell, type Row, type WriteText } from "./table-cell.ts";
import { markAbsences } from "./table-marks.ts";

/** A table with one header row or none, or a line of text above, between or below such tables. */
export type Part<Content> =
  | { kind: "text"; content: Content[] }
  | { kind: "table"; header: Cell<Content>[]; rows: Cell<Content>[][] };

/** A longer line over all columns is a remark, not a label of the rows below it. */
const MAX_LABEL = 80;
/** More columns than attributes of one thing are no list of attributes. */
const MAX_TRANSPOSED = 20;

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
  if (namesAttributes(rows)) return [turned(rows)];
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

/** Whether a table with a header begins here. */
export function startsTable<Content>(rows: Row<Content>[]): boolean {
  return rows.length > 1 && headerRows(rows) > 0;
}

/** How many rows at the top are headers. */
function headerRows<Content>(rows: Row<Content>[]): number {
  const body = rows.findIndex((row) => !row.isHead);
  if (body > 0) return body;
  const marked = rows.findIndex((row) => row.isWide || !isHeaderRow(row));
  if (marked > 0) return marked;
  if (rows.length === 1) return 0;
  // All cells are marked as headers.
  if (marked < 0 || body < 0) return 1;
  const [first, ...others] = rows.filter((row) => !row.isWide);
  if (!first || rows[0]?.isWide) return 0;
  if (!looksLikeHeader(first, others)) return 0;
  const [second, ...more] = others;
  const isSpanned = hasRepeated(first) && second && !hasRepeated(second);
  return isSpanned && rows[1] === second && looksLikeHeader(second, more) ? 2 : 1;
}

function isHeaderRow<Content>({ cells }: Row<Content>): boolean {
  const named = cells.filter(({ text }) => text);
  const isWhole = named.length > 1 || cells.length === 1;
  return isWhole && named.every(({ isHeader }) => isHeader);
}

function hasRepeated<Content>({ cells }: Row<Content>): boolean {
  return cells.some(({ text }, column) => text !== "" && text === cells[column + 1]?.text);
}

const LONGEST_NAME = 60;
const YEAR = /^(?:19|20)\d\d$/;
/** The first of a week's opening hours has a name that no column has. */
const WEEKDAY =
  /^(?:mon|tue|wed|thu|fri|sat|sun|mo|di|mi|do|fr|sa|so|montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonntag|lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche|lunes|martes|miércoles|jueves|viernes|sábado|domingo|lunedì|martedì|mercoledì|giovedì|venerdì|sabato|domenica|maandag|dinsdag|woensdag|donderdag|vrijdag|zaterdag|zondag)(?:s?day|nesday|rsday|urday)?\b/i;

/**
 * Whether the first row of a table without any `th` names its columns. A false header pairs facts that do not belong together, and a
 * missing one leaves out a word only. So there must be a sign: bold names above plain values, or words above amounts.
 */
function looksLikeHeader<Content>(first: Row<Content>, body: Row<Content>[]): boolean {
  const [corner, ...others] = first.cells;
  if (!corner || others.length === 0 || body.length === 0) return false;
  const names = first.cells.map(({ text }) => text).filter(Boolean);
  if (others.some(({ text }) => !text) && names.length < Math.max(2, first.cells.length * 0.7))
    return false;
  if (names.some((name) => name.length > LONGEST_NAME || /[.!:;]$/.test(name))) return false;
  const isBold = (row: Row<Content>): boolean =>
    row.cells.every((cell) => !cell.text || cell.isBold || cell.isHeader);
  if (isBold(first)) return !body.every(isBold);
  if (names.some((name) => /\d/.test(name) && !YEAR.test(name))) return false;
  if (WEEKDAY.test(corner.text)) return false;
  const columns = others.map((_, index) =>
    body.map((row) => row.cells[index + 1]?.text ?? "").filter(Boolean),
  );
  if (columns.some((values) => isMostly(values, isAmount))) return true;
  if (others.length > 1) return body.length > 1 && names.every((name) => name.length <= 30);
  const [values = []] = columns;
  const mean = values.reduce((sum, value) => sum + value.length, 0) / Math.max(1, values.length);
  const name = others[0]?.text ?? "";
  return name !== "" && name.split(" ").length <= 4 && mean >= 2.5 * name.length;
}

function isMostly(values: string[], is: (value: string) => boolean): boolean {
  return values.length > 0 && values.filter(is).length >= values.length * 0.8;
}

function isAmount(text: string): boolean {
  return /\d/.test(text) || /^[✓✗–—-]$/.test(text);
}

function mergedHeader<Content>(
  rows: Cell<Content>[][],
  write: WriteText<Content>,
): Cell<Content>[] {
  const [first = [], ...others] = rows;
  if (others.length === 0) return first;
  return first.map((cell, column) => {
    const texts = [...new Set(rows.map((row) => row[column]?.text ?? "").filter(Boolean))];
    const text = texts.join(" – ");
    return texts.length > 1
      ? { ...cell, text, content: [write(text)] }
      : (rows.map((row) => row[column]).find((one) => one?.text) ?? cell);
  });
}

/** Whether the first column names attributes of the things that stand in the columns beside it, and no row names the things. */
function namesAttributes<Content>(rows: Row<Content>[]): boolean {
  const width = rows[0]?.cells.length ?? 0;
  if (width < 3 || rows.length < 2 || rows.length > MAX_TRANSPOSED || width > MAX_TRANSPOSED)
    return false;
  const isNamed = rows.every(({ cells: [name, ...values], isWide }) => {
    return !isWide && name?.isHeader && name.text && values.every(({ isHeader }) => !isHeader);
  });
  // A row holds values of one kind: the names of the plans, then their prices.
  const amounts = rows.map(
    ({ cells }) => cells.slice(1).filter(({ text }) => isAmount(text)).length,
  );
  const isUniform = amounts.every((count) => count === 0 || count === width - 1);
  return isNamed && isUniform && amounts[0] === 0 && amounts.some((count) => count > 0);
}

function turned<Content>(rows: Row<Content>[]): Part<Content> {
  const columns = (rows[0]?.cells ?? []).map((_, column) =>
    rows.map(({ cells }) => cells[column] ?? blank<Content>()),
  );
  const [header = [], ...things] = columns;
  return { kind: "table", header, rows: things };
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
