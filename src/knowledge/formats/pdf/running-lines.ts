/** Lines at each end of a page that may be a running header or footer. */
const DEPTH = 3;
/** A running line stands on at least so many pages, of each part or of every few pages in a row. */
const MIN_PAGES = 3;
const MAX_GAP = 2;
const SHARE = 0.25;
/** Numbers of a line that may be the page's. */
const MAX_NUMBERS = 3;
/** Words beside a page's number, in the languages of this field's larger manuals. */
const PAGE_WORDS = new Set(
  "page pages p pg of seite seiten von s página páginas pág de pagina pagine di side af av sida strona z pagină 页 第 共 頁 ページ страница из".split(
    " ",
  ),
);

/** What was taken for running headers, footers and page numbers. */
export interface RunningLines {
  pages: string[][];
  leftOut: string[];
}

/**
 * Leaves out the lines that repeat at the top or at the bottom of pages: the same text, or the same but for a number that grows with the
 * page. Other lines that look alike, such as "Step 3" or a table's row, stay.
 */
export function withoutRunningLines(pages: string[][]): RunningLines {
  const filled = pages.map((lines) => lines.filter((line) => line !== ""));
  const top = runningKeys(filled.map((lines) => lines.slice(0, DEPTH)));
  const bottom = runningKeys(filled.map((lines) => lines.slice(-DEPTH)));
  const leftOut: string[] = [];
  const kept = pages.map((lines, page) => {
    const from = countRunning(lines, page, top);
    const rest = lines.slice(from);
    const to = rest.length - countRunning(rest.toReversed(), page, bottom);
    leftOut.push(...lines.slice(0, from), ...rest.slice(to));
    return rest.slice(0, to);
  });
  // Pages that are all alike hold no running line but a text.
  if (kept.every((lines) => lines.every((line) => line === ""))) return { pages, leftOut: [] };
  return { pages: kept, leftOut: leftOut.filter((line) => line !== "") };
}

/** How many lines from the edge on are running lines, blank ones among them included. */
function countRunning(lines: string[], page: number, running: ReadonlySet<string>): number {
  let count = 0;
  let depth = 0;
  for (const [index, line] of lines.entries()) {
    if (line === "") continue;
    if (depth === DEPTH || !keysOf(line, page).some((key) => running.has(key))) break;
    depth += 1;
    count = index + 1;
  }
  return count;
}

function runningKeys(ends: string[][]): Set<string> {
  const found = new Map<string, number[]>();
  for (const [page, lines] of ends.entries()) {
    for (const key of new Set(lines.flatMap((line) => keysOf(line, page)))) {
      const on = found.get(key);
      if (on) on.push(page);
      else found.set(key, [page]);
    }
  }
  const filled = ends.filter((lines) => lines.length > 0).length;
  return new Set([...found].filter(([, on]) => isRunning(on, filled)).map(([key]) => key));
}

function isRunning(on: number[], filled: number): boolean {
  if (filled === 2) return on.length === 2;
  if (on.length < MIN_PAGES) return false;
  if (on.length >= filled * SHARE) return true;
  return on.some((page, index) => index >= 2 && page - (on[index - 2] ?? 0) <= 2 * MAX_GAP);
}

/** The line itself, and the line for each of its numbers that may be the page's, with the number's distance from the page's place. */
function keysOf(line: string, page: number): string[] {
  if (line.length > 200) return [];
  const text = line.toLowerCase();
  const words = text.match(/\p{L}+/gu) ?? [];
  const roman =
    words.length === 1 && /^[^\p{L}\p{N}]*([ivxlc]{1,7})[^\p{L}\p{N}]*$/u.exec(text)?.[1];
  if (roman) return [text, `roman ${romanNumber(roman) - page}`];
  // A single word and a number name a thing ("Step 3"), unless the word is one for pages.
  const named = words.filter((word) => !PAGE_WORDS.has(word));
  if (named.length === 1) return [text];
  const numbers = [...text.matchAll(/\d{1,4}/g)].slice(0, MAX_NUMBERS);
  return [
    text,
    ...numbers.map(({ 0: number, index }) => {
      const distance = `#${Number(number) - page}`;
      return text.slice(0, index) + distance + text.slice(index + number.length);
    }),
  ];
}

const ROMAN: Record<string, number> = { i: 1, v: 5, x: 10, l: 50, c: 100 };

function romanNumber(text: string): number {
  const values = Array.from(text, (letter) => ROMAN[letter] ?? 0);
  return values.reduce(
    (sum, value, index) => sum + (value < (values[index + 1] ?? 0) ? -value : value),
    0,
  );
}
