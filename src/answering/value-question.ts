import type { Source } from "../citations/source.ts";
import type { Finding, FoundPassage, Value } from "../retrieval/candidates.ts";
import { headingsOf, type Label } from "../retrieval/labels.ts";
import { isNearTitle, namedBy, slotBetween, valueIn } from "../retrieval/parallel.ts";
import { shared } from "../retrieval/prefer-current.ts";
import { stemsOf } from "../text/stems.ts";

/** A passage is as good as the first one from this share of its score on. Measured in docs/decisions/0080. */
const NEAR_BEST = 0.75;
/** From this share on it is offered as a further choice. */
const IN_GROUP = 0.6;
/** Choices that a question offers at most: visitors do not read longer lists. */
export const MAX_VALUES = 4;
/** Sections up to so many characters together are quoted beside each other (docs/decisions/0071): nobody has to choose. */
const SHORT = 900;
/** Share of common words from which on two passages say the same. */
const SAME = 0.8;

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
  const all = passages.filter(({ score }) => score >= IN_GROUP * first.score);
  const groups = [
    ...headingsOf(first).map((label) => parallelTo(label, near, all)),
    ...Object.keys(first.fields ?? {}).map((name) => differingIn(name, first, near, all)),
  ];
  const group = groups.find((one) => one.length > 1) ?? [];
  const isNamed = group.map(({ value }) => value).some(namedBy(asked));
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

/**
 * The passages of documents of nearly the same title whose metadata has different values of an attribute, each value once. One beside the first is near
 * it.
 */
function differingIn(
  name: string,
  first: FoundPassage,
  near: FoundPassage[],
  all: FoundPassage[],
): Parallel[] {
  const isOther = ({ fields, title }: FoundPassage): boolean =>
    fields?.[name] !== undefined &&
    fields[name] !== first.fields?.[name] &&
    isNearTitle(first.title, title);
  if (!near.some(isOther)) return [];
  return eachValue(
    [first, ...all.filter(isOther)].map((passage) => ({
      value: passage.fields?.[name],
      name,
      passage,
    })),
  );
}

/** The passages with a label at the same place that differs from one in a value only, each value once, the first passage first. */
function parallelTo(label: Label, near: FoundPassage[], all: FoundPassage[]): Parallel[] {
  for (const other of near) {
    const slot = labelAt(other, label.place, (match) => slotBetween(label, match));
    if (!slot) continue;
    const found = eachValue(
      all.map((passage) => ({
        value: labelAt(passage, label.place, (match) => valueIn(match, slot)),
        passage,
      })),
    );
    if (found.length > 1) return found;
  }
  return [];
}

function labelAt<T>(
  passage: FoundPassage,
  place: string,
  read: (label: Label) => T | undefined,
): T | undefined {
  const label = headingsOf(passage).find((one) => one.place === place);
  return label && read(label);
}

/** The first passage of each value, but for those that say the same as one before. */
function eachValue(
  passages: (Omit<Parallel, "value"> & { value: string | undefined })[],
): Parallel[] {
  const found = new Map<string, Parallel>();
  for (const { value, ...one } of passages) {
    if (value === undefined || found.has(value.toLowerCase())) continue;
    const saysMore = [...found.values()].every(({ passage }) => !saySame(passage, one.passage));
    if (saysMore) found.set(value.toLowerCase(), { ...one, value });
  }
  return [...found.values()];
}

function saySame(one: FoundPassage, other: FoundPassage): boolean {
  return shared(stemsIn(one), stemsIn(other)) >= SAME;
}

/** Each passage is compared with many others. */
const stemsByPassage = new WeakMap<FoundPassage, Set<string>>();

function stemsIn(passage: FoundPassage): Set<string> {
  const known = stemsByPassage.get(passage);
  if (known) return known;
  const stems = new Set(stemsOf(sectionOf(passage)));
  stemsByPassage.set(passage, stems);
  return stems;
}

function lengthOf(passage: FoundPassage): number {
  return passage.goesOn ? SHORT : sectionOf(passage).length;
}

/** The text of the passage's section, as far as it is known. */
function sectionOf({ text, neighbours }: FoundPassage): string {
  return [text, ...neighbours.map((neighbour) => neighbour.text)].join("\n");
}
