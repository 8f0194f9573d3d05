/** Lines at each end of a page that may be a running header or footer. */
const DEPTH = 5;
/** A running line stands on at least so many pages, of each part or of every few pages in a row. */
const MIN_PAGES = 3;
const MAX_GAP = 2;
const SHARE = 0.25;
/** Headers of left and right pages differ. */
const MOST = 0.4;
/** Numbers of a line that may be the page's. */
const MAX_NUMBERS = 3;
/** Words beside a page's number, in the languages of this field's larger manuals. */
const PAGE_WORDS = new Set(
  "page pages p pg no nr of seite seiten von s página páginas pág de pagina pagine di side af av sida strona z pagină 页 第 共 頁 ページ страница из".split(
    " ",
  ),
);

/** What was taken for running headers, footers and page numbers. */
export interface RunningLines {
  pages: string[][];
  leftOut: string[];
}

/** Keys of running lines, each with whether it runs through most of the document. */
type Running = ReadonlyMap<string, boolean>;

/**
 * Leaves out the lines that repeat at the top or at the bottom of pages: the same text, or the same but for a number that grows with the
 * page. Of a text that only some pages repeat, such as the name of a chapter or the caption of a long table, the first stays. Other lines
 * that look alike, such as "Step 3" or a table's row, all stay.
 */
export function withoutRunningLines(pages: string[][]): RunningLines {
  const filled = pages.map((lines) => lines.filter((line) => line !== ""));
  const within = new Map<string, number>();
  for (const line of filled.flatMap((lines) => lines.slice(DEPTH, -DEPTH)))
    within.set(line.toLowerCase(), 1 + (within.get(line.toLowerCase()) ?? 0));
  const top = runningKeys(
    filled.map((lines) => lines.slice(0, DEPTH)),
    within,
  );
  const bottom = runningKeys(
    filled.map((lines) => lines.slice(-DEPTH)),
    within,
  );
  const leftOut: string[] = [];
  const seen = new Set<string>();
  const split = (lines: string[], page: number, running: Running): [string[], string[]] => {
    const count = countRunning(lines, page, running);
    const ends = lines.slice(0, count).filter((line) => line !== "");
    const stays = ends.filter((line) => isFirst(line, page, running, seen));
    leftOut.push(...ends.filter((line) => !stays.includes(line)));
    return [stays, lines.slice(count)];
  };
  const kept = pages.map((lines, page) => {
    const [first, rest] = split(lines, page, top);
    const [last, text] = split(rest.toReversed(), page, bottom);
    return [...first, ...text.toReversed(), ...last.toReversed()];
  });
  // Pages that are all alike hold no running line but a text.
  if (kept.every((lines) => lines.every((line) => line === ""))) return { pages, leftOut: [] };
  return { pages: kept, leftOut };
}

function isFirst(line: string, page: number, running: Running, seen: Set<string>): boolean {
  const [text = "", ...others] = keysOf(line, page);
  if (running.get(text) !== false || others.some((key) => running.has(key))) return false;
  if (seen.has(text)) return false;
  seen.add(text);
  return true;
}

/** How many lines from the edge on are running lines, blank ones among them included. */
function countRunning(lines: string[], page: number, running: Running): number {
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

/** @param within how often each line stands in the middle of a page; one that does so often is text */
function runningKeys(ends: string[][], within: ReadonlyMap<string, number>): Running {
  const found = new Map<string, number[]>();
  for (const [page, lines] of ends.entries()) {
    for (const key of new Set(lines.flatMap((line) => keysOf(line, page)))) {
      const on = found.get(key);
      if (on) on.push(page);
      else found.set(key, [page]);
    }
  }
  const filled = ends.filter((lines) => lines.length > 0).length;
  const running = [...found].filter(
    ([key, on]) => isRunning(on, filled) && (within.get(key) ?? 0) * 2 < on.length,
  );
  return new Map(running.map(([key, on]) => [key, filled > 2 && on.length >= filled * MOST]));
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
  const numbers = [...text.matchAll(/\d{1,4}/g)]
    .filter((number) => mayBePage(text, number.index, number[0].length))
    .slice(0, MAX_NUMBERS);
  return [
    text,
    ...numbers.map(({ 0: number, index }) => {
      const distance = `#${Number(number) - page}`;
      return text.slice(0, index) + distance + text.slice(index + number.length);
    }),
  ];
}

/** A page's number begins or ends its line, or follows a word for it. That of "Table 3 – Weights" does not. */
function mayBePage(text: string, start: number, length: number): boolean {
  const [before, after] = [text.slice(0, start), text.slice(start + length)];
  const isAtEdge = [before, after].some((side) => !/[\p{L}\p{N}]/u.test(side));
  return isAtEdge || PAGE_WORDS.has(before.match(/\p{L}+/gu)?.at(-1) ?? "");
}

const ROMAN: Record<string, number> = { i: 1, v: 5, x: 10, l: 50, c: 100 };

function romanNumber(text: string): number {
  const values = Array.from(text, (letter) => ROMAN[letter] ?? 0);
  return values.reduce(
    (sum, value, index) => sum + (value < (values[index + 1] ?? 0) ? -value : value),
    0,
  );
}
