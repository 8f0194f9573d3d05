import { detections, digitsOf, surroundings, type Detection, type Detector } from "./detection.ts";
import type { PhoneChecks } from "./phone-checks.ts";

/** Begins where none of its characters stands before, so that no text makes the search start again at each of its characters. */
const EMAIL =
  /(?<![\p{L}\p{N}._%+'&~-])[\p{L}\p{N}._%+'&~-]+@(?:[\p{L}\p{N}](?:[\p{L}\p{N}-]{0,62})\.){1,8}[\p{L}]{2,24}/gu;

export const emails: Detector = (text) => detections(text, "EMAIL", EMAIL);

/**
 * Groups of digits as people write telephone numbers: an opening `+` or bracket, groups with separators, an extension. Two
 * groups always have a separator between them, so that digits can be grouped in one way only.
 */
const CANDIDATE =
  /(?<![\p{L}\p{N}_#$€£+/]|\p{N}[:=]|\S-|(?<![\p{L}.])\.)(?:\+|\(\+?)?\d{1,15}(?:[-. \t\u00A0/()]{1,4}\d{1,15}){0,7}(?:[ \t]?(?:x|ext\.?)[ \t]?\d{1,6})?(?![\p{L}\p{N}_%€$£]|[.,:/-]\d)/gu;

const PHONE_WORD =
  /\b(?:phone|telephone|tel|call|called|calling|mobile|cell|fax|desk|office|whatsapp|sms|text|ring|contact|number is|reach|registered|messages to|answering at|handy|telefon\w*|t[ée]l[ée]phone|teléfono|m[óo]vil|cellulare|celular|numéro|portable)\b/iu;
/** Words before numbers that shops give out, such as order numbers. */
const OTHER_NUMBER_WORD =
  /\b(?:order|invoice|ticket|case|reference|ref|sku|part|serial|version|model|article|item|tracking|zip|postal|postcode|policy|licen[cs]e)\b[^#\n]{0,24}#/iu;
const DATE =
  /^(?:\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.]\d{4})(?:\D|$)|^\d{4}\s*-\s*\d{4}$/;
const IP_ADDRESS = /^\d{1,3}(?:\.\d{1,3}){3}$/;

/** What a number with a country code begins with, as the library sees it. */
const PLUS = /[([（［]{0,2}[+＋]/gu;
/** The library searches so many characters from there: the longest numbers have 15 digits, separators and an extension. */
const INTERNATIONAL_LENGTH = 48;
/** No number with its country code has fewer digits. */
const INTERNATIONAL = /^[([（［]{0,2}[+＋](?:[^\p{L}\p{N}+＋]{0,4}\p{Nd}){6,}/u;

/**
 * Telephone numbers. With a country code the library's search decides. A number without one needs a word nearby that says what
 * it is, or the grouping of a telephone number and validity in a country that we know.
 */
export function phones(text: string, checks: PhoneChecks): Detection[] {
  return [
    ...internationalNumbers(text, checks),
    ...detections(text, "PHONE", CANDIDATE, (match, start) => {
      return isPhone(match, () => surroundings(text, start, start + match.length), checks);
    }),
  ];
}

/** Each `+` is searched behind by itself, so that the length of a search has a limit and the searches can be counted. */
function internationalNumbers(text: string, checks: PhoneChecks): Detection[] {
  const starts = Array.from(text.matchAll(PLUS), ({ index }) => index);
  return starts.flatMap((start, index): Detection[] => {
    const end = Math.min(start + INTERNATIONAL_LENGTH, starts[index + 1] ?? text.length);
    const part = text.slice(start, end);
    const digits = INTERNATIONAL.exec(part)?.[0];
    if (digits === undefined) return [];
    const found = checks.search(part) ?? [{ start: 0, end: digits.length }];
    return found.map((one) => ({
      kind: "PHONE",
      start: start + one.start,
      end: start + one.end,
    }));
  });
}

function isPhone(match: string, around: () => string, checks: PhoneChecks): boolean {
  const number = match.replace(/[ \t]?(?:x|ext\.?)[ \t]?\d{1,6}$/u, "").trim();
  const digits = digitsOf(number);
  if (digits.length < 7 || DATE.test(number) || IP_ADDRESS.test(number)) return false;
  // More digits than a number has are a number with other groups beside it.
  if (/^\(?\+/.test(match)) return true;
  const words = around();
  if (PHONE_WORD.test(words)) return true;
  if (digits.length > 15) return false;
  if (OTHER_NUMBER_WORD.test(words)) return false;
  const groups = number.match(/\d+/g) ?? [];
  const hasPrefix = /^(?:0|\()/.test(number);
  if (groups.length < 2 || groups.some((group) => group.length > 8)) return false;
  return (hasPrefix || groups.length > 2) && (checks.isNational(number) ?? true);
}
