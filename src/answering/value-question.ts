import type { Source } from "../citations/source.ts";
import { countriesIn } from "../language/code-names.ts";
import type { Finding, FoundPassage, Value } from "../retrieval/candidates.ts";
import { shared } from "../retrieval/prefer-current.ts";
import { contentStems, isContentWord } from "../retrieval/query-terms.ts";
import { stemsOf } from "../text/stems.ts";
import { wordsOf } from "../text/words.ts";

/** A passage is as good as the first one from this share of its score on. Measured in docs/decisions/0080. */
const NEAR_BEST = 0.75;
/** From this share on it is offered as a further choice. */
const IN_GROUP = 0.6;
/** Choices that a question offers at most: visitors do not read longer lists. */
export const MAX_VALUES = 4;
/** Words of a value at most: a longer difference is another subject. */
const MAX_VALUE_WORDS = 4;
/** Sections up to so many characters together are quoted beside each other (docs/decisions/0071): nobody has to choose. */
const SHORT = 900;
/** Share of the words that the titles of articles have in common which differ in their metadata. Chosen, not measured. */
const NEAR_TITLE = 0.6;
/** Share of common words from which on two passages say the same. */
const SAME = 0.8;

/** What a heading that names nothing but a value may be, beside a country: of others, sections below one heading are parts of a whole. */
const VALUES = new Set(
  `android ios iphone ipad windows mac macos linux web browser desktop mobile
   free basic starter standard plus premium pro professional team business enterprise`.split(/\s+/),
);

/**
 * The values that parallel passages differ in, where a question names none of them: "Install it on Android" and "Install it on iOS". The passages
 * are as good as the first one, and say different things.
 * @returns also whether all of them are short enough to be quoted together
 */
function valuesToAskFor({ candidates, passages }: Finding): { values: Value[]; isShort: boolean } {
  const [first] = passages;
  if (!first) return { values: [], isShort: true };
  const near = passages.filter(({ score }) => score >= NEAR_BEST * first.score);
  const { text, message = "", corrections } = candidates.question;
  const asked = [text, message, ...corrections.values()].join("\n");
  const groups: Parallel[][] = labelsOf(first).map((label) =>
    parallelTo(
      label,
      near,
      passages.filter(({ score }) => score >= IN_GROUP * first.score),
    ),
  );
  groups.push(...Object.keys(first.fields ?? {}).map((name) => differingIn(name, first, near)));
  const group = groups.find((one) => one.length > 1) ?? [];
  const isNamed = isAnyNamed(
    asked,
    group.map(({ value }) => value),
  );
  const length = group.reduce((sum, { passage }) => sum + lengthOf(passage), 0);
  const values = group.slice(0, MAX_VALUES).map(({ value, name, passage: { externalId } }) => ({
    label: value,
    externalId,
    ...(name !== undefined && { name }),
  }));
  // In an order that does not depend on the wording.
  const sorted = values.toSorted((a, b) => a.label.localeCompare(b.label));
  return { values: isNamed ? [] : sorted, isShort: length <= SHORT };
}

function isAnyNamed(question: string, values: string[]): boolean {
  const said = new Set(stemsOf(question));
  const countries = new Set(countriesIn(question, "en"));
  return values.some(
    (value) =>
      contentStems(value).some((stem) => said.has(stem)) ||
      countriesIn(value, "en").some((code) => countries.has(code)),
  );
}

/**
 * A question whose answer depends on a value that nobody has named is not answered: the visitor is asked for the value. Where attributes or an earlier
 * choice have decided, nobody is asked.
 */
export function askingForValue(finding: Finding): Finding {
  const { decision, personal } = finding;
  if (decision.action === "abstain" || personal) return finding;
  const { values, isShort } = valuesToAskFor(finding);
  // What only the metadata tells apart cannot be told apart where it is quoted. Where the message is unclear, the visitor is asked in any case.
  const canBeQuoted = isShort && values.every(({ name }) => name === undefined);
  if (canBeQuoted && decision.action === "answer") return finding;
  if (values.length < 2) return finding;
  const documents = new Set(values.map(({ externalId }) => externalId));
  const passages = finding.passages.filter(({ externalId }) => documents.has(externalId));
  return { ...finding, passages, values, decision: { ...decision, action: "clarify" } };
}

/** The values to ask for, of documents that may be offered. */
export function valuesAmong(findings: Finding[], choices: Source[]): Value[] {
  const offered = new Set(choices.map(({ externalId }) => externalId));
  const values = findings
    .flatMap((finding) => finding.values ?? [])
    .filter(({ externalId }) => offered.has(externalId));
  return values.length > 1 ? values : [];
}

