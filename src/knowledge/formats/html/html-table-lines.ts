import type { Element, ElementContent } from "hast";
import { INLINE, wordsOf } from "./html-measure.ts";
import { element } from "./html-nodes.ts";

/** A row with more lines or columns is no list of parts. */
const MAX_LINES = 50;
const MAX_COLUMNS = 6;
/** In characters. A longer text is not repeated beside each line. */
const MAX_REPEATED = 80;
const MAX_AMOUNT = 20;
/** A number with its unit or currency: `11 pcs`, `€ 1.20`, `2x`. */
const AMOUNT =
  /^[~≈<>±×x]?\s*(?:[€$£¥]|[A-Z]{3}\s)?\s*\d[\d.,\s]*(?:[–-]\s*\d[\d.,]*)?\s*(?:[€$£¥%°]|[\p{L}.²³]{1,8})?$/u;
const BULLET = /^\s*[-–•*·]\s+/;

type Line = ElementContent[];

/**
 * The rows that a row stands for whose cells name parts and their amounts line by line: "Bolt<br>Washer" beside "11 pcs<br>3 pcs". A line without
 * an amount is the title of those below it. Other cells with several lines, such as an address beside opening hours, stay as they are.
 */
export function rowsOfLines(row: Element): Element[] {
  const cells = row.children.filter((child) => child.type === "element");
  if (cells.length < 2 || cells.length > MAX_COLUMNS) return [row];
  const lines: Line[][] = [];
  for (const cell of cells) {
    const own = isPlainCell(cell) ? linesOf(cell) : undefined;
    if (own === undefined || own.length > MAX_LINES) return [row];
    lines.push(own);
  }
  const parts = lines.findIndex((own) => own.length > 1);
  const count = lines[parts]?.length ?? 0;
  const amounts = lines.slice(parts + 1).filter((own) => own.length > 1);
  const isListed =
    amounts.length > 0 &&
    (lines[parts] ?? []).every((line) => textOf(line) !== "" && !AMOUNT.test(textOf(line))) &&
    amounts.every((own) => own.length === count && areAmounts(own)) &&
    lines.every((own) => own.length > 1 || textOf(own[0] ?? []).length <= MAX_REPEATED);
  if (!isListed) return [row];
  return written(row, cells, lines, parts, amounts);
}

function written(
  row: Element,
  cells: Element[],
  lines: Line[][],
  parts: number,
  amounts: Line[][],
): Element[] {
  const rows: Element[] = [];
  let title = "";
  for (const [index, part] of (lines[parts] ?? []).entries()) {
    const isTitle = amounts.every((own) => textOf(own[index] ?? []) === "");
    const isLast = index + 1 === lines[parts]?.length;
    if (isTitle && !isLast) {
      title = textOf(part).slice(0, MAX_REPEATED);
      continue;
    }
    const children = cells.map((cell, column): Element => {
      const own = lines[column] ?? [];
      const line = own.length > 1 ? (own[index] ?? []) : (own[0] ?? []);
      return { ...cell, children: column === parts ? entitled(title, line) : line };
    });
    rows.push({ ...row, children });
  }
  return rows;
}

function entitled(title: string, line: Line): Line {
  const [first, ...others] = line;
  const bare: Line =
    first?.type === "text"
      ? [{ type: "text", value: first.value.replace(BULLET, "") }, ...others]
      : line;
  return title ? [{ type: "text", value: `${title.replace(/\s*:$/, "")} – ` }, ...bare] : bare;
}

function areAmounts(lines: Line[]): boolean {
  const texts = lines.map(textOf).filter((text) => text !== "");
  return texts.length > 1 && texts.every((text) => text.length <= MAX_AMOUNT && AMOUNT.test(text));
}

/** A cell of its own row and column with nothing but text, links and line breaks. */
function isPlainCell({ tagName, properties, children }: Element): boolean {
  return (
    /^t[dh]$/.test(tagName) &&
    Number(properties.colSpan ?? 1) === 1 &&
    Number(properties.rowSpan ?? 1) === 1 &&
    children.every(
      (child) => child.type !== "element" || child.tagName === "br" || INLINE.has(child.tagName),
    )
  );
}

/** Empty lines at the end are left out; one at the start stands beside a title. */
function linesOf(cell: Element): Line[] {
  const lines: Line[] = [[]];
  for (const child of cell.children) {
    if (child.type === "element" && child.tagName === "br") lines.push([]);
    else lines.at(-1)?.push(child);
  }
  while (lines.length > 1 && textOf(lines.at(-1) ?? []) === "") lines.pop();
  return lines;
}

function textOf(line: Line): string {
  return wordsOf(element("span", line), 200);
}
