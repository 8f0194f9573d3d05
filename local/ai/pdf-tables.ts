import type { Run } from "./pdf-page-text.ts";

/** Rows and columns of a table, at least. */
const LEAST_ROWS = 3;
const LEAST_COLUMNS = 2;
const MAX_COLUMNS = 40;
/** The share of the rows that have a text in every column. */
const FULL = 2 / 3;
/** In characters: longer texts beside each other are columns of running text. */
const MAX_USUAL_CELL = 40;
/** From the baseline of a row to that of the next, in heights of the letters. */
const MAX_LINE_HEIGHTS = 3.5;
/** What stands in front of a list's items, and the dots of a table of contents. */
const LIST_MARK = /^(?:[•▪‣●▸►◦·*–-]|\(?(?:\d{1,3}|[a-z])[.)])\s*$/i;
const NO_CELL = /[•▪‣●▸►◦]|\.{5}|(?:\. ){4}/;

interface Span {
  left: number;
  right: number;
}

/**
 * The lines of a page, where neighbouring lines whose runs stand in the same columns are the rows of a Markdown table. The first bar is
 * followed by no space: the reader takes `| ` for the mark of a converter that writes all of the text as Markdown.
 * @param lines the cells of each line; empty where there is no table
 */
export function withTables(texts: string[], lines: Run[][]): string[] {
  const written: string[] = [];
  for (let start = 0; start < texts.length;) {
    let end = start;
    while (isRow(lines[end]) && (end === start || isNext(lines[end - 1], lines[end]))) end += 1;
    const table = end - start >= LEAST_ROWS ? tableOf(lines.slice(start, end)) : undefined;
    const next = Math.max(end, start + 1);
    written.push(...(table ? ["", ...table, ""] : texts.slice(start, next)));
    start = next;
  }
  return written;
}

function isRow(line: Run[] = []): boolean {
  return line.length >= LEAST_COLUMNS && !LIST_MARK.test(line[0]?.text ?? "");
}

function isNext(above: Run[] = [], line: Run[] = []): boolean {
  const distance = (above[0]?.baseline ?? 0) - (line[0]?.baseline ?? 0);
  return distance > 0 && distance < MAX_LINE_HEIGHTS * (line[0]?.height ?? 0);
}

function tableOf(lines: Run[][]): string[] | undefined {
  const columns = columnsOf(lines.flat());
  if (columns.length < LEAST_COLUMNS || columns.length > MAX_COLUMNS) return undefined;
  const rows = lines.map((line) => rowOf(line, columns));
  if (!rows.every((row) => row !== undefined)) return undefined;
  const full = rows.filter((row) => row.every(Boolean)).length;
  if (full < LEAST_ROWS - 1 || full < rows.length * FULL) return undefined;
  const cells = rows.flat().filter(Boolean);
  const lengths = cells.map(({ length }) => length).toSorted((a, b) => a - b);
  const isText = (lengths[Math.floor(lengths.length / 2)] ?? 0) > MAX_USUAL_CELL;
  if (isText || cells.some((cell) => NO_CELL.test(cell))) return undefined;
  const [first = [], ...rest] = rows;
  const header = isHeader(first, rest) ? first : first.map(() => "");
  const data = header === first ? rest : rows;
  return [written(header), written(first.map(() => "-")), ...data.map(written)];
}

/** The stretches of the page's width in which the runs of a table stand; between two columns nothing stands in any line. */
function columnsOf(runs: Run[]): Span[] {
  const columns: Span[] = [];
  for (const { left, right } of runs.toSorted((a, b) => a.left - b.left)) {
    const last = columns.at(-1);
    if (last && left < last.right) last.right = Math.max(last.right, right);
    else columns.push({ left, right });
  }
  return columns;
}

/** The texts of a line by column; undefined where two of its runs stand in one column. */
function rowOf(line: Run[], columns: Span[]): string[] | undefined {
  const row = columns.map(() => "");
  for (const { text, left } of line) {
    const column = columns.findLastIndex((one) => one.left <= left);
    if (column < 0 || row[column] !== "") return undefined;
    row[column] = text.replace(/\s+/g, " ").trim();
  }
  return row;
}

/** The first row names the columns where it has no numbers and the others have, or where it names more than a value's label. */
function isHeader([, ...names]: string[], rows: string[][]): boolean {
  if (names.some((name) => /\d/.test(name))) return false;
  const hasNumbers = rows.some(([, ...cells]) => cells.some((cell) => /\d/.test(cell)));
  return names.every(Boolean) && (hasNumbers || names.length > 1);
}

function written(cells: string[]): string {
  return `|${cells.map((cell) => cell.replace(/[\\|*_`<]/g, "\\$&")).join("|")}|`;
}