interface Parallel {
  value: string;
  /** The attribute of the metadata that tells it. */
  name?: string;
  passage: FoundPassage;
}

/** The passages of documents of nearly the same title whose metadata has different values of an attribute, each value once. */
function differingIn(name: string, first: FoundPassage, near: FoundPassage[]): Parallel[] {
  const title = new Set(stemsOf(first.title));
  const found = new Map<string, Parallel>();
  for (const passage of near) {
    const value = passage.fields?.[name];
    const isNear = shared(title, new Set(stemsOf(passage.title))) >= NEAR_TITLE;
    if (value !== undefined && isNear && !found.has(value))
      found.set(value, { value, name, passage });
  }
  return [...found.values()];
}

interface Label {
  place: string;
  words: string[];
}

function labelsOf({ title, headingPath }: FoundPassage): Label[] {
  return [
    { place: "", words: wordsIn(title) },
    ...headingPath.map((text, level) => ({
      place: JSON.stringify(headingPath.slice(0, level)),
      words: wordsIn(text),
    })),
  ];
}

function wordsIn(label: string): string[] {
  return label.split(/\s+/).filter(Boolean);
}

/** The passages with a label at the same place that differs from one in a value only, each value once, the first passage first. */
function parallelTo(label: Label, near: FoundPassage[], all: FoundPassage[]): Parallel[] {
  for (const other of near) {
    const match = labelsOf(other).find(({ place }) => place === label.place);
    const slot = match && slotBetween(label.words, match.words);
    if (!slot || isTooBare(slot, label, match)) continue;
    const found = new Map<string, Parallel>();
    for (const passage of all) {
      const words = labelsOf(passage).find(({ place }) => place === label.place)?.words ?? [];
      const value = valueIn(words, slot);
      const isNew = value !== undefined && !found.has(value.toLowerCase());
      const saysMore = [...found.values()].every((one) => !saySame(one.passage, passage));
      if (isNew && saysMore) found.set(value.toLowerCase(), { value, passage });
    }
    if (found.size > 1) return [...found.values()];
  }
  return [];
}

interface Slot {
  before: string[];
  after: string[];
}

/** What two labels have in common around the only place where they differ. */
function slotBetween(one: string[], other: string[]): Slot | undefined {
  const isSame = (a: string | undefined, b: string | undefined): boolean =>
    a !== undefined && a.toLowerCase() === b?.toLowerCase();
  let start = 0;
  while (isSame(one[start], other[start])) start++;
  let end = 0;
  const most = Math.min(one.length, other.length) - start;
  while (end < most && isSame(one.at(-1 - end), other.at(-1 - end))) end++;
  const lengths = [one.length - start - end, other.length - start - end];
  const isValue = lengths.every((length) => length > 0 && length <= MAX_VALUE_WORDS);
  return isValue ? { before: one.slice(0, start), after: one.slice(one.length - end) } : undefined;
}

function valueIn(words: string[], { before, after }: Slot): string | undefined {
  const own = words.slice(before.length, words.length - after.length);
  const label = [...before, ...own, ...after].join(" ").toLowerCase();
  const isIn = own.length > 0 && own.length <= MAX_VALUE_WORDS;
  const text = own.join(" ").replace(/^[^\p{L}\p{N}]+|[^\p{L}\p{N}+#]+$/gu, "");
  return isIn && label === words.join(" ").toLowerCase() && /\p{L}/u.test(text) ? text : undefined;
}

/**
 * Titles have two content words in common, or the rest is a value of a kind that is known; so it is in all headings. Other headings below the same one name
 * parts of a whole.
 */
function isTooBare({ before, after }: Slot, one: Label, other: Label): boolean {
  const common = wordsOf([...before, ...after].join(" ")).filter(isContentWord);
  if (one.place === "" && common.length >= 2) return false;
  return [one, other].some(({ words }) => {
    const own = words.slice(before.length, words.length - after.length).join(" ");
    return countriesIn(own, "en").length === 0 && !wordsOf(own).some((word) => VALUES.has(word));
  });
}

function saySame(one: FoundPassage, other: FoundPassage): boolean {
  const stems = (passage: FoundPassage): Set<string> => new Set(stemsOf(sectionOf(passage)));
  return shared(stems(one), stems(other)) >= SAME;
}

function lengthOf(passage: FoundPassage): number {
  return passage.goesOn ? SHORT : sectionOf(passage).length;
}

/** The text of the passage's section, as far as it is known. */
function sectionOf({ text, neighbours }: FoundPassage): string {
  return [text, ...neighbours.map((neighbour) => neighbour.text)].join("\n");
}
