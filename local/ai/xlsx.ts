import type { TableRow } from "mdast";
import { strFromU8 } from "fflate";
import ssf from "ssf";
import { writeMarkdown } from "../../src/knowledge/formats/markdown/markdown-tree.ts";
import { readableFormat } from "./date-format.ts";
import { parseXml, type XmlElement } from "./xml.ts";

const DAY_MS = 86_400_000;
/** The columns and rows of a sheet as long as Excel allows; a cell beyond them is damaged. */
const MAX_COLUMNS = 16_384;
/** Blank rows before a row are written, up to so many. */
const MAX_BLANK_ROWS = 1;

interface Workbook {
  strings: string[];
  /** The number format of each cell style. */
  formats: (string | number)[];
  /** Days are counted from 1904. */
  date1904: boolean;
}

interface Sheet {
  name: string;
  path: string;
}

/**
 * Each visible sheet as a heading and a table, whose first row is the header, as the service writes it. Its documentation does not say
 * more (docs/decisions/0061). Values are written as the sheet shows them; hidden sheets, rows and columns are left out.
 */
export function sheetsToMarkdown(files: Record<string, Uint8Array>): string {
  const xml = (path: string): XmlElement => parseXml(files[path] ? strFromU8(files[path]) : "");
  const book = xml("xl/workbook.xml");
  const sheets = sheetsOf(book, xml("xl/_rels/workbook.xml.rels"));
  if (sheets.length === 0) throw new Error("No worksheets");
  const workbook: Workbook = {
    strings: xml("xl/sharedStrings.xml").all("si").map(richText),
    formats: formatsOf(xml("xl/styles.xml")),
    date1904: isTrue(book.all("workbookPr")[0]?.attributes["date1904"]),
  };
  return sheets
    .map(({ name, path }) => sheetMarkdown(name, rowsOf(xml(path), workbook)))
    .join("\n");
}

function sheetsOf(book: XmlElement, relations: XmlElement): Sheet[] {
  const targets = new Map(
    relations.all("Relationship").map(({ attributes: { Id, Target = "" } }) => {
      return [Id, Target.startsWith("/") ? Target.slice(1) : `xl/${Target}`];
    }),
  );
  return book.all("sheet").flatMap(({ attributes }, index) => {
    const path = targets.get(attributes["id"]) ?? `xl/worksheets/sheet${index + 1}.xml`;
    const isVisible = (attributes["state"] ?? "visible") === "visible";
    return isVisible && path.includes("worksheets/")
      ? { name: attributes["name"] ?? "", path }
      : [];
  });
}

function formatsOf(styles: XmlElement): (string | number)[] {
  const own = new Map(
    styles
      .all("numFmt")
      .map(({ attributes }) => [attributes["numFmtId"], attributes["formatCode"]]),
  );
  const styled = styles.all("cellXfs")[0]?.all("xf") ?? [];
  return styled.map(({ attributes: { numFmtId = "0" } }) => own.get(numFmtId) ?? Number(numFmtId));
}

/** The visible cells by row, with blank rows where there are some. A merged cell stands in each row that it covers. */
function rowsOf(sheet: XmlElement, workbook: Workbook): string[][] {
  const hidden = hiddenColumns(sheet);
  const rows: string[][] = [];
  const numbers: number[] = [];
  let number = 0;
  for (const row of sheet.all("row")) {
    number = Number(row.attributes["r"] ?? number + 1);
    if (isTrue(row.attributes["hidden"])) continue;
    const cells: string[] = [];
    for (const cell of row.all("c")) {
      const column = columnOf(cell.attributes["r"]) ?? cells.length;
      if (column >= MAX_COLUMNS) throw new Error("A cell lies outside the sheet");
      while (cells.length < column) cells.push("");
      cells.push(valueOf(cell, workbook));
    }
    numbers.push(number);
    rows.push(cells);
  }
  fillMerged(sheet, rows, numbers);
  return rows.flatMap((cells, index) => {
    const visible = cells.filter((_, column) => !hidden.has(column));
    const gap = (numbers[index] ?? 0) - (index === 0 ? 1 : (numbers[index - 1] ?? 0) + 1);
    const blanks = Array.from({ length: Math.min(gap, MAX_BLANK_ROWS) }, () => [""]);
    return index === 0 ? [visible] : [...blanks, visible];
  });
}

