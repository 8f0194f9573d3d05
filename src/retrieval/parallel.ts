import { countriesIn } from "../language/code-names.ts";
import { VALUE_WORDS } from "../language/values.ts";
import { stemsOf } from "../text/stems.ts";
import { wordsOf } from "../text/words.ts";
import { headingsOf, type Label } from "./labels.ts";
import type { Passage } from "./passages.ts";
import { shared } from "./prefer-current.ts";
import { contentStems, isContentWord } from "./query-terms.ts";

/** Words of a value at most: a longer difference is another subject. */
const MAX_VALUE_WORDS = 4;
/** Share of the words that the titles of articles have in common which differ in their metadata. Chosen, not measured. */
const NEAR_TITLE = 0.6;

/** What two labels have in common around the only place where they differ. */
export interface Slot {
  before: string[];
  after: string[];
}

/** Where two labels of the same place differ in a value only. */
export function slotBetween(label: Label, other: Label): Slot | undefined {
  if (label.place !== other.place) return undefined;
  const [one, two] = [wordsIn(label), wordsIn(other)];
  const isSame = (a: string | undefined, b: string | undefined): boolean =>
    a !== undefined && a.toLowerCase() === b?.toLowerCase();
  let start = 0;
  while (isSame(one[start], two[start])) start++;
  let end = 0;
  const most = Math.min(one.length, two.length) - start;
  while (end < most && isSame(one.at(-1 - end), two.at(-1 - end))) end++;
  const lengths = [one.length - start - end, two.length - start - end];
  const isValue = lengths.every((length) => length > 0 && length <= MAX_VALUE_WORDS);
  const slot = { before: one.slice(0, start), after: one.slice(one.length - end) };
  return isValue && !isTooBare(slot, label, other) ? slot : undefined;
}

/** The value that a label has in a place. */
export function valueIn(label: Label, { before, after }: Slot): string | undefined {
  const words = wordsIn(label);
  const own = words.slice(before.length, words.length - after.length);
  const whole = [...before, ...own, ...after].join(" ").toLowerCase();
  const isIn = own.length > 0 && own.length <= MAX_VALUE_WORDS;
  const text = own.join(" ").replace(/^[^\p{L}\p{N}]+|[^\p{L}\p{N}+#]+$/gu, "");
  const isSame = whole === words.join(" ").toLowerCase();
  // "Now" and "here" are no values.
  const isTelling = contentStems(text).length > 0 || countriesIn(text, "en").length > 0;
  return isIn && isSame && isTelling && /\p{L}/u.test(text) ? text : undefined;
}

function wordsIn({ text }: Label): string[] {
  return text.split(/\s+/).filter(Boolean);
}

/**
 * Titles have two content words in common, or the rest is a value of a kind that is known; so it is in all headings. Other headings below the same one name
 * parts of a whole.
 */
function isTooBare({ before, after }: Slot, one: Label, other: Label): boolean {
  const common = wordsOf([...before, ...after].join(" ")).filter(isContentWord);
  if (one.place === "title" && common.length >= 2) return false;
  return [one, other].some((label) => {
    const words = wordsIn(label);
    const own = words.slice(before.length, words.length - after.length).join(" ");
    return (
      countriesIn(own, "en").length === 0 && !wordsOf(own).some((word) => VALUE_WORDS.has(word))
    );
  });
}

export function isNearTitle(one: string, other: string): boolean {
  return shared(new Set(stemsOf(one)), new Set(stemsOf(other))) >= NEAR_TITLE;
}

/** Whether a question names a value: a word of it, or its country by another name. */
export function namedBy(question: string): (value: string) => boolean {
  const said = new Set(stemsOf(question));
  const countries = new Set(countriesIn(question, "en"));
  return (value) =>
    contentStems(value).some((stem) => said.has(stem)) ||
    countriesIn(value, "en").some((code) => countries.has(code));
}

type Parallel = Pick<Passage, "title" | "headingPath" | "text" | "fields">;

/** Whether a passage is parallel to another one, and is about another value than the one that the question names. */
export function isRivalOf(
  passage: Parallel,
  named: Parallel,
  isNamed: (value: string) => boolean,
): boolean {
  const differ = (own: string | undefined, other: string | undefined): boolean =>
    own !== undefined && other !== undefined && isNamed(other) && !isNamed(own);
  const byLabel = headingsOf(named).some((label) =>
    headingsOf(passage).some((own) => {
      const slot = slotBetween(label, own);
      return slot && differ(valueIn(own, slot), valueIn(label, slot));
    }),
  );
  if (byLabel) return true;
  const differs = Object.entries(named.fields ?? {}).some(([name, value]) =>
    differ(passage.fields?.[name], value),
  );
  return differs && isNearTitle(named.title, passage.title);
}
