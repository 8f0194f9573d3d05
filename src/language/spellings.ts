import { CONTRACTED } from "./english.ts";
import { foldWord } from "../text/fold.ts";
import { readable } from "../text/readable.ts";

/** Letters with a mark, as they are spelled out where a keyboard lacks them. */
const SPELLED_OUT: Record<string, string> = {
  ä: "ae",
  ö: "oe",
  ü: "ue",
  å: "aa",
  ø: "oe",
  đ: "dj",
};
const MARKED = new RegExp(`[${Object.keys(SPELLED_OUT).join("")}]`, "g");

/** A word with its umlauts and similar letters spelled out and folded, such as `groesse` for `größe`; undefined for a word without any. */
export function spelledOut(word: string): string | undefined {
  if (/^[a-z0-9]*$/.test(word)) return undefined;
  const composed = word.normalize("NFC");
  if (composed.search(MARKED) < 0) return undefined;
  return foldWord(composed.replace(MARKED, (letter) => SPELLED_OUT[letter] ?? letter));
}

/** Of a longer compound only its neighbours and the whole are joined. */
const MAX_PARTS = 4;
const MAX_LENGTH = 64;
/** Fewer digits are a range or a version: "3-5" is not 35. */
const MIN_DIGITS = 6;
/** Digits with spaces between them. Fewer than seven are two numbers more often than one. */
const SPACED_DIGITS = /(?<![\p{L}\p{M}\p{N}])\d{2,5}(?: \d{2,5})+(?![\p{L}\p{M}\p{N}])/gu;
const MIN_SPACED_DIGITS = 7;
const MAX_SPACED_DIGITS = 16;
const JOINT = /([-_./:',])/;

/**
 * The spellings of a written word whose parts are joined without a mark, folded: `wifi` for `wi-fi`, `fhpump`, `pump02` and `fhpump02` for
 * `fh-pump-02`. Empty for a word of one part.
 * @param compound as `writtenWords` gives it
 */
export function joinedSpellings(compound: string): string[] {
  const pieces = compound.split(JOINT);
  if (pieces.length < 3) return [];
  const parts = pieces.filter((_, index) => index % 2 === 0);
  const mayFollow = parts.map((part, index) =>
    mayJoin(parts[index - 1], pieces[2 * index - 1] ?? "", part),
  );
  const joined: string[] = [];
  for (const [start, first] of parts.entries()) {
    let word = first;
    const most = parts.length > MAX_PARTS && start > 0 ? start + 2 : parts.length;
    for (let end = start + 1; end < most && mayFollow[end] === true; end++) {
      word += parts[end] ?? "";
      if (word.length > MAX_LENGTH) break;
      const isKept = parts.length <= MAX_PARTS || end === start + 1 || end === parts.length - 1;
      if (isKept && (/\D/.test(word) || word.length >= MIN_DIGITS)) joined.push(foldWord(word));
    }
  }
  return joined;
}

/** The numbers that a text writes with spaces, such as telephone numbers, each also without: `0800 123 456`, `0800123456`. */
export function spacedNumbers(text: string): [spaced: string, joined: string][] {
  if (!/\p{Nd} \p{Nd}/u.test(text)) return [];
  return (readable(text).match(SPACED_DIGITS) ?? []).flatMap((spaced) => {
    const joined = spaced.replaceAll(" ", "");
    const isOne = joined.length >= MIN_SPACED_DIGITS && joined.length <= MAX_SPACED_DIGITS;
    return isOne ? [[spaced, joined] as [string, string]] : [];
  });
}

/** Whether two parts may be joined at a mark. A full stop between digits is that of a version, and "users" is no spelling of "user's". */
function mayJoin(before: string | undefined, mark: string, after: string): boolean {
  if (before === undefined) return false;
  if (mark === ".") return !(/\d$/.test(before) && /^\d/.test(after));
  if (mark === "'") return !CONTRACTED.test(`'${after}`);
  return mark === "-" || mark === "_";
}
