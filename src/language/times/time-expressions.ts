import { plain } from "../languages.ts";
import { english } from "./english.ts";
import { french } from "./french.ts";
import { german } from "./german.ts";
import { spanish } from "./spanish.ts";
import type { TimeWords } from "./time-words.ts";

/** A stretch of time in milliseconds since the epoch: its first instant, and the first one after it. Days are those of UTC. */
export interface Period {
  from: number;
  until: number;
}

/** A date in a text, with the words that make a bound of it. */
export interface TimeExpression {
  /** `from` is a bound in a label ("Orders from March 2025") and the date alone in a question ("orders from 2024"). */
  kind: "at" | "before" | "until" | "since" | "from" | "after" | "within";
  /** The date alone. */
  date: Period;
  /** What the words make of it. */
  period: Period;
  /** Offsets in the text as `plain` gives it, with the words. */
  start: number;
  end: number;
}

export const TIME_WORDS: TimeWords[] = [english, german, french, spanish];

/** The words of all languages, as the source of a regular expression for texts that `plain` gives. */
export function wordsOfAll(field: (words: TimeWords) => string | undefined): string {
  const sources = TIME_WORDS.map(field).filter((source) => source !== undefined);
  // Not in lower case: a source has classes such as `\p{L}`.
  const bare = sources
    .join("|")
    .normalize("NFD")
    .replace(/\p{M}+/gu, "");
  return `(?:${bare.replaceAll("'", "").replaceAll("ß", "ss")})`;
}

const MONTH_NAMES = new Map(
  TIME_WORDS.flatMap(({ months }) =>
    months.flatMap((names, month) =>
      plain(names)
        .split("|")
        .map((name) => [name, month] as const),
    ),
  ),
);
const MONTH = `(${[...MONTH_NAMES.keys()].toSorted((a, b) => b.length - a.length).join("|")})`;
const JOINS = `(?:(?:${wordsOfAll(({ joins }) => joins)}\\s{1,2}){0,3})`;

