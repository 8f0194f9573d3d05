import { findNumbers, parsePhoneNumberFromString, type CountryCode } from "libphonenumber-js/min";

/** Countries whose rules a number without a country code is checked against. */
const COUNTRIES: CountryCode[] = ["US", "GB", "DE", "FR", "ES", "IT", "BR", "IN", "NL", "AU"];

/** The library takes up to half a millisecond for one check. People write fewer numbers that need one. */
const MOST_SEARCHES = 16;
const MOST_NUMBERS = 32;

/** Positions within a text: `[start, end)` in UTF-16 units. */
export interface Range {
  start: number;
  end: number;
}

/**
 * Asks libphonenumber whether digits are a telephone number. It is asked each question once, and at most {@link MOST_SEARCHES} and
 * {@link MOST_NUMBERS} questions about all texts that share these checks. Further questions are answered by `undefined`, and the caller
 * takes the digits for a number. So what is left of a text after redaction raises only questions that were answered: redacting it again
 * changes nothing.
 */
export class PhoneChecks {
  readonly #searches = new Map<string, Range[]>();
  readonly #numbers = new Map<string, boolean>();

  /** The numbers with a country code in a short text. */
  search(text: string): Range[] | undefined {
    return remembered(this.#searches, MOST_SEARCHES, text, () =>
      findNumbers(text, { v2: true }).map(({ startsAt, endsAt }) => ({
        start: startsAt,
        end: endsAt,
      })),
    );
  }

  /** Whether a number without a country code is valid in one of the countries that we know. */
  isNational(number: string): boolean | undefined {
    return remembered(this.#numbers, MOST_NUMBERS, number, () =>
      COUNTRIES.some((country) => parsePhoneNumberFromString(number, country)?.isValid() === true),
    );
  }
}

function remembered<T>(
  known: Map<string, T>,
  most: number,
  key: string,
  ask: () => T,
): T | undefined {
  if (known.has(key) || known.size >= most) return known.get(key);
  const answer = ask();
  known.set(key, answer);
  return answer;
}
