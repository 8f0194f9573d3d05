import type { Cell, Row, WriteText } from "./table-cell.ts";

/** Whether a table with a header begins here. */
export function startsTable<Content>(rows: Row<Content>[]): boolean {
  return rows.length > 1 && headerRows(rows) > 0;
}

/** How many rows at the top are headers. */
export function headerRows<Content>(rows: Row<Content>[]): number {
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

export function isHeaderRow<Content>({ cells }: Row<Content>): boolean {
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

export function isAmount(text: string): boolean {
  return /\d/.test(text) || /^[✓✗–—-]$/.test(text);
}

/** Several header rows as one: `2024 – Price`. */
export function mergedHeader<Content>(
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
