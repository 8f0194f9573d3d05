import { stemsOf } from "../../text/stems.ts";
import { plain } from "../languages.ts";
import { TIME_WORDS, timeExpressionsIn, wordsOfAll, type Period } from "./time-expressions.ts";
import { OLD_RULES } from "./scope.ts";
import { versionsIn } from "./versions.ts";

/** The time that a question is about. A question about the present names none. */
export interface AskedTime {
  /** When it is asked, in milliseconds since the epoch. */
  now: number;
  /** The times that it names. */
  periods: Period[];
  /** Whether it asks about the past without a date: "the old prices", "what did it use to cost". */
  isPast: boolean;
  /** The numbers of versions that it names: "2.1". */
  versions: string[];
  /** The stems of the words of its dates. */
  stems: Set<string>;
}

export function presentAt(now: number): AskedTime {
  return { now, periods: [], isPast: false, versions: [], stems: new Set() };
}

const PAST = new RegExp(
  `(?<!\\p{L})(?:${wordsOfAll(({ past }) => past)}(?!\\p{L})|${OLD_RULES})`,
  "u",
);
const PRESENT = new RegExp(`(?<!\\p{L})${wordsOfAll(({ present }) => present)}(?!\\p{L})`, "u");
const LAST_YEAR = relative(({ lastYear }) => lastYear);
const LAST_MONTH = relative(({ lastMonth }) => lastMonth);
const YEARS_AGO = relative(({ yearsAgo }) => yearsAgo);
const MONTHS_AGO = relative(({ monthsAgo }) => monthsAgo);
const NUMBERS = new Map(
  TIME_WORDS.flatMap(({ numbers }) =>
    Object.entries(numbers).map(([word, number]) => [plain(word), number] as const),
  ),
);

/**
 * The time that a question is about, by its dates ("orders from 2024"), by relative ones ("last year") and by words for the past. A time that
 * goes on until now ("a customer since 2020") is the present.
 * @param texts the first one that names a time counts: what a follow-up adds, the question, the message around it
 * @param now milliseconds since the epoch
 */
export function askedTime(texts: (string | undefined)[], now: number): AskedTime {
  for (const text of texts) {
    const named = text === undefined ? undefined : timeNamedIn(text, now);
    if (named) return named;
  }
  return presentAt(now);
}

export function isPresent({ periods, isPast }: AskedTime): boolean {
  return periods.length === 0 && !isPast;
}

/** Undefined where a text names no time. */
function timeNamedIn(text: string, now: number): AskedTime | undefined {
  const written = plain(text);
  const expressions = timeExpressionsIn(text);
  const named = expressions.map(({ kind, date, period }) => (kind === "from" ? date : period));
  const stems = new Set(
    expressions.flatMap(({ start, end }) => stemsOf(written.slice(start, end))),
  );
  const all = [...named, ...relativePeriods(written, now)];
  const periods = all.filter(({ from, until }) => until <= now || from > now);
  const isPast = periods.length === 0 && all.length === 0 && PAST.test(written);
  const versions = versionsIn(written);
  const isNamed = all.length > 0 || isPast || versions.length > 0 || PRESENT.test(written);
  return isNamed ? { now, periods, isPast, versions, stems } : undefined;
}

function relative(field: (words: (typeof TIME_WORDS)[number]) => string): RegExp {
  const numbers = TIME_WORDS.flatMap((words) => Object.keys(words.numbers)).map(plain);
  const source = wordsOfAll(field).replaceAll("#", `(\\d{1,2}|${numbers.join("|")})`);
  return new RegExp(`(?<!\\p{L})${source}(?!\\p{L})`, "u");
}

/** The calendar years and months that are named by their distance. */
function relativePeriods(text: string, now: number): Period[] {
  const at = new Date(now);
  const [year, month] = [at.getUTCFullYear(), at.getUTCMonth()];
  const yearBack = (count: number): Period => {
    return { from: Date.UTC(year - count), until: Date.UTC(year - count + 1) };
  };
  const monthBack = (count: number): Period => {
    return { from: Date.UTC(year, month - count), until: Date.UTC(year, month - count + 1) };
  };
  return [
    ...(LAST_YEAR.test(text) ? [yearBack(1)] : []),
    ...(LAST_MONTH.test(text) ? [monthBack(1)] : []),
    ...numberIn(YEARS_AGO.exec(text)).map(yearBack),
    ...numberIn(MONTHS_AGO.exec(text)).map(monthBack),
  ];
}

function numberIn(match: RegExpExecArray | null): number[] {
  const word = match?.slice(1).find((group) => group !== undefined);
  const number = word === undefined ? 0 : (NUMBERS.get(word) ?? Number(word));
  return number > 0 ? [number] : [];
}
