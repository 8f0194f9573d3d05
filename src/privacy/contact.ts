import { findNumbers, parsePhoneNumberFromString, type CountryCode } from "libphonenumber-js/min";
import { detections, digitsOf, surroundings, type Detection, type Detector } from "./detection.ts";

/** Bounded parts and a look back, so that no text makes the search start again at each of its characters. */
const EMAIL =
  /(?<![\p{L}\p{N}._%+&~-])[\p{L}\p{N}_][\p{L}\p{N}._%+'&~-]{0,63}@(?:[\p{L}\p{N}](?:[\p{L}\p{N}-]{0,62})\.){1,8}[\p{L}]{2,24}/gu;

export const emails: Detector = (text) => detections(text, "EMAIL", EMAIL);

/**
 * Groups of digits as people write telephone numbers: an opening `+` or bracket, then separators, then an extension. A
 * separator between two groups is a must, so that digits can be grouped in one way only.
 */
const CANDIDATE =
  /(?<![\p{L}\p{N}_#$€£+.:/=-])(?:\+|\(\+?)?\d{1,15}(?:[-. \t\u00A0/()]{1,4}\d{1,15}){0,7}(?:[ \t]?(?:x|ext\.?)[ \t]?\d{1,6})?(?![\p{L}\p{N}_%€$£]|[.,:/-]\d)/gu;

const SAYS_PHONE =
  /\b(?:phone|telephone|tel|call|called|calling|mobile|cell|fax|desk|office|whatsapp|sms|text|ring|contact|number is|reach|registered|messages to|answering at|handy|telefon\w*|t[ée]l[ée]phone|teléfono|m[óo]vil|cellulare|celular|numéro|portable)\b/iu;
/** Numbers that shops give out themselves. */
const SAYS_OTHER =
  /\b(?:order|invoice|ticket|case|reference|ref|sku|part|serial|version|model|article|item|tracking|zip|postal|postcode|policy|licen[cs]e)\b[^#\n]{0,24}#/iu;
const DATE =
  /^(?:\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.]\d{4})(?:\D|$)|^\d{4}\s*-\s*\d{4}$/;
const IP_ADDRESS = /^\d{1,3}(?:\.\d{1,3}){3}$/;

/** Where a number without a country code may belong; what is valid in one of them, and grouped, is taken for one. */
const COUNTRIES: CountryCode[] = ["US", "GB", "DE", "FR", "ES", "IT", "BR", "IN", "NL", "AU"];

/**
 * Telephone numbers. With a country code the library's search decides; one without is ambiguous, so it also needs its
 * grouping and either a word nearby that says what it is or validity in a big country.
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
  const said = SAYS_PHONE.test(around);
  if (SAYS_OTHER.test(around) && !said) return false;
  if (said) return true;
  const groups = number.match(/\d+/g) ?? [];
  const opens = /^(?:0|\()/.test(number);
  if (groups.length < 2 || groups.some((group) => group.length > 8)) return false;
  return (opens || groups.length > 2) && COUNTRIES.some((country) => isValid(number, country));
}

function isValid(number: string, country: CountryCode): boolean {
  return parsePhoneNumberFromString(number, country)?.isValid() === true;
}