/** A value over several rows stands in each of them; over several columns it stands in the first. */
function fillMerged(sheet: XmlElement, rows: string[][], numbers: number[]): void {
  const indexes = new Map(numbers.map((number, index) => [number, index]));
  for (const { attributes } of sheet.all("mergeCell")) {
    const [, first, top, last, bottom] =
      /^([A-Z]+)(\d+):([A-Z]+)(\d+)$/.exec(attributes["ref"] ?? "") ?? [];
    const column = columnOf(first);
    const start = indexes.get(Number(top));
    if (column === undefined || start === undefined || first !== last) continue;
    const value = rows[start]?.[column] ?? "";
    for (let row = start + 1; row < rows.length && (numbers[row] ?? 0) <= Number(bottom); row++) {
      const cells = rows[row] ?? [];
      while (cells.length <= column) cells.push("");
      cells[column] = value;
    }
  }
}

function hiddenColumns(sheet: XmlElement): Set<number> {
  const hidden = new Set<number>();
  for (const { attributes } of sheet.all("col")) {
    if (!isTrue(attributes["hidden"])) continue;
    const last = Math.min(Number(attributes["max"]), MAX_COLUMNS);
    for (let column = Number(attributes["min"]); column <= last; column++) hidden.add(column - 1);
  }
  return hidden;
}

function valueOf(cell: XmlElement, { strings, formats, date1904 }: Workbook): string {
  const { t: type = "n", s: style } = cell.attributes;
  const value = cell.all("v")[0]?.text ?? "";
  switch (type) {
    case "s":
      return strings[Number(value)] ?? "";
    case "inlineStr":
      return richText(cell.all("is")[0] ?? cell);
    case "b":
      return value === "1" ? "TRUE" : "FALSE";
    case "n":
      return value === ""
        ? ""
        : formatted(Number(value), formats[Number(style ?? 0)] ?? 0, date1904);
    default:
      return value;
  }
}

function formatted(value: number, code: string | number, date1904: boolean): string {
  try {
    const format = readableFormat(code, dayOf(value, date1904), value);
    return ssf.format(format, value, { date1904 }).trim();
  } catch {
    return String(value);
  }
}

/** The day that a number stands for, at midnight UTC. */
function dayOf(value: number, date1904: boolean): Date {
  return new Date(Date.UTC(1899, 11, 30) + (Math.floor(value) + (date1904 ? 1462 : 0)) * DAY_MS);
}

/** The runs of a string, without its reading aids. */
function richText(string: XmlElement): string {
  const aids = new Set(string.all("rPh").flatMap((aid) => aid.all("t")));
  return string
    .all("t")
    .filter((run) => !aids.has(run))
    .map(({ text }) => text)
    .join("");
}

function columnOf(reference: string | undefined): number | undefined {
  const letters = /^[A-Z]{1,3}/.exec(reference ?? "")?.[0];
  if (!letters) return undefined;
  return Array.from(letters).reduce((sum, letter) => sum * 26 + letter.charCodeAt(0) - 64, 0) - 1;
}

function isTrue(value: string | undefined): boolean {
  return value === "1" || value === "true";
}

function sheetMarkdown(name: string, rows: string[][]): string {
  const row = (cells: string[]): TableRow => ({
    type: "tableRow",
    children: cells.map((value) => ({
      type: "tableCell",
      children: [{ type: "text", value: value.replace(/\s+/g, " ") }],
    })),
  });
  const isEmpty = rows.every((cells) => cells.every((cell) => !cell.trim()));
  return writeMarkdown({
    type: "root",
    children: [
      { type: "heading", depth: 2, children: [{ type: "text", value: name }] },
      ...(isEmpty ? [] : [{ type: "table" as const, children: rows.map(row) }]),
    ],
  });
}
