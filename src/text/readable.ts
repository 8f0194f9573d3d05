/** Invisible characters: a word is the same with and without them. The zero-width non-joiner is not among them. */
const INVISIBLE =
  /[\u034F\uFE00-\uFE0F\u{E0100}-\u{E01EF}\u180B-\u180F\u00AD\u061C\u200B\u200D-\u200F\u202A-\u202E\u2060-\u206F\uFEFF\u{E0000}-\u{E007F}]+/gu;
/** Persian parts a word by a zero-width non-joiner, where others write a space, or nothing. Elsewhere it only keeps a ligature away. */
const PARTING_NON_JOINER = /(?<=[\p{sc=Arab}\p{M}])\u200C(?=\p{sc=Arab})/gu;

/** Marks within a word of Hebrew (an abbreviation) and Catalan, which many leave out or type as another one. */
const GERSHAYIM = /(?<=\p{sc=Hebr})["״](?=\p{sc=Hebr})/gu;
const CATALAN_DOT = /(?<=l)·(?=l)/gi;
/** A document's text is Markdown, which escapes marks within words: `max\_retries`. */
const ESCAPE = /\\(?=[-_.,:'/])/g;

/** Forms of one punctuation mark, as far as they join words or the digits of a number. */
const PUNCTUATION: Record<string, RegExp> = {
  "-": /[‐‑−﹣－־]/g,
  "'": /[’‘‛ʼʻʹ´`＇׳]/g,
  ".": /[．٫]/g,
  ",": /[，٬]/g,
  _: /＿/g,
  "/": /[／⁄]/g,
  ":": /：/g,
};

const DIGIT = /\p{Nd}/u;
const FOREIGN_DIGIT = /(?![0-9])\p{Nd}/gu;
const FRACTION = /[¼-¾⅐-⅞]/g;
/** The number of a footnote. After one or two letters it is a power, as in "m²". */
const FOOTNOTE = /(?<=\p{L}{3})[¹²³⁰⁴-⁹]+/gu;
/** A vowel that looks like two of another: the second is what a keyboard offers first. */
const DOUBLE_VOWEL = /เเ|ເເ/g;

/**
 * A number in groups of three digits, or of two before the last three as in India. A group separator may also be a decimal separator
 * ("1.234"): on both sides of the search such a number is read as one in groups.
 */
const GROUPED =
  /(?<![\p{L}\p{M}\p{N}])(?<!\d[.,'])[1-9]\d{0,2}(?:([.,'\u00A0\u2009\u202F])\d{3}(?:\1\d{3})*(?!\1?\d)|(?<=[1-9]\d?)(?:,\d{2})+,\d{3}(?!,?\d))/gu;

/** A number with decimals and its unit: `1.5l`. In `v1.5b` the digits are a part of a version. */
const UNIT_AFTER_DECIMALS = /(?<![\p{L}\p{M}\p{N}.,])(\d+[.,]\d+)(?=\p{L})/gu;

/**
 * A text as readers of its language read it: invisible characters are gone, and punctuation marks, digits and grouped numbers have one form
 * each. Its words are as they were, up to Unicode's canonical composition.
 */
export function readable(text: string): string {
  return asciiOf(text)
    .replace(ESCAPE, "")
    .replace(GROUPED, (number) => number.replace(/\D/g, ""))
    .replace(UNIT_AFTER_DECIMALS, "$1 ");
}

function asciiOf(text: string): string {
  // eslint-disable-next-line no-control-regex
  if (/^[\0-\x7F]*$/.test(text)) return text;
  const clean = text
    .normalize("NFC")
    .replace(INVISIBLE, "")
    .replace(PARTING_NON_JOINER, "-")
    .replace(/\u200C/g, "")
    .replace(GERSHAYIM, "-")
    .replace(CATALAN_DOT, "")
    .replace(FOREIGN_DIGIT, toAsciiDigit)
    .replace(FOOTNOTE, "")
    .replace(FRACTION, (fraction) => ` ${fraction.normalize("NFKC")} `)
    .replace(DOUBLE_VOWEL, ([vowel = ""]) => (vowel === "เ" ? "แ" : "ແ"));
  return Object.entries(PUNCTUATION).reduce(
    (written, [mark, forms]) => written.replace(forms, mark),
    clean,
  );
}

/** The ten digits of a script stand side by side, and no digit of another stands before them. Those of mathematics are the exception. */
function toAsciiDigit(digit: string): string {
  const plain = digit.normalize("NFKC");
  if (plain !== digit) return plain;
  const code = digit.codePointAt(0) ?? 0;
  let value = 0;
  while (value < 9 && DIGIT.test(String.fromCodePoint(code - value - 1))) value += 1;
  return String(value);
}
