import { readBullet } from "./list-markers.ts";
import { endsSentence, isFull, isNumbers, type Measure } from "./flow.ts";

const MAX_LENGTH = 80;
const MAX_WORDS = 12;
/** A heading leaves at least so much of its line empty. */
const SHARE = 0.75;
const NUMBERED = /^(\d{1,2}(?:\.\d{1,2}){0,4})\.? (?=\p{Lu})/u;
const BEGINS = /^[\p{Lu}\p{Lt}\p{Lo}]/u;

/** Whether the line begins with the number of a section: "2.1 Noise". */
export function isNumbered(line: string): boolean {
  return NUMBERED.test(line.slice(0, 20));
}

/**
 * The level of a heading among the headings of its page, or 0: a short line without a sentence's end, above running text or a list. A PDF
 * says nothing else about its headings.
 */
export function headingLevel(
  line: string,
  next: string,
  { width }: Pick<Measure, "width">,
): number {
  const number = NUMBERED.exec(line.slice(0, 20))?.[1];
  const title = number === undefined ? line : line.slice(line.indexOf(" ") + 1);
  const words = title.split(" ");
  if (!BEGINS.test(title) || line.length > MAX_LENGTH || words.length > MAX_WORDS) return 0;
  if (/[.,;:!。，-]$/.test(line.slice(-1)) || line.includes(": ") || isNumbers(line)) return 0;
  if (line.length > width * SHARE) return 0;
  const isAboveText = isFull(next, "", width) || (next.length > line.length && endsSentence(next));
  const isAboveList = readBullet(next) !== undefined || /^1[.)] /.test(next);
  const isAboveDeeper = number !== undefined && next.startsWith(`${number}.`);
  if (!isAboveList && !isAboveDeeper && (!isAboveText || /^\p{Ll}/u.test(next))) return 0;
  return number === undefined ? 1 : number.split(".").length;
}
