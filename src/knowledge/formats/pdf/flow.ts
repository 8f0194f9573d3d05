import { endsDivided, firstWord, isUnspaced, LEADER } from "./lines.ts";

/** A line whose next word would have made it longer than this share of a full line is full. */
const FULL = 0.85;
/** A shorter line that goes on in lower case is one of a command or of an address. */
const HALF = 0.5;
/** The same for a line that may be a paragraph's last. */
const SHORT = 0.7;
/** Shorter lines are never full: the page has no running text. */
const LEAST_FULL = 30;

/** What a page's lines are compared with. */
export interface Measure {
  /** The length of a full line, in characters. */
  width: number;
  words: ReadonlySet<string>;
}

/** In characters: nineteen of twenty lines are at most so long. */
export function widthOf(lines: string[]): number {
  const lengths = lines.filter(Boolean).map((line) => line.length);
  return lengths.toSorted((a, b) => a - b)[Math.floor(lengths.length * 0.95)] ?? 0;
}

/** Whether the text goes on from a line to the next one, which is no list's item. */
export function flows(line: string, next: string, { width }: Pick<Measure, "width">): boolean {
  if (line === "") return true;
  if (isLeader(line) || isLeader(next) || (isRow(line) && isRow(next))) return false;
  const isLower = /^\p{Ll}/u.test(next);
  if (endsDivided(line)) return true;
  if (isLower && !endsSentence(line) && line.length >= width * HALF) return true;
  if (endsSentence(line) && /^\d{1,2} \p{Lu}/u.test(next)) return false;
  if (/[,;–—&]$/.test(line.slice(-1))) return true;
  // A paragraph's last line ends a sentence: a short line that does not is no part of it.
  const isApart = endsSentence(line) && !endsSentence(next) && next.length < width * SHORT;
  return !isApart && isFull(line, next, width);
}

export function isFull(line: string, next: string, width: number): boolean {
  // Scripts without spaces break a line after any character.
  const length = line.length + 1 + (isUnspaced(next) ? 0 : firstWord(next).length);
  return line.length >= LEAST_FULL && length >= width * FULL;
}

export function endsSentence(line: string): boolean {
  return /[.!?:。！？…]["'”’)\]]?$/u.test(line.slice(-2));
}

/** A line of a table of contents. */
function isLeader(line: string): boolean {
  return line.includes(LEADER);
}

/** A row of numbers. */
export function isNumbers(line: string): boolean {
  const tokens = line.split(" ");
  const numbers = tokens.filter((token) => /^[^\p{L}\p{N}]{0,2}\d/u.test(token)).length;
  return numbers >= 2 && numbers * 4 >= tokens.length;
}

/** A row of a table. Running text has words in lower case. */
function isRow(line: string): boolean {
  if (isNumbers(line)) return true;
  const tokens = line.split(" ");
  const names = tokens.filter((token) => /^[^\p{L}]{0,2}\p{Lu}|^[^\p{L}]+$/u.test(token)).length;
  return tokens.length >= 3 && names * 4 >= tokens.length * 3;
}
