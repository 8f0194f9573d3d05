import type { Block } from "./blocks.ts";

/** Lines that look like the rows of a table, of which the converter wrote no columns. */
export interface LostTable {
  /** From 1. */
  page: number;
  excerpt: string;
}

/** Rows of a table and numbers in each, at least: fewer are also dates, addresses and prices in a text. */
const LEAST_ROWS = 3;
const LEAST_NUMBERS = 2;
const MAX_ROW = 100;
const MAX_EXCERPT = 200;
/** A number, or a range. A telephone number is none. */
const NUMBER = /(?<![\p{L}\d+.,:/-])\d[\d.,:]*(?:\s?[-–]\s?\d[\d.,:]*)?/gu;

/** @param pages the blocks of each page */
export function lostTables(pages: Block[][]): LostTable[] {
  return pages.flatMap((blocks, index) => {
    for (const { kind, texts } of blocks) {
      if (kind !== "paragraph") continue;
      const rows = rowsIn(texts.join("").split("\n"));
      if (rows) return [{ page: index + 1, excerpt: rows.join(" · ").slice(0, MAX_EXCERPT) }];
    }
    return [];
  });
}

/** The first lines one below the other that have the same count of numbers. */
function rowsIn(lines: string[]): string[] | undefined {
  let rows: string[] = [];
  let count = 0;
  for (const line of [...lines, ""]) {
    const numbers = numbersIn(line);
    if (numbers >= LEAST_NUMBERS && numbers === count) rows.push(line);
    else {
      if (rows.length >= LEAST_ROWS) return rows;
      rows = numbers >= LEAST_NUMBERS ? [line] : [];
      count = numbers;
    }
  }
  return undefined;
}

function numbersIn(line: string): number {
  const isRow = line.length <= MAX_ROW && !/[.!?;]$|\+\d/.test(line);
  return isRow ? (line.match(NUMBER)?.length ?? 0) : 0;
}
