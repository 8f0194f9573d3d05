import { chosenOption } from "../answering/choose.ts";
import type { AskedValues } from "../answering/history.ts";
import { spacedWords } from "../language/code-names.ts";
import type { VisitorValues } from "../retrieval/attributes.ts";

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
  const option = chosenOption(message, offered.map(toOption));
  const value = option?.title ?? onlyNamed(message, offered);
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
  const named = onlyNamed(message, [value, ...others]);
  if (named === undefined || named === value) return chosen;
  return { ...chosen, value: named, others: [value, ...others].filter((one) => one !== named) };
}

/** The only one of some values that a message names. */
function onlyNamed(message: string, values: string[]): string | undefined {
  const said = spacedWords(message);
  const named = values.filter((value) => said.includes(spacedWords(value)));
  return named.length === 1 ? named[0] : undefined;
}

/** Chosen values count as attributes do. A name with a space is no field of a document's metadata that anybody lists. */
export function valuesOf(chosen: ChosenValue[]): VisitorValues {
  return Object.fromEntries(
    chosen.map(({ value, name }, at) => [name ?? `choice ${at + 1}`, value]),
  );
}
