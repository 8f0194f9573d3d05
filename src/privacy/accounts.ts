import { detections, digitsOf, surroundings, type Detector } from "./detection.ts";

/** Digits in groups, as they are printed on a card, or in one run. */
const CARD = /(?<![\p{L}\p{N}_.+/-])\d(?:[ -]?\d){11,18}(?![\p{L}\p{N}_]|[.-]\d)/gu;
/**
 * First digits and lengths that card networks issue (en.wikipedia.org/wiki/Payment_card_number): Visa, Mastercard, American
 * Express, Diners, JCB, Discover with UnionPay, Maestro. A tenth of all order numbers would pass the check digit alone.
 */
const ISSUED =
  /^(?:4(?:\d{12}|\d{15}|\d{18})|(?:5[1-5]|2[2-7])\d{14}|3[47]\d{13}|3(?:0[0-5]|[689]\d)\d{11}|(?:35\d\d|1800|2131)\d{11,12}|6(?:011|4|5|2)\d{12,17}|(?:5[06-8]|6)\d{10,17})$/;

const CARD_WORD = /\b(?:card|cc|credit|debit|visa|maestro|karte|carte|tarjeta|carta)\b/iu;

/** Payment card numbers, by network, length and Luhn's check digit. */
export const cards: Detector = (text) =>
  detections(text, "CARD", CARD, (match, start) => {
    const digits = digitsOf(match);
    // Few cards have 13 digits or fewer, and timestamps in milliseconds have 13.
    const isNamed = CARD_WORD.test(surroundings(text, start, start + match.length));
    return (
      (digits.length > 13 || isNamed) &&
      ISSUED.test(digits) &&
      !/^(\d)\1+$/.test(digits) &&
      luhn(digits)
    );
  });

function luhn(digits: string): boolean {
  let sum = 0;
  for (let index = 0; index < digits.length; index++) {
    const digit = Number(digits[digits.length - 1 - index]);
    const doubled = index % 2 === 1 ? digit * 2 : digit;
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return sum % 10 === 0;
}

const IBAN = /(?<![\p{L}\p{N}_])[a-z]{2}\d{2}(?:[ -]?[a-z\d]){11,30}(?![\p{L}\p{N}_])/giu;

/** International bank account numbers, by ISO 7064 mod 97. A word that follows one is not counted as its last group. */
export const ibans: Detector = (text) =>
  [...text.matchAll(IBAN)].flatMap((match) => {
    for (let length = match[0].length; length >= 15; length--) {
      const candidate = match[0].slice(0, length);
      const ends = length === match[0].length || /[ -]/.test(match[0].charAt(length));
      if (ends && isIban(candidate)) {
        return [{ kind: "IBAN" as const, start: match.index, end: match.index + length }];
      }
    }
    return [];
  });

function isIban(text: string): boolean {
  const account = text.replace(/[ -]/g, "").toUpperCase();
  if (account.length < 15 || account.length > 34) return false;
  const moved = account.slice(4) + account.slice(0, 4);
  let remainder = 0;
  for (const character of moved) {
    for (const digit of parseInt(character, 36).toString()) {
      remainder = (remainder * 10 + Number(digit)) % 97;
    }
  }
  return remainder === 1;
}
