/**
 * Whether a text holds the words that a question notes. Case, white space, punctuation, marks of Markdown and HTML tags do not
 * count; numbers do, with their decimals and their currency: "18" is not in "£18.90", nor "$9.90" in "CA$9.90".
 */
import { decodeHTML } from "entities";

/** What a right answer to a question says, in words of the documents. */
export interface ExpectedPassage {
  /** Each is required; of an inner list, any one. */
  must: readonly (readonly string[])[];
  /** None of these may be there. */
  mustNot: readonly string[];
  /** The answer is a procedure; `must` holds its first and last step, and the warnings before and inside it. */
  procedure: boolean;
}

/** A number with its decimals, after its currency if there is one. */
const NUMBER = String.raw`(?:\p{L}{0,3}\p{Sc} ?)?\p{Nd}+(?:[.,:]\p{Nd}+)*`;
/** Scripts that put no spaces between words: each character is compared by itself. */
const UNSPACED = String.raw`[\p{scx=Han}\p{scx=Hira}\p{scx=Kana}\p{scx=Thai}\p{scx=Lao}\p{scx=Khmer}\p{scx=Mymr}]`;
const TOKEN = new RegExp(
  String.raw`${NUMBER}|${UNSPACED}\p{M}*|(?:(?!${UNSPACED})[\p{L}\p{M}\p{N}])+?(?=\p{Nd}|${UNSPACED}|[^\p{L}\p{M}\p{N}]|$)|[\p{Sc}%]`,
  "gu",
);
const TAG = /<!--[^]*?-->|<\/?[a-z][a-z0-9-]*(?:\s[^<>]*)?\/?>/gi;
const CITATION = /\[\^?\d+\](?!\()/g;
const LINK_TARGET = /\]\([^()\s]*(?:\s+"[^"]*")?\)/g;
const EMPHASIS = /[*`~\\]+/g;

/** The words of a text with one space around each. Two folded texts are compared by `includes`. */
export function foldWords(text: string): string {
  const plain = decodeHTML(
    text.replace(TAG, " ").replace(CITATION, " ").replace(LINK_TARGET, "] ").replace(EMPHASIS, ""),
  );
  const words = plain
    .normalize("NFKC")
    .replace(/\p{Cf}+/gu, "")
    .replace(/\s+/g, " ")
    .toLowerCase()
    .match(TOKEN);
  return ` ${(words ?? []).map(foldNumber).join(" ")} `;
}

/** Takes out the separators of thousands and the space after a currency. */
function foldNumber(word: string): string {
  return /\p{Nd}/u.test(word)
    ? word.replace(" ", "").replace(/(?<=\p{Nd}),(?=\p{Nd}{3}(?!\p{Nd}))/gu, "")
    : word;
}

/** True if the folded text holds every required phrase. */
export function holdsAll(folded: string, { must }: Pick<ExpectedPassage, "must">): boolean {
  return must.every((phrases) => phrases.some((phrase) => folded.includes(foldWords(phrase))));
}

/** True if the text holds every required phrase and no forbidden one. */
export function isRightPassage(text: string, expected: ExpectedPassage): boolean {
  const folded = foldWords(text);
  return (
    holdsAll(folded, expected) &&
    !expected.mustNot.some((phrase) => folded.includes(foldWords(phrase)))
  );
}

/** The phrases of `must` that none of the texts holds: a slip in the set. */
export function findUnheld({ must }: ExpectedPassage, texts: readonly string[]): string[] {
  const folded = texts.map(foldWords);
  return must.flat().filter((phrase) => !folded.some((text) => text.includes(foldWords(phrase))));
}

/** The number of words between white space, marks of tables and lists aside. */
export function countWords(text: string): number {
  return text.split(/\s+/).filter((word) => /[\p{L}\p{N}]/u.test(word)).length;
}
