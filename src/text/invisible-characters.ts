/** Unicode's "tags" block mirrors ASCII: renderers do not show it, but models read it. */
const TAG = /[\u{E0020}-\u{E007E}]+/gu;
/** The emoji flag of a region, such as Scotland: a black flag and tags. It is no hidden text. */
const FLAG = /\u{1F3F4}[\u{E0020}-\u{E007F}]+/gu;
/** Sequences without use in readable text: bidirectional overrides, and runs of zero-width characters or variation selectors. */
const HIDING =
  /[\u202D\u202E]|[\uFE00-\uFE0F\u{E0100}-\u{E01EF}\u200B-\u200D\u2060-\u2064\uFEFF\u180E]{4,}|[\uFE00-\uFE0F\u{E0100}-\u{E01EF}]{3,}/gu;
/** A word split by zero-width characters, so that no search finds it. */
const SPLIT_WORD = /(?:[A-Za-z][\u200B-\u200D\u2060\uFEFF\u00AD]+){3,}[A-Za-z]/gu;

const INVISIBLE =
  /[\u034F\u00AD\u061C\u115F\u1160\u17B4\u17B5\u180E\u200B\u200E\u200F\u202A-\u202E\u2060-\u206F\u3164\uFEFF\uFFA0\uFFF9-\uFFFB\u{1D173}-\u{1D17A}\u{E0000}-\u{E007F}]/gu;
/**
 * A character and the joiners and variation selectors after it. Joiners shape letters of Arabic and Indic scripts and emoji;
 * variation selectors choose a form of the character before them. One has an effect; a run can encode hidden text in 256 selectors.
 */
const SHAPING =
  /([^\uFE00-\uFE0F\u{E0100}-\u{E01EF}\u200C\u200D]?)([\uFE00-\uFE0F\u{E0100}-\u{E01EF}\u200C\u200D]+)/gu;
/** One of these joiners and variation selectors. */
const MARK = /^[\uFE00-\uFE0F\u{E0100}-\u{E01EF}\u200C\u200D]$/u;

/** Caps the hidden passages reported for one text. */
const MAX_PASSAGES = 50;

/** The text without invisible characters, except those that shape the character before them. */
export function withoutInvisible(text: string): string {
  return shape(text.replace(INVISIBLE, ""));
}

/** {@link withoutInvisible} for a text that arrives in pieces. The result is the same however it is cut. */
export class VisibleStream {
  /** The first half of a character, which waits for the second half. At the end of the text it is dropped. */
  #half = "";
  /** The last character, and as many marks after it as decide which further ones are shown. */
  #last = "";

  /** @returns what is visible of the text, without a mark that the next piece may still complete */
  push(delta: string): string {
    const whole = this.#half + delta;
    this.#half = /[\uD800-\uDBFF]$/.exec(whole)?.[0] ?? "";
    const text = whole.slice(0, whole.length - this.#half.length).replace(INVISIBLE, "");
    const before = this.#last;
    this.#last = lastShaped(before + text);
    return shape(before + text).slice(shape(before).length);
  }
}

/** The last character of a text with the marks after it that can have an effect, two at most. */
function lastShaped(text: string): string {
  let end = text.length;
  while (end > 0) {
    const isPair = (text.codePointAt(end - 2) ?? 0) > 0xffff;
    const last = text.slice(end - (isPair ? 2 : 1), end);
    if (!MARK.test(last)) return last + usable(last, text.slice(end)).slice(0, 2);
    end -= last.length;
  }
  return "";
}

function shape(text: string): string {
  return text.replace(
    SHAPING,
    (_, shaped: string, marks: string) => shaped + shaping(shaped, marks),
  );
}

function usable(shaped: string, marks: string): string {
  return /\p{Script=Han}/u.test(shaped) ? marks : marks.replace(/[\u{E0100}-\u{E01EF}]/gu, "");
}

/** Of the joiners and variation selectors after a character, those that can have an effect on it. */
function shaping(shaped: string, marks: string): string {
  if (/^\s?$/u.test(shaped)) return "";
  const effective = usable(shaped, marks);
  const [first = ""] = effective;
  // Of ASCII, only digits, # and * have an emoji form, which a variation selector chooses.
  if (/^[\0-\x7F]$/.test(shaped))
    return /[^A-Za-z]/.test(shaped) && /[\uFE0E\uFE0F]/.test(first) ? first : "";
  return effective.startsWith("\uFE0F\u200D") ? "\uFE0F\u200D" : first;
}

/** Passages hidden by invisible characters; text in Unicode tags is decoded to ASCII. */
export function hiddenPassages(text: string): string[] {
  const plain = text.replace(FLAG, "");
  const tags = Array.from(plain.matchAll(TAG), ([letters]) =>
    Array.from(letters, (letter) =>
      String.fromCodePoint((letter.codePointAt(0) ?? 0) - 0xe0000),
    ).join(""),
  );
  const others = [HIDING, SPLIT_WORD].flatMap((form) =>
    Array.from(plain.matchAll(form), ({ index, 0: found }) =>
      withoutInvisible(plain.slice(Math.max(0, index - 40), index + found.length + 40)),
    ),
  );
  return [...tags, ...others].slice(0, MAX_PASSAGES);
}
