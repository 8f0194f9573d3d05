import { firstWords, Phrases } from "../language/phrases.ts";
import { plain } from "../language/languages.ts";
import { isContentWord } from "../retrieval/query-terms.ts";
import { editDistance } from "../retrieval/spelling.ts";
import { stemOf, stemsOf } from "../text/stems.ts";
import { wordsOf } from "../text/words.ts";
import type { Option } from "./history.ts";
import { asksSomething } from "./sub-queries.ts";

/** A longer reply says more than which title is meant. */
const MAX_WORDS = 8;
/** Titles up to this length are compared with their misspelt forms. */
const MAX_TITLE = 120;
/** Characters of a title for each of which one typing error is allowed. */
const CHARACTERS_PER_ERROR = 10;

const CLAUSE_END = /[,.;:!?…\n]/;

type Choice = number | "last" | "yes" | "none" | "word";

const CHOICES = new Phrases<Choice>(({ ordinals, last, yes, none, choosing }) => [
  ...ordinals.map((words, place): [string[], Choice] => [words, place]),
  [last, "last"],
  [yes, "yes"],
  [none, "none"],
  [choosing, "word"],
]);

/**
 * The document that a reply to a clarifying question chooses: by its place ("the second one, please"), its title, or words that no other
 * offered title has ("the refund one").
 * @returns null where the reply turns all of them down, and undefined where it chooses none
 */
export function chosenOption(reply: string, options: Option[]): Option | null | undefined {
  if (options.length === 0) return undefined;
  const placed = byPlace(reply, options);
  return placed === undefined ? byTitle(reply, options) : placed;
}

function byPlace(reply: string, options: Option[]): Option | null | undefined {
  const said = choicesIn(reply);
  if (!said) return undefined;
  const place = placeOf(said);
  if (place !== undefined) return options.at(place);
  if (said.includes("none")) return null;
  const isYes = said.includes("yes") && options.length === 1;
  const words = firstWords(reply, MAX_WORDS);
  return isYes || words.every(({ word }) => word === "one") ? options[0] : undefined;
}

/**
 * The choice that a reply makes by its place among those that an answer lists, and what it says beside that: "second one, I don't have the
 * app".
 */
export function chosenPlace(
  reply: string,
  choices: string[],
): { choice: string; rest: string } | undefined {
  if (choices.length === 0) return undefined;
  const end = reply.search(CLAUSE_END);
  const first = end < 0 ? reply : reply.slice(0, end);
  const place = placeOf(choicesIn(first) ?? []);
  const choice = place === undefined ? undefined : choices.at(place);
  const rest = reply.slice(first.length + 1).trim();
  // "First, how do I cancel?" chooses nothing.
  const isOpener = asksSomething(rest) && wordsOf(first).length === 1;
  return choice === undefined || isOpener ? undefined : { choice, rest };
}

/** What each phrase of a reply says about a choice; undefined where one says something else. */
function choicesIn(reply: string): Choice[] | undefined {
  const words = firstWords(reply, MAX_WORDS + 1);
  if (words.length === 0 || words.length > MAX_WORDS) return undefined;
  const said: Choice[] = [];
  for (let at = 0; at < words.length;) {
    const phrase = CHOICES.at(words, at);
    if (!phrase) return undefined;
    said.push(phrase.kind);
    at += phrase.length;
  }
  return said;
}

/** A place from the start, or from the end where it is negative. */
function placeOf(said: Choice[]): number | undefined {
  const places = new Set(said.filter((choice) => typeof choice === "number"));
  const [place] = places.size === 1 ? places : [];
  return place ?? (said.includes("last") ? -1 : undefined);
}

function byTitle(reply: string, options: Option[]): Option | undefined {
  const exact = options.find(({ title }) => isTitle(reply, title) || sectionIn(reply, title));
  if (exact) return exact;
  const words = wordsOf(plain(reply));
  if (words.length === 0 || words.length > MAX_WORDS) return undefined;
  const near = options.filter(({ title }) =>
    isNearly(words.join(" "), wordsOf(plain(title)).join(" ")),
  );
  if (near.length === 1) return near[0];
  const stems = words.filter(isContentWord).map(stemOf);
  const holding = options.filter(({ title }) => {
    const inTitle = new Set(stemsOf(title));
    return stems.length > 0 && stems.every((stem) => inTitle.has(stem));
  });
  return holding.length === 1 ? holding[0] : undefined;
}

/** The section that a reply names behind an offered title, as a clarifying question shows it: "The guide › Varnish". */
export function sectionIn(reply: string, title: string): string | undefined {
  return reply.startsWith(`${title} › `) ? reply.slice(title.length + 3).trim() : undefined;
}

/** Whether a message is a title, whatever its case, accents and punctuation. */
export function isTitle(message: string, title: string): boolean {
  const said = wordsOf(plain(message)).join(" ");
  return said !== "" && said === wordsOf(plain(title)).join(" ");
}

function isNearly(said: string, title: string): boolean {
  const allowed = Math.floor(title.length / CHARACTERS_PER_ERROR);
  if (title.length > MAX_TITLE || Math.abs(said.length - title.length) > allowed) return false;
  return editDistance(said, title) <= allowed;
}
