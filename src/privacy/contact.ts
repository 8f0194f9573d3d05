import { findNumbers, parsePhoneNumberFromString, type CountryCode } from "libphonenumber-js/min";
import { detections, digitsOf, surroundings, type Detection, type Detector } from "./detection.ts";

/** Bounded repeats and a lookbehind, so that no text makes the search start again at each of its characters. */
const EMAIL =
  /(?<![\p{L}\p{N}._%+&~-])[\p{L}\p{N}_][\p{L}\p{N}._%+'&~-]{0,63}@(?:[\p{L}\p{N}](?:[\p{L}\p{N}-]{0,62})\.){1,8}[\p{L}]{2,24}/gu;

export const emails: Detector = (text) => detections(text, "EMAIL", EMAIL);

/**
 * Groups of digits as people write telephone numbers: an opening `+` or bracket, groups with separators, an extension. Two
 * groups always have a separator between them, so that digits can be grouped in one way only.
 */
const CANDIDATE =
  /(?<![\p{L}\p{N}_#$€£+.:/=-])(?:\+|\(\+?)?\d{1,15}(?:[-. \t\u00A0/()]{1,4}\d{1,15}){0,7}(?:[ \t]?(?:x|ext\.?)[ \t]?\d{1,6})?(?![\p{L}\p{N}_%€$£]|[.,:/-]\d)/gu;

const PHONE_WORD =
  /\b(?:phone|telephone|tel|call|called|calling|mobile|cell|fax|desk|office|whatsapp|sms|text|ring|contact|number is|reach|registered|messages to|answering at|handy|telefon\w*|t[ée]l[ée]phone|teléfono|m[óo]vil|cellulare|celular|numéro|portable)\b/iu;
/** Words before numbers that shops give out, such as order numbers. */
const OTHER_NUMBER_WORD =
  /\b(?:order|invoice|ticket|case|reference|ref|sku|part|serial|version|model|article|item|tracking|zip|postal|postcode|policy|licen[cs]e)\b[^#\n]{0,24}#/iu;
const DATE =
  /^(?:\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.]\d{4})(?:\D|$)|^\d{4}\s*-\s*\d{4}$/;
const IP_ADDRESS = /^\d{1,3}(?:\.\d{1,3}){3}$/;

/** Countries whose rules a number without a country code is checked against. */
const COUNTRIES: CountryCode[] = ["US", "GB", "DE", "FR", "ES", "IT", "BR", "IN", "NL", "AU"];

/**
 * Telephone numbers. With a country code the library's search decides. A number without one needs a word nearby that says what
 * it is, or the grouping of a telephone number and validity in one of the countries above.
 */
export const phones: Detector = (text) => {
  const found: Detection[] = /\+/.test(text)
    ? findNumbers(text, { v2: true }).map(({ startsAt, endsAt }) => {
        return { kind: "PHONE", start: startsAt, end: endsAt };
      })
    : [];
  return [
    ...found,
    ...detections(text, "PHONE", CANDIDATE, (match, start) => {
      return isPhone(match, surroundings(text, start, start + match.length));
    }),
  ];
};

function isPhone(match: string, around: string): boolean {
  const number = match.replace(/[ \t]?(?:x|ext\.?)[ \t]?\d{1,6}$/u, "").trim();
  const digits = digitsOf(number);
  if (digits.length < 7 || digits.length > 15) return false;
  if (DATE.test(number) || IP_ADDRESS.test(number)) return false;
  if (match.startsWith("+")) return true;
  if (PHONE_WORD.test(around)) return true;
  if (OTHER_NUMBER_WORD.test(around)) return false;
  const groups = number.match(/\d+/g) ?? [];
  const hasPrefix = /^(?:0|\()/.test(number);
  if (groups.length < 2 || groups.some((group) => group.length > 8)) return false;
  return (hasPrefix || groups.length > 2) && COUNTRIES.some((country) => isValid(number, country));
}

function isValid(number: string, country: CountryCode): boolean {
  return parsePhoneNumberFromString(number, country)?.isValid() === true;
}
