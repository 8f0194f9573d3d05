import { SECRET_STARTS, UNSEPARATED_SECRET_STARTS } from "../privacy/secrets.ts";

/** In characters: of a longer start no more is shown at once. */
const LONGEST = 200;
/** Letters, digits and citation markers. Variation selectors are none: an address is judged without them. */
const PLAIN = /^(?:(?!\p{Variation_Selector})[\p{L}\p{M}\p{N}]|\[\d{1,2}\])*/u;
/** Ends with what may become the beginning of an address. */
const OPENS_ADDRESS = /(?:h(?:t(?:t(?:ps?)?)?)?|f(?:tp?)?|w{1,3})$/i;
const OPENS_SECRET = new RegExp(`^(?:${UNSEPARATED_SECRET_STARTS.join("|")})`);

/**
 * The start of a piece that is shown as it is, whatever follows, so that each word streams at once. More text only makes it longer.
 */
export function plainStart(piece: string): string {
  const plain = PLAIN.exec(piece.slice(0, LONGEST))?.[0] ?? "";
  const markers = plain.slice(0, plain.lastIndexOf("]") + 1);
  const word = plain.slice(markers.length);
  const opensSecret =
    OPENS_SECRET.test(word) || SECRET_STARTS.some((secret) => secret.startsWith(word));
  return markers + (opensSecret ? "" : word.replace(OPENS_ADDRESS, ""));
}
