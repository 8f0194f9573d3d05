/** Symbol fonts keep their bullets in the private use area. */
const SYMBOL_BULLETS = /[\uF0B7\uF0A7\uF0D8\uF076\uF0FC\uF02D\uF06E\uF0A8]/g;
const LIGATURES = /[\uFB00-\uFB06]/g;
/** Bullets that stand for nothing else, so that they may also begin an item in the middle of a line. */
const BULLET_WITHIN = /(?<=\S)[ \t]*[•▪‣●▸►◦][ \t]+/g;
const WORD = /[\p{L}\p{M}]+(?:[-’'][\p{L}\p{M}]+)*/gu;

/** What is left of the dots between a title and its page in a table of contents. */
export const LEADER = " … ";

/** The text of a page as lines without the peculiarities of its fonts. */
export function plainLines(page: string): string[] {
  return page
    .replace(LIGATURES, (ligature) => ligature.normalize("NFKC"))
    .replace(SYMBOL_BULLETS, "•")
    .replace(BULLET_WITHIN, "\n• ")
    .split("\n")
    .map((line) =>
      line
        .replace(/\s+/g, " ")
        .replace(/(?: ?\.){5,} ?/g, LEADER)
        .replace(/\u00AD(?!$)/g, "")
        .trim(),
    );
}

/** The words of the document that no end of a line divides, in lower case. */
export function vocabularyOf(pages: string[][]): Set<string> {
  const words = new Set<string>();
  for (const lines of pages) {
    let isDivided = false;
    for (const line of lines) {
      const whole = isDivided ? line.slice(firstWord(line).length) : line;
      isDivided = endsDivided(line);
      const end = isDivided ? whole.lastIndexOf(" ") : whole.length;
      for (const [word] of whole.slice(0, Math.max(0, end)).matchAll(WORD))
        words.add(word.toLowerCase());
    }
  }
  return words;
}

export function firstWord(line: string): string {
  const end = line.indexOf(" ");
  return end < 0 ? line : line.slice(0, end);
}

function lastWord(line: string): string {
  return line.slice(line.lastIndexOf(" ") + 1);
}

/** Whether the line ends within a word or a compound. */
export function endsDivided(line: string): boolean {
  return /[\p{L}\p{N}][-\u2010\u00AD]$/u.test(line.slice(-3));
}

/** What joins compounds, and never two halves of a word: `self-service`, `non-EU`, `e-mail`. */
const PREFIXES = new Set(["self", "non", "well", "ex", "e", "all", "half", "high", "low"]);
/** After a hyphen that stands for a word: "Ein- und Ausgang", "pre- and post-sale". */
const CONJUNCTIONS = new Set([
  "and",
  "or",
  "to",
  "und",
  "oder",
  "bis",
  "et",
  "ou",
  "y",
  "o",
  "e",
  "en",
  "of",
]);
const IDEOGRAPH = /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/u;

export function isUnspaced(line: string): boolean {
  return IDEOGRAPH.test(line.slice(0, 2));
}

/**
 * A line, ready to be followed directly by the next one: with a space, or with its hyphen or without it where it ends within a
 * word. Whether a hyphen belongs to the word is decided by the words that the document uses elsewhere.
 */
export function joined(line: string, next: string, words: ReadonlySet<string>): string {
  const end = line.slice(-1);
  if (!endsDivided(line)) {
    const isUrl = /^(?:https?:|www\.)\S*[/=?&]$/.test(lastWord(line)) && /^[\p{Ll}\d]/u.test(next);
    const isJoined = isUnspaced(end) && isUnspaced(next);
    return isUrl || isJoined ? line : `${line} `;
  }
  const stem = line.slice(0, -1);
  if (end === "\u00AD") return stem;
  const left = /[\p{L}\p{M}]+$/u.exec(lastWord(stem).slice(-60))?.[0].toLowerCase() ?? "";
  const right = /^[\p{L}\p{M}]+/u.exec(next.slice(0, 60))?.[0] ?? "";
  if (CONJUNCTIONS.has(right)) return `${line} `;
  const isWithinName = lastWord(line).includes("/") || /[@_]/.test(lastWord(line));
  if (left === "" || isWithinName || !/^\p{Ll}/u.test(right)) return `${stem}-`;
  return belongs(left, right, lastWord(stem), words) ? `${stem}-` : stem;
}

function belongs(left: string, right: string, whole: string, words: ReadonlySet<string>): boolean {
  if (words.has(left + right)) return false;
  if (words.has(`${left}-${right}`) || PREFIXES.has(left) || whole.includes("-")) return true;
  // "customer-service" is made of two words that the document knows; "deliv-ery" is not.
  return left.length > 3 && right.length > 3 && words.has(left) && words.has(right);
}
