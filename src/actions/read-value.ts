import type { LanguageCode } from "../language/language.ts";
import {
  MAX_STRING,
  validatorOf,
  type AskedField,
  type Scalar,
  type Value,
} from "../playbook/fields.ts";
import { foldWord } from "../text/fold.ts";

/** A message that may hold a value. */
export interface Told {
  message: string;
  language: LanguageCode | null;
  /** The beginning of the message in words and signs, as written and for comparison. */
  tokens: { written: string; plain: string }[];
  /** What the whole message says, where it says no more. */
  says: "yes" | "no" | undefined;
  /** Whether it asks something of its own. */
  asks: boolean;
}

/** Tokens that may stand between a phrase and its value: "order no. 123", "order number is: 123". */
const BETWEEN =
  /^(?:#|no\.?|nr\.?|nº|n°|number|id|is|ist|nummer|numéro|numero|número|numer|est|es|è|jest|:|=|番号|は)$/iu;
const MAX_BETWEEN = 3;
const TOKEN = /#|[^\s,;!?()"“”„«»#、。？！؟،؛]+/gu;
const EMAIL = /[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}/g;

/**
 * The value that the reply to a question gives. Text without a pattern is the whole reply, unless that asks something of its own.
 * @returns undefined where it gives none, or more than one
 */
export function readReply(field: AskedField, told: Told): Value | undefined {
  const { message, says } = told;
  if (field.type === "boolean") return says === undefined ? undefined : says === "yes";
  const phrased = readPhrases(field, told);
  if (phrased !== undefined) return phrased;
  if (field.enum) return readOption(field.enum, message);
  if (isFreeText(field)) {
    const text = message.trim();
    return told.asks || says !== undefined ? undefined : checked(field, text);
  }
  return single(candidates(field, told).flatMap((one) => checked(field, one) ?? []));
}

/** More of a message is not searched for values in phrases. */
const MAX_TOKENS = 150;

export function tokensOf(message: string): Told["tokens"] {
  const tokens =
    withPlainDigits(message)
      .slice(0, MAX_TOKENS * 20)
      .match(TOKEN) ?? [];
  return tokens.slice(0, MAX_TOKENS).map((written) => ({ written, plain: plain(written) }));
}

interface Phrase {
  before: string[];
  after: string[];
}

/** Of each field, because a turn tries those of all tools and procedures. */
const phrasesOf = new WeakMap<AskedField, Phrase[]>();

function toPhrases(field: AskedField): Phrase[] {
  const known = phrasesOf.get(field);
  if (known) return known;
  const made = (field.phrases ?? []).map((phrase) => {
    const [before = [], after = []] = phrase
      .split("{}")
      .map((part) => (part.match(TOKEN) ?? []).map(plain));
    return { before, after };
  });
  phrasesOf.set(field, made);
  return made;
}

/** The value that a message gives in one of the field's phrases, whatever else it says: "where is order 12345?". */
export function readPhrases(field: AskedField, told: Told): Value | undefined {
  const { tokens } = told;
  const found = toPhrases(field).flatMap(({ before, after }) =>
    tokens.flatMap((_, at) => {
      const from = at + before.length;
      if (!startsWith(tokens, at, before)) return [];
      for (let skipped = 0; skipped <= MAX_BETWEEN; skipped++) {
        const token = tokens[from + skipped]?.written ?? "";
        // Looked at first: it costs least.
        if (startsWith(tokens, from + skipped + 1, after)) {
          const value = phraseValue(field, token, told);
          if (value !== undefined) return [value];
        }
        if (!BETWEEN.test(token)) return [];
      }
      return [];
    }),
  );
  return single(found);
}

/** @param words as {@link plain} */
function startsWith(tokens: Told["tokens"], at: number, words: readonly string[]): boolean {
  return words.every((word, index) => tokens[at + index]?.plain === word);
}

function plain(token: string): string {
  return foldWord(token.replace(/^[#:.]+|[:.]+$/gu, "") || token);
}

/** A word behind a phrase is no value: "order status", "order now". */
function phraseValue(field: Scalar, token: string, told: Told): Value | undefined {
  const bare = token.replace(/^[#:]+|[.:]+$/gu, "");
  if (isFreeText(field) && !/\d/.test(bare)) return undefined;
  const readable = candidates(field, { ...told, message: bare });
  return single(readable.flatMap((one) => checked(field, one) ?? []));
}

/** Whether any words may be the value. */
export function isFreeText({ type, enum: values, pattern, format }: Scalar): boolean {
  return type === "string" && !values && pattern === undefined && format === undefined;
}

/** The option that a message names; none where it names several. */
function readOption(options: string[], message: string): string | undefined {
  const said = ` ${words(message)} `;
  const whole = options.find((option) => words(option) === said.trim());
  if (whole !== undefined) return whole;
  const named = options.filter(
    (option) => words(option) !== "" && said.includes(` ${words(option)} `),
  );
  // "Not delivered" names "delivered", too.
  const longest = named.filter(
    (one) => !named.some((other) => other !== one && words(other).includes(words(one))),
  );
  return longest.length === 1 ? longest[0] : undefined;
}

function words(text: string): string {
  return foldedWords(text).join(" ");
}

/** The words of a text for comparison. Unlike those of the index, a script without spaces is not cut into pairs. */
export function foldedWords(text: string): string[] {
  return (text.match(/[\p{L}\p{M}\p{N}]+/gu) ?? []).map(foldWord);
}

/** What of a message may be a value of the field. */
function candidates(field: Scalar, { message, language }: Told): Value[] {
  const text = withPlainDigits(message.slice(0, MAX_READ));
  if (field.format === "email") return text.match(EMAIL) ?? [];
  if (field.format === "date") return datesIn(text, language);
  if (field.type === "integer" || field.type === "number")
    return (text.match(NUMBER) ?? []).map(toNumber);
  const tokens = text.match(TOKEN) ?? [];
  const bare = tokens.map((token) => token.replace(/^[#:'‘’]+|[.:'‘’]+$/gu, ""));
  // "Order AB 1234" for AB1234.
  const pairs = bare.slice(1).map((token, at) => `${bare[at]}${token}`);
  const upper = [...bare, text.trim()].map((token) => token.toUpperCase());
  // Scripts without spaces: 注文番号123456です.
  const latin = text.match(/[A-Za-z0-9]+(?:-[A-Za-z0-9]+)*/g) ?? [];
  const first = [...new Set([...bare, text.trim(), ...latin])].filter(
    (one) => checked(field, one) !== undefined,
  );
  if (first.length > 0) return first;
  const others = [...new Set([...upper, ...pairs, ...pairs.map((one) => one.toUpperCase())])];
  return others;
}

const NUMBER = /(?<![\w.,-])-?\d{1,15}(?:[.,]\d{1,6})*(?![\w]|[.,]\d)/g;

/** "1,000" and "1.000" are thousands; "1.5" and "1,5" are not. */
function toNumber(text: string): number {
  const isGrouped = /^-?[1-9]\d{0,2}(?:[.,]\d{3})+$/.test(text);
  return Number(isGrouped ? text.replace(/[.,]/g, "") : text.replace(",", "."));
}

/** Full-width and Arabic digits as ASCII. */
function withPlainDigits(text: string): string {
  return text
    .normalize("NFKC")
    .replace(/[\u0660-\u0669\u06F0-\u06F9]/g, (digit) => String(digit.charCodeAt(0) & 0xf));
}

const MAX_READ = 500;

function checked(field: Scalar, value: Value): Value | undefined {
  const { type, minLength = type === "string" ? 1 : 0, maxLength = MAX_STRING } = field;
  if (typeof value === "string" && (value.length < minLength || value.length > maxLength))
    return undefined;
  const { success, data } = validatorOf(field).safeParse(value);
  return success ? (data as Value) : undefined;
}

/** The one value that was found, once or several times. */
function single(found: Value[]): Value | undefined {
  const different = new Set(found);
  return different.size === 1 ? found[0] : undefined;
}

/**
 * Dates of a text as ISO 8601. A date in numbers whose order of day and month is open, such as 3/4/2026, is none; with dots, or from a
 * language that writes the day first, it is not open.
 */
export function datesIn(text: string, language: LanguageCode | null): string[] {
  const dates = [
    ...Array.from(text.matchAll(/(?<!\d)(\d{4})-(\d{1,2})-(\d{1,2})(?!\d)/g), ([, y, m, d]) =>
      isoDate(y, m, d),
    ),
    ...Array.from(text.matchAll(/(?<!\d)(\d{4})年\s*(\d{1,2})月\s*(\d{1,2})日/g), ([, y, m, d]) =>
      isoDate(y, m, d),
    ),
    ...Array.from(
      text.matchAll(/(?<![\d.])(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4})(?!\d)/g),
      ([, d, m, y]) => isoDate(y, m, d),
    ),
    ...Array.from(
      text.matchAll(/(?<![\d/])(\d{1,2})\/(\d{1,2})\/(\d{4})(?!\d)/g),
      ([, one = "", two = "", y]) => {
        const isDayFirst =
          Number(one) > 12 || (language !== null && language !== "en" && language !== "ja");
        const isMonthFirst = Number(two) > 12;
        if (isDayFirst === isMonthFirst) return undefined;
        return isDayFirst ? isoDate(y, two, one) : isoDate(y, one, two);
      },
    ),
    ...namedDates(text, language ?? "en"),
  ];
  return dates.flatMap((date) => date ?? []);
}

/** "3 March 2026", "March 3rd, 2026", "3. März 2026". */
function namedDates(text: string, language: LanguageCode): (string | undefined)[] {
  const months = monthNames(language);
  const parts = (text.match(/[\p{L}\p{M}]+|\d+/gu) ?? []).map((part) =>
    foldWord(part).replace(/^(?:st|nd|rd|th|de|del|of|the)$/, ""),
  );
  const kept = parts.filter((part) => part !== "");
  return kept.flatMap((part, at) => {
    const month = months.get(part);
    const [before = "", after = "", last = ""] = [kept[at - 1], kept[at + 1], kept[at + 2]];
    if (month === undefined) return [];
    if (/^\d{1,2}$/.test(before) && /^\d{4}$/.test(after))
      return [isoDate(after, String(month), before)];
    if (/^\d{1,2}$/.test(after) && /^\d{4}$/.test(last))
      return [isoDate(last, String(month), after)];
    return [];
  });
}

const monthsOf = new Map<LanguageCode, Map<string, number>>();

function monthNames(language: LanguageCode): Map<string, number> {
  const known = monthsOf.get(language);
  if (known) return known;
  const names = new Map<string, number>();
  for (const code of new Set<LanguageCode>([language, "en"]))
    for (const month of ["long", "short"] as const) {
      const format = new Intl.DateTimeFormat(code, { month, day: "numeric", timeZone: "UTC" });
      for (let index = 0; index < 12; index++) {
        const parts = format.formatToParts(Date.UTC(2026, index, 1));
        const name = parts.find(({ type }) => type === "month")?.value ?? "";
        const letters = foldWord(name.replace(/[^\p{L}\p{M}]/gu, ""));
        if (letters !== "" && !names.has(letters)) names.set(letters, index + 1);
      }
    }
  monthsOf.set(language, names);
  return names;
}

function isoDate(year = "", month = "", day = ""): string | undefined {
  const text = `${year}-${month.padStart(2, "0")}-${day.padStart(2, "0")}`;
  const time = Date.parse(`${text}T00:00:00Z`);
  return Number.isNaN(time) || new Date(time).toISOString().slice(0, 10) !== text
    ? undefined
    : text;
}
