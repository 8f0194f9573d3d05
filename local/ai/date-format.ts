/**
 * Dates in number formats, for the library `ssf`: it knows no unescaped dot or CJK character in a date, names months in English only,
 * and takes Excel's own formats of East Asian systems for American ones.
 */

/** Numbers of Excel's own formats that a reader's system orders or writes in its own way. */
const SYSTEM_DATES = new Set([14, 22, ...range(27, 31), ...range(32, 36), ...range(50, 58)]);
const FIRST_EAST_ASIAN = 27;

/** Languages by the low byte of Windows' language codes, as in `[$-407]`; the high byte names the country. */
const LANGUAGES: Record<number, string> = {
  0x04: "zh",
  0x05: "cs",
  0x06: "da",
  0x07: "de",
  0x08: "el",
  0x0a: "es",
  0x0b: "fi",
  0x0c: "fr",
  0x0e: "hu",
  0x0f: "is",
  0x10: "it",
  0x11: "ja",
  0x12: "ko",
  0x13: "nl",
  0x14: "nb",
  0x15: "pl",
  0x16: "pt",
  0x18: "ro",
  0x19: "ru",
  0x1a: "hr",
  0x1b: "sk",
  0x1d: "sv",
  0x1f: "tr",
  0x22: "uk",
  0x24: "sl",
  0x25: "et",
  0x26: "lv",
  0x27: "lt",
};

/**
 * The parts of a format: quoted text, an escaped character, the width or filling of a character, a block, half of a day, an era, fractions
 * of a second, and the runs of one letter.
 */
const PARTS =
  /"[^"]*"?|\\.|[_*].|\[[^\]]*\]?|am\/pm|a\/p|上午\/下午|general|ggg?|b[12]|(?<=s)\.0+|([a-z])\1*|[^]/giu;
const DATE_LETTERS = /^(?:d+|m+|y+|h+|s+|e+|g+|a{3,4}|am\/pm|a\/p|上午\/下午|\[[hms]+\])$/i;

/** Letters for day, month and year as Excel shows them on systems of other languages: `TT.MM.JJJJ`, `pp.kk.vvvv`, `ДД.ММ.ГГГГ`. */
const DAY = "[dtgjpд]{1,2}";
const MONTH = "[mkм]{1,4}";
const YEAR = "(?:j|a|å|v|r|y|г){2,4}";
const SEPARATOR = "[-./\\s\\\\]{1,3}";
const LOCAL_DATE = new RegExp(
  `^(?:(${DAY})(${SEPARATOR})(${MONTH})(${SEPARATOR})(${YEAR})|(${YEAR})(${SEPARATOR})(${MONTH})(${SEPARATOR})(${DAY}))(?![a-zа-яå])`,
  "iu",
);

/** A number format for `ssf` that shows a value as Excel does. Dates that each system would write in its own way are ISO dates. */
export function readableFormat(code: string | number, day: Date, value: number): string | number {
  if (typeof code === "number" || /^\d+$/.test(code)) return systemFormat(Number(code), value);
  if (/^standard$/i.test(code)) return "General";
  const format = inEnglish(code);
  const parts = format.match(PARTS) ?? [];
  if (!isDate(parts)) return format;
  const language = languageOf(format);
  return parts.map((part) => datePart(part, day, language)).join("");
}

function systemFormat(id: number, value: number): string | number {
  if (!SYSTEM_DATES.has(id)) return id;
  if (id >= FIRST_EAST_ASIAN) return value < 1 ? "h:mm:ss" : "yyyy-mm-dd";
  return id === 22 ? "yyyy-mm-dd hh:mm" : "yyyy-mm-dd";
}

function isDate(parts: string[]): boolean {
  const isNumber = parts.some((part) => /^(?:[0#?]|general)$/i.test(part));
  return !isNumber && parts.some((part) => DATE_LETTERS.test(part));
}

/** What `ssf` does not know in a date is quoted. */
function datePart(part: string, date: Date, language: string | undefined): string {
  const name = language === undefined ? undefined : nameOf(part, date, language);
  if (name !== undefined) return `"${name}"`;
  // Days by name and years of an era, as East Asian formats write them.
  if (/^a{3,4}$/i.test(part)) return part.length === 3 ? "ddd" : "dddd";
  if (/^g+$|^\[\$-/i.test(part)) return "";
  if (/^e+$/i.test(part)) return "yyyy";
  const isKnown =
    /^["\\_*[@;:/ -]/.test(part) || DATE_LETTERS.test(part) || /^(?:\.0+|b[12])$/i.test(part);
  return isKnown ? part : `"${part}"`;
}

/** The month or the day of the week in the format's language. */
function nameOf(part: string, date: Date, language: string): string | undefined {
  const options: Intl.DateTimeFormatOptions | undefined = {
    mmm: { month: "short" } as const,
    mmmm: { month: "long", day: "numeric" } as const,
    ddd: { weekday: "short" } as const,
    dddd: { weekday: "long" } as const,
    aaa: { weekday: "short" } as const,
    aaaa: { weekday: "long" } as const,
  }[part.toLowerCase()];
  if (!options) return undefined;
  // With a day, languages that inflect give the month's name as a date has it.
  const kind = options.month ? "month" : "weekday";
  return new Intl.DateTimeFormat(language, { ...options, timeZone: "UTC" })
    .formatToParts(date)
    .find(({ type }) => type === kind)?.value;
}

function languageOf(format: string): string | undefined {
  const [, tag] = /\[\$[^\]-]*-([\w-]+)\]/.exec(format) ?? [];
  if (tag === undefined) return undefined;
  if (/^[a-z]{2}(?:-|$)/i.test(tag) && !/^[\da-f]+$/i.test(tag)) return tag.slice(0, 2);
  const code = Number.parseInt(tag, 16);
  // F800 and F400 stand for the system's own date and time.
  return (code & 0xffff) >= 0xf000 ? undefined : LANGUAGES[code & 0xff];
}

function inEnglish(code: string): string {
  return code.replace(LOCAL_DATE, (date, ...groups: (string | undefined)[]) => {
    const [day, first, month, second, year, year2, first2, month2, second2, day2] = groups;
    const d = "d".repeat((day ?? day2 ?? "").length);
    const m = "m".repeat((month ?? month2 ?? "").length);
    const y = "y".repeat((year ?? year2 ?? "").length);
    if (d === "" || m === "") return date;
    return day ? `${d}${first}${m}${second}${y}` : `${y}${first2}${m}${second2}${d}`;
  });
}

function range(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}
