import { detectionsWithin, digitsOf, surroundings, type Detector } from "./detection.ts";

/** Digits in groups, as they are printed on a card, or in one run. */
const CARD = /(?<![\p{L}\p{N}_+]|\p{N}[./-])\d(?:[ -]?\d){11,18}(?![\p{L}\p{N}_])/gu;
/**
 * First digits and lengths that card networks issue (en.wikipedia.org/wiki/Payment_card_number): Visa, Mastercard, American
 * Express, Diners, JCB, Discover with UnionPay, Maestro. A tenth of all order numbers would pass the check digit alone.
 */
const ISSUED =
  /^(?:4(?:\d{12}|\d{15}|\d{18})|(?:5[1-5]|2[2-7])\d{14}|3[47]\d{13}|3(?:0[0-5]|[689]\d)\d{11}|(?:35\d\d|1800|2131)\d{11,12}|6(?:011|4|5|2)\d{12,17}|(?:5[06-8]|6)\d{10,17})$/;

/** What the numbers of these networks begin with. */
const NETWORK = /^[1-6]/;

const CARD_WORD = /\b(?:card|cc|credit|debit|visa|maestro|karte|carte|tarjeta|carta)\b/iu;

/**
 * Payment card numbers, by network, length and Luhn's check digit. Groups of digits that follow one, such as its date, or stand before it
 * are not counted to it.
 */
export const cards: Detector = (text) =>
  detectionsWithin(text, "CARD", CARD, (match, start) => {
    if (!NETWORK.test(match)) return 0;
    // Few cards have 13 digits or fewer, and timestamps in milliseconds and ids in addresses have 13.
    const isNamed = (length: number): boolean =>
      text[start - 1] !== "/" && CARD_WORD.test(surroundings(text, start, start + length));
    const digits = digitsOf(match);
    let count = 0;
    let longest = 0;
    for (let index = 0; index < match.length; index++) {
      if (isSeparator(match.charCodeAt(index))) continue;
      count += 1;
      const ends = index + 1 === match.length || isSeparator(match.charCodeAt(index + 1));
      if (!ends || count < 12 || !isCard(digits.slice(0, count))) continue;
      if (count > 13 || isNamed(index + 1)) longest = index + 1;
    }
    return longest;
  });

function isCard(digits: string): boolean {
  return ISSUED.test(digits) && !/^(\d)\1+$/.test(digits) && luhn(digits);
}

function luhn(digits: string): boolean {
  let sum = 0;
  for (let index = 0; index < digits.length; index++) {
    const digit = digits.charCodeAt(digits.length - 1 - index) - 48;
    const doubled = index % 2 === 1 ? digit * 2 : digit;
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return sum % 10 === 0;
}

const IBAN = /(?<![\p{L}\p{N}_])[a-z]{2}\d{2}(?:[ -]?[a-z\d]){11,30}(?![\p{L}\p{N}_])/giu;
const LEAST_IBAN = 15;
/** More letters than this in a row are words. */
const MOST_LETTERS = 8;

/** International bank account numbers, by ISO 7064 mod 97. A word that follows one is not counted as its last group. */
export const ibans: Detector = (text) =>
  detectionsWithin(text, "IBAN", IBAN, (match) => {
    // Country and check digits count last.
    const country = valueOf(match.charCodeAt(0)) * 100 + valueOf(match.charCodeAt(1));
    const check = country * 100 + Number(match.slice(2, 4));
    let account = 0;
    let count = 4;
    let letters = 0;
    let longest = 0;
    for (let index = 4; index < match.length; index++) {
      const code = match.charCodeAt(index);
      if (isSeparator(code)) continue;
      const value = valueOf(code);
      letters = value < 10 ? 0 : letters + 1;
      if (letters > MOST_LETTERS) break;
      account = (account * (value < 10 ? 10 : 100) + value) % 97;
      count += 1;
      const ends = index + 1 === match.length || isSeparator(match.charCodeAt(index + 1));
      if (ends && count >= LEAST_IBAN && (account * 1_000_000 + check) % 97 === 1)
        longest = index + 1;
    }
    return longest;
  });

function isSeparator(code: number): boolean {
  return code === 32 || code === 45;
}

/** 0 to 9 as they are, A to Z as 10 to 35. */
function valueOf(code: number): number {
  return code < 58 ? code - 48 : (code & 31) + 9;
}
