import { pipeTable } from "../../src/knowledge/formats/tables/pipe-table.ts";
import type { RstReader } from "./reader.ts";

/** A table's rows of cells, each RST; `head` is the number of rows that are its header. */
interface RstTable {
  rows: string[][];
  head: number;
}

/** Reads a table of `+---+` and `|`. @returns the line behind it */
export function readGridTable(
  reader: RstReader,
  lines: string[],
  at: number,
  written: string[],
): number {
  let end = at;
  while (/^[+|]/.test(lines[end] ?? "")) end += 1;
  writeTable(reader, gridTable(lines.slice(at, end)), written);
  return end;
}

/** Reads a table between lines of `===  ===`, up to its last rule. */
export function readSimpleTable(
  reader: RstReader,
  lines: string[],
  at: number,
  written: string[],
): number {
  const rules: number[] = [];
  let end = at;
  for (; end < lines.length && rules.length < 3; end++) {
    if (/^=+(?: +=+)*\s*$/.test(lines[end] ?? "")) rules.push(end);
    // The second rule is the last one if a blank line follows it.
    if (rules.length === 2 && rules[1] === end && !lines[end + 1]?.trim()) break;
  }
  end = Math.min(lines.length, end + (rules.length < 3 ? 1 : 0));
  writeTable(reader, simpleTable(lines.slice(at, end)), written);
  return end;
}

function writeTable(reader: RstReader, table: RstTable | undefined, written: string[]): void {
  if (!table) return;
  const rows = table.rows.map((row) =>
    row.map((cell) => reader.blocks(cell.split("\n")).join(" ")),
  );
  written.push(markdownTable(rows, table.head));
}

/** A table of `+---+` and `|`. A cell that spans columns or rows is repeated in each. */
function gridTable(lines: string[]): RstTable | undefined {
  const width = Math.max(...lines.map((line) => line.length));
  const grid = lines.map((line) => line.padEnd(width));
  const columns = boundaries(grid, width);
  const rows: string[][] = [];
  let head = 0;
  let open: string[][] = [];
  for (const line of grid) {
    if (/^\+[-=+]+\+\s*$/.test(line)) {
      if (open.length > 0) rows.push(open.map((cell) => cell.join("\n")));
      if (line.includes("=")) head = rows.length;
      open = [];
      continue;
    }
    const cells = cellsOf(line, columns);
    open = cells.map((cell, index) => [...(open[index] ?? []), cell]);
  }
  return rows.length > 0 ? { rows: rows.map((row) => row.map(dedented)), head } : undefined;
}

function boundaries(grid: string[], width: number): number[] {
  const found = new Set<number>();
  for (const line of grid) {
    if (!/^\+[-=+]+\+\s*$/.test(line)) continue;
    for (let at = 0; at < width; at++) if (line.charAt(at) === "+") found.add(at);
  }
  return [...found].toSorted((a, b) => a - b);
}

function cellsOf(line: string, columns: number[]): string[] {
  const cells: string[] = [];
  let start = columns[0] ?? 0;
  let spanned = 0;
  for (const end of columns.slice(1)) {
    spanned += 1;
    if (!/[|+]/.test(line.charAt(end))) continue;
    const cell = /^[-=+]+$/.test(line.slice(start + 1, end)) ? "" : line.slice(start + 1, end);
    for (; spanned > 0; spanned--) cells.push(cell);
    start = end;
  }
  return cells;
}

/** A table between lines of `===  ===`. */
function simpleTable(lines: string[]): RstTable | undefined {
  const columns = Array.from((lines[0] ?? "").matchAll(/=+/g), ({ index }) => index);
  const rows: string[][] = [];
  const rules: number[] = [];
  for (const line of lines) {
    if (/^=+(?: +=+)*\s*$/.test(line)) rules.push(rows.length);
    else if (/^-+(?: +-+)*\s*$/.test(line) || line.trim() === "") continue;
    else {
      const cells = columns.map((start, index) => line.slice(start, columns[index + 1]).trimEnd());
      const last = rows.at(-1);
      // A row without a first cell goes on with the row above.
      if (cells[0]?.trim() === "" && last && !rules.includes(rows.length))
        for (const [index, cell] of cells.entries()) last[index] = `${last[index]}\n${cell}`;
      else rows.push(cells);
    }
  }
  if (rows.length === 0) return undefined;
  return {
    rows: rows.map((row) => row.map(dedented)),
    head: rules.length > 2 ? (rules[1] ?? 0) : 0,
  };
}

function dedented(text: string): string {
  const lines = text.split("\n");
  const indents = lines
    .filter((line) => line.trim())
    .map((line) => /^ */.exec(line)?.[0].length ?? 0);
  const least = Math.min(...indents, 1000);
  return lines
    .map((line) => line.slice(least).trimEnd())
    .join("\n")
    .trim();
}

/** The rows of a list of lists (`list-table`). */
export function listTable(lines: string[]): string[][] {
  const rows: string[][] = [];
  let column = -1;
  for (const line of lines) {
    const row = /^(\s*)\* +- ?(.*)$/.exec(line);
    const cell = /^(\s*)- ?(.*)$/.exec(line);
    if (row) {
      column = (row[1] ?? "").length + line.slice((row[1] ?? "").length).indexOf("-");
      rows.push([row[2] ?? ""]);
    } else if (cell && (cell[1] ?? "").length === column) rows.at(-1)?.push(cell[2] ?? "");
    else {
      const last = rows.at(-1);
      if (last) last[last.length - 1] += `\n${line.slice(column + 2)}`;
    }
  }
  return rows.map((row) => row.map((text) => text.trim()));
}

/** Markdown for a table whose cells are Markdown; `head` is the number of rows that are its header. */
export function markdownTable(rows: string[][], head: number): string {
  const [first = [], ...rest] = rows;
  return head > 0 ? pipeTable(first, rest) : pipeTable([], rows);
}
