import { chosenOption } from "../answering/choose.ts";
import type { AskedValues } from "../answering/history.ts";
import { spacedWords } from "../language/code-names.ts";
import { TURNS_DOWN } from "../language/values.ts";
import type { VisitorValues } from "../retrieval/attributes.ts";
import { wordsOf } from "../text/words.ts";

/** A value that the visitor has chosen, and what else was offered. */
export interface ChosenValue {
  value: string;
  /** The attribute that it is a value of, where documents' metadata tells it. */
  name?: string;
  others: string[];
}

/** Choices that a conversation remembers; the oldest go. */
const MAX_CHOSEN = 4;

export function toChosen(stored: string | null | undefined): ChosenValue[] {
  return JSON.parse(stored ?? "[]") as ChosenValue[];
}

/**
 * What a conversation remembers after a message: what it chooses of the offered values, and of earlier choices those that it does not change by
 * naming another value.
 * @param offered what the last answer, if it asks for a value, offers
 */
export function chosenAfter(
  message: string,
  before: ChosenValue[],
  { values: offered, name }: AskedValues,
): ChosenValue[] {
  const changed = before.map((one) => switched(one, message));
  const left = offered.filter((one) => !isRejected(message, one));
  const option = chosenOption(message, offered.map(toOption));
  const isOption = option !== undefined && option !== null && left.includes(option.title);
  const value = isOption ? option.title : onlyNamed(message, left);
  if (value === undefined) return changed;
  const kept = changed.filter((one) => !offered.includes(one.value));
  const others = offered.filter((one) => one !== value);
  return [...kept, { value, others, ...(name !== undefined && { name }) }].slice(-MAX_CHOSEN);
}

function toOption(title: string): { externalId: undefined; title: string } {
  return { externalId: undefined, title };
}

function switched(chosen: ChosenValue, message: string): ChosenValue {
  const { value, others } = chosen;
  const meant = [value, ...others].filter((one) => !isRejected(message, one));
  const named = onlyNamed(message, meant);
  if (named === undefined || named === value || !isPlain(message, named)) return chosen;
  return { ...chosen, value: named, others: [value, ...others].filter((one) => one !== named) };
}

/** A longer message has the word of a value for its meaning, too: "What is the basic idea?" */
const MAX_PLAIN_WORDS = 4;

/** Whether a message says a value as one: it says little else, writes it with its capital, or ends a clause with it. */
function isPlain(message: string, value: string): boolean {
  if (wordsOf(message).length <= MAX_PLAIN_WORDS) return true;
  const isWritten = /\p{Lu}/u.test(value) && message.includes(value);
  const ends = message.split(/[,.;:!?\n]+/).map((clause) => spacedWords(clause));
  return isWritten || ends.some((clause) => clause.endsWith(spacedWords(value)));
}

function isRejected(message: string, value: string): boolean {
  const at = message.toLowerCase().indexOf(value.toLowerCase());
  return at > 0 && TURNS_DOWN.test(message.slice(0, at));
}

/** The only one of some values that a message names. */
function onlyNamed(message: string, values: string[]): string | undefined {
  const said = spacedWords(message);
  const named = values.filter((value) => said.includes(spacedWords(value)));
  return named.length === 1 ? named[0] : undefined;
}

/**
 * Chosen values count as attributes do, while the workspace lists their name. A name with a space is no field of a document's metadata that
 * anybody lists.
 */
export function valuesOf(chosen: ChosenValue[], listed: string[]): VisitorValues {
  return Object.fromEntries(
    chosen.flatMap(({ value, name }, at) => {
      if (name === undefined) return [[`choice ${at + 1}`, value]];
      return listed.includes(name) ? [[name, value]] : [];
    }),
  );
}