/** What stands around the year of a date, nearest first. */
const YEAR = /(?<![\p{L}\p{N}]|[\p{Sc}#])(?:19|20)\d\d(?![\p{L}\p{N}]|[.,:]\d|\s?[%\p{Sc}])/gu;
const SHORT_DATE = /(?<![\p{L}\p{N}.])([0-3]\d)\.([01]\d)\.(\d\d)(?![\p{L}\p{N}]|\.\d)/gu;
const ISO_DAY = /^-(\d\d)-(\d\d)(?![\d-])/;
const ISO_MONTH = /^-(0[1-9]|1[0-2])(?![\d-])/;
const YEAR_RANGE = /^\s?[-–—/]\s?((?:19|20)?\d\d)(?!\d|[-./]\d)/;
const DAY_MONTH = new RegExp(
  `(?<![\\p{L}\\p{N}.,])(\\d{1,2})(?:st|nd|rd|th|er|[.ºª°])?\\s{0,2}(?:(?:of|de)\\s)?${MONTH}\\.?,?\\s{0,2}(?:del?\\s)?$`,
  "u",
);
const MONTH_DAY = new RegExp(`(?<!\\p{L})${MONTH}\\.?\\s(\\d{1,2})(?:st|nd|rd|th)?,?\\s$`, "u");
const MONTH_ALONE = new RegExp(`(?<!\\p{L})${MONTH}\\.?,?\\s(?:del?\\s)?$`, "u");
const NUMERIC_DAY = /(?<![\p{L}\p{N}.,])(\d{1,2})([./-])(\d{1,2})\2$/u;
const NUMERIC_MONTH = /(?<![\p{L}\p{N}.,])(0?[1-9]|1[0-2])[./]$/u;
const SEASON = new RegExp(`(?<!\\p{L})${wordsOfAll(({ seasons }) => seasons)}\\s{1,2}$`, "u");
const QUARTER = /(?<![\p{L}\p{N}])q([1-4])[\s/-]{1,2}$/u;

/** As many characters around a year are looked at as a date and the words in front of it take. */
const REACH = 48;

const before = (source: string): RegExp =>
  new RegExp(`(?<![\\p{L}\\p{N}])(?:${source})[\\s:–-]{1,2}${JOINS}$`, "u");
const behind = (source: string): RegExp => new RegExp(`^\\s{1,2}(?:${source})(?!\\p{L})`, "u");

/** In the order in which they are tried: "on or after" is no "after". */
const PREFIXES = [
  ["before", before(wordsOfAll((words) => words.before))],
  ["until", before(wordsOfAll((words) => words.until))],
  ["since", before(wordsOfAll((words) => words.since))],
  ["from", before(wordsOfAll((words) => words.from))],
  ["after", before(wordsOfAll((words) => words.after))],
] as const;
const SUFFIXES = [
  ["until", behind(wordsOfAll(({ orEarlier }) => orEarlier))],
  ["since", behind(wordsOfAll(({ orLater }) => orLater))],
] as const;
const BETWEEN = new RegExp(
  `^\\s?(?:[-–—]|(?<=\\s)${wordsOfAll(({ to }) => to)}(?=\\s))\\s?${JOINS}$`,
  "u",
);

/** Of a text with more dates, the first ones count: it is a calendar, and no text that says when it applies. */
const MAX_DATES = 24;

interface Dated {
  date: Period;
  start: number;
  end: number;
}

/** Whether a text may hold dates: most hold none, and cost no more than this. */
export function mayHoldDates(text: string): boolean {
  return /(?:19|20)\d\d|\d\.\d\d\.\d\d/.test(text);
}

/** The dates of a text in their order, from a year to a day. A date without its year is none. */
export function timeExpressionsIn(text: string): TimeExpression[] {
  if (!mayHoldDates(text)) return [];
  const written = plain(text);
  const dates = datesIn(written);
  const found: TimeExpression[] = [];
  for (const [index, dated] of dates.entries()) {
    const last = found.at(-1);
    const gap = last && written.slice(dates[index - 1]?.end, dated.start);
    if (
      last &&
      gap !== undefined &&
      gap.length < REACH &&
      BETWEEN.test(gap) &&
      isLater(last, dated)
    ) {
      const period = { from: last.date.from, until: dated.date.until };
      found.pop();
      found.push({ ...last, kind: "within", date: period, period, end: dated.end });
    } else found.push(expressionAt(dated, written));
  }
  return found;
}

function isLater({ kind, date }: TimeExpression, other: Dated): boolean {
  return ["at", "since", "from"].includes(kind) && date.until <= other.date.from;
}

function expressionAt({ date, start, end }: Dated, text: string): TimeExpression {
  const head = text.slice(Math.max(0, start - REACH), start);
  const tail = text.slice(end, end + REACH);
  const suffix = SUFFIXES.map(([kind, words]) => [kind, words.exec(tail)] as const).find(
    ([, match]) => match !== null,
  );
  const prefix = PREFIXES.map(([kind, words]) => [kind, words.exec(head)] as const).find(
    ([, match]) => match !== null,
  );
  const kind = suffix?.[0] ?? prefix?.[0] ?? "at";
  return {
    kind,
    date,
    period: periodOf(kind, date),
    start: start - (prefix ? head.length - (prefix[1]?.index ?? head.length) : 0),
    end: end + (suffix?.[1]?.[0].length ?? 0),
  };
}

function periodOf(kind: TimeExpression["kind"], { from, until }: Period): Period {
  switch (kind) {
    case "before":
      return { from: -Infinity, until: from };
    case "until":
      return { from: -Infinity, until };
    case "since":
    case "from":
      return { from, until: Infinity };
    case "after":
      return { from: until, until: Infinity };
    case "at":
    case "within":
      return { from, until };
  }
}

function datesIn(text: string): Dated[] {
  const found: Dated[] = [];
  for (const { index, 0: year } of text.matchAll(YEAR)) {
    if (found.length >= MAX_DATES) break;
    if (index < (found.at(-1)?.end ?? 0)) continue;
    const dated = dateAround(Number(year), index, text);
    if (dated) found.push(dated);
  }
  for (const { index, 0: whole, 1: day, 2: month, 3: year } of text.matchAll(SHORT_DATE)) {
    if (found.length >= MAX_DATES) break;
    const date = dayOf(2000 + Number(year), Number(month) - 1, Number(day));
    if (date) found.push({ date, start: index, end: index + whole.length });
  }
  return found.toSorted((a, b) => a.start - b.start);
}

/** The date that a year is the year of. */
function dateAround(year: number, at: number, text: string): Dated | undefined {
  const head = text.slice(Math.max(0, at - REACH), at);
  const tail = text.slice(at + 4, at + 4 + REACH);
  const ended = (date: Period | undefined, match: RegExpExecArray): Dated | undefined =>
    date && { date, start: at, end: at + 4 + match[0].length };
  const begun = (date: Period | undefined, match: RegExpExecArray): Dated | undefined =>
    date && { date, start: at - head.length + match.index, end: at + 4 };
  let match = ISO_DAY.exec(tail);
  if (match) return ended(dayOf(year, Number(match[1]) - 1, Number(match[2])), match);
  match = ISO_MONTH.exec(tail);
  if (match) return ended(monthOf(year, Number(match[1]) - 1), match);
  match = DAY_MONTH.exec(head);
  if (match) return begun(dayOf(year, monthNamed(match[2]), Number(match[1])), match);
  match = MONTH_DAY.exec(head);
  if (match) return begun(dayOf(year, monthNamed(match[1]), Number(match[2])), match);
  match = MONTH_ALONE.exec(head);
  if (match) return begun(monthOf(year, monthNamed(match[1])), match);
  match = NUMERIC_DAY.exec(head);
  if (match)
    return begun(numericDay(year, Number(match[1]), Number(match[3]), match[2] === "."), match);
  match = NUMERIC_MONTH.exec(head);
  if (match) return begun(monthOf(year, Number(match[1]) - 1), match);
  match = QUARTER.exec(head);
  if (match) return begun(quarterOf(year, Number(match[1])), match);
  match = YEAR_RANGE.exec(tail);
  const last = match ? lastYear(year, match[1] ?? "") : undefined;
  if (match && last !== undefined)
    return ended({ from: Date.UTC(year), until: Date.UTC(last + 1) }, match);
  // "12-2024-7", "4,2024" and "a/2024" are parts of something else.
  const isPart =
    /[\p{L}\p{N}][-./,:_]$/u.test(head) && !PREFIXES.some(([, words]) => words.test(head));
  if (isPart || /^[-/_][\p{L}\p{N}]/u.test(tail)) return undefined;
  const start = at - (SEASON.exec(head)?.[0].length ?? 0);
  return { date: { from: Date.UTC(year), until: Date.UTC(year + 1) }, start, end: at + 4 };
}

/** The years that a range may span: "2023/24" is one, "2019-2045" is none. */
const MAX_YEARS = 10;

function lastYear(first: number, written: string): number | undefined {
  const last =
    written.length === 2 ? Math.floor(first / 100) * 100 + Number(written) : Number(written);
  return last > first && last - first <= MAX_YEARS ? last : undefined;
}

function monthNamed(name: string | undefined): number {
  return MONTH_NAMES.get(name ?? "") ?? 0;
}

const DAY_MS = 86_400_000;

function dayOf(year: number, month: number, day: number): Period | undefined {
  const from = Date.UTC(year, month, day);
  const isReal = month >= 0 && month < 12 && new Date(from).getUTCDate() === day;
  return isReal ? { from, until: from + DAY_MS } : undefined;
}

function monthOf(year: number, month: number): Period {
  return { from: Date.UTC(year, month), until: Date.UTC(year, month + 1) };
}

function quarterOf(year: number, quarter: number): Period {
  return { from: Date.UTC(year, quarter * 3 - 3), until: Date.UTC(year, quarter * 3) };
}

/** With full stops the day comes first. Else day and month may be in either order: where both are dates, the whole time between them is meant. */
function numericDay(
  year: number,
  first: number,
  second: number,
  isDayFirst: boolean,
): Period | undefined {
  const orders = [dayOf(year, second - 1, first)];
  if (!isDayFirst) orders.push(dayOf(year, first - 1, second));
  const [one, other] = orders.filter((date) => date !== undefined);
  if (!one || !other) return one;
  return { from: Math.min(one.from, other.from), until: Math.max(one.until, other.until) };
}
