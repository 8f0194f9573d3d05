/** Letters that no renderer shows, one for each of ASCII: text in them is read by models alone (Unicode's "tags" block). */
const TAG = /[\u{E0020}-\u{E007E}]+/gu;
/** A flag of a region is written with tags, behind a black flag. */
const FLAG = /\u{1F3F4}[\u{E0020}-\u{E007F}]+/gu;
/** Sequences that a text for people has no use for: orders of reading that lie, and many signs of no width in a row. */
const HIDING =
  /[\u202D\u202E]|[\uFE00-\uFE0F\u{E0100}-\u{E01EF}\u200B-\u200D\u2060-\u2064\uFEFF\u180E]{4,}|[\uFE00-\uFE0F\u{E0100}-\u{E01EF}]{3,}/gu;
/** A word taken apart by signs of no width, so that no search finds it. */
const TAKEN_APART = /(?:[A-Za-z][\u200B-\u200D\u2060\uFEFF\u00AD]+){3,}[A-Za-z]/gu;

const INVISIBLE =
  /[\u034F\u00AD\u061C\u115F\u1160\u17B4\u17B5\u180E\u200B\u200E\u200F\u202A-\u202E\u2060-\u206F\u3164\uFEFF\uFFA0\uFFF9-\uFFFB\u{1D173}-\u{1D17A}\u{E0000}-\u{E007F}]/gu;
/**
 * Joiners shape letters of Arabic and Indic scripts and emoji, variation selectors choose a form of the sign before them. One
 * does its work and more spell something out: there are 256 selectors.
 */
const SHAPING =
  /([^\uFE00-\uFE0F\u{E0100}-\u{E01EF}\u200C\u200D]?)([\uFE00-\uFE0F\u{E0100}-\u{E01EF}\u200C\u200D]+)/gu;
/** The last sign of a text with what shapes it: whether the next one does, this tells. */
export const LAST_SHAPED =
  /[^\uFE00-\uFE0F\u{E0100}-\u{E01EF}\u200C\u200D]?[\uFE00-\uFE0F\u{E0100}-\u{E01EF}\u200C\u200D]*$/u;

/** More of them in one text tell its owner nothing new. */
const MAX_PASSAGES = 50;

/** The text without the signs that show nothing and shape nothing. */
export function withoutInvisible(text: string): string {
  return text
    .replace(INVISIBLE, "")
    .replace(SHAPING, (_, shaped: string, signs: string) => shaped + shaping(shaped, signs));
}

/** Of the signs behind another, those that can have a use there. */
function shaping(shaped: string, signs: string): string {
  if (/^\s?$/u.test(shaped)) return "";
  const usable = /\p{Script=Han}/u.test(shaped)
    ? signs
    : signs.replace(/[\u{E0100}-\u{E01EF}]/gu, "");
  const [first = ""] = usable;
  // Digits, # and * have an emoji; nothing else of ASCII has another form.
  if (/^[\0-\x7F]$/.test(shaped))
    return /[^A-Za-z]/.test(shaped) && /[\uFE0E\uFE0F]/.test(first) ? first : "";
  return usable.startsWith("\uFE0F\u200D") ? "\uFE0F\u200D" : first;
}

/** Where a text hides something by signs that nobody sees, with what is written in tags spelt out. */
export function hiddenPassages(text: string): string[] {
  const plain = text.replace(FLAG, "");
  const tags = Array.from(plain.matchAll(TAG), ([letters]) =>
    Array.from(letters, (letter) =>
      String.fromCodePoint((letter.codePointAt(0) ?? 0) - 0xe0000),
    ).join(""),
  );
  const others = [HIDING, TAKEN_APART].flatMap((form) =>
    Array.from(plain.matchAll(form), ({ index, 0: found }) =>
      withoutInvisible(plain.slice(Math.max(0, index - 40), index + found.length + 40)),
    ),
  );
  return [...tags, ...others].slice(0, MAX_PASSAGES);
}
