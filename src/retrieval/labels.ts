import { countriesIn, spacedWords } from "../language/code-names.ts";
import { stemsOf } from "../text/stems.ts";
import { isLabelOf, type Attribute } from "./attributes.ts";
import type { Passage } from "./passages.ts";

type Labelled = Pick<Passage, "title" | "headingPath" | "text">;

/** A cell of a row, as tables are stored: `Country: Canada; Price: 5 €`. */
const CELL = /(?:^|; )([^:;\n]{1,60}): ([^;\n]{1,80})(?=;|$)/gm;

/** Words of another value at most: a longer difference is another subject. */
const MAX_VALUE_WORDS = 4;

/** Places at which a value may stand in one column or below one heading: a value is written in few ways. */
const MAX_SLOTS = 20;

/** A title, a heading or the cell of a table. */
export interface Label {
  /** What the labels of the same place have in common: the heading above, or the column. */
  place: string;
  text: string;
  /** The text as names are looked for in it. */
  said: string;
}

function toLabel(place: string, text: string): Label {
  return { place, text, said: spacedWords(text) };
}

/** What names a passage: the title of its document and the headings above it. */
export function headingsOf({ title, headingPath }: Labelled): Label[] {
  return [
    toLabel("title", title),
    ...headingPath.map((text, level) =>
      toLabel(`below ${JSON.stringify(headingPath.slice(0, level))}`, text),
    ),
  ];
}

/** All labels of passages, each once. */
export function labelsOf(passages: Labelled[]): Label[] {
  const labels = new Map<string, Label>();
  for (const passage of passages) {
    for (const label of headingsOf(passage)) labels.set(`${label.place}\n${label.text}`, label);
    for (const [, column = "", cell = ""] of passage.text.matchAll(CELL)) {
      const place = `column ${column}`;
      const key = `${place}\n${cell}`;
      if (!labels.has(key)) labels.set(key, toLabel(place, cell));
    }
  }
  return [...labels.values()];
}

/** Whether a title, a heading or a cell names the value. */
export function isAbout(labels: Label[], attribute: Attribute): boolean {
  return labels.some((label) => isLabelOf(label, attribute));
}

/** Where a value stands in labels of a place. */
interface Slot {
  before: string;
  after: string;
}

/** The places at which labels name the value. */
function slotsOf(labels: Label[], attribute: Attribute): Map<string, Slot[]> {
  const slots = new Map<string, Map<string, Slot>>();
  for (const label of labels) {
    if (!isLabelOf(label, attribute)) continue;
    const { place, said } = label;
    const name = attribute.spaced.find((one) => said.includes(one)) ?? said;
    const at = said.indexOf(name);
    const slot = { before: said.slice(0, at + 1), after: said.slice(at + name.length - 1) };
    // Any title could stand in the place of one that is nothing but the value.
    if (place === "title" && isBare(slot)) continue;
    const known = slots.get(place) ?? new Map<string, Slot>();
    if (known.size < MAX_SLOTS) known.set(`${slot.before}\n${slot.after}`, slot);
    slots.set(place, known);
  }
  return new Map(Array.from(slots, ([place, known]) => [place, [...known.values()]]));
}

function isBare({ before, after }: Slot): boolean {
  return before === " " && after === " ";
}

/** The other value that a label has in the place of a value. */
function otherIn(label: Label, { before, after }: Slot, attribute: Attribute): string | undefined {
  const { said } = label;
  if (!said.startsWith(before) || !said.endsWith(after)) return undefined;
  const value = said.slice(before.length, said.length - after.length).trim();
  const isOther = value !== "" && value.split(" ").length <= MAX_VALUE_WORDS;
  return isOther && !isLabelOf(label, attribute) ? value : undefined;
}

/** Whether a question names another value than the visitor's: one that stands in its place in another label. */
export function namesAnother(question: string, labels: Label[], attribute: Attribute): boolean {
  const slots = slotsOf(labels, attribute);
  if (slots.size === 0) return false;
  const said = new Set(stemsOf(question));
  const others = labels.flatMap((label) =>
    (slots.get(label.place) ?? []).flatMap((slot) => otherIn(label, slot, attribute) ?? []),
  );
  return Array.from(new Set(others), stemsOf).some(
    (stems) => stems.length > 0 && stems.every((stem) => said.has(stem)),
  );
}

/** Whether a passage is, by its title or headings, about another value than those that are about the visitor's. */
export function isAboutAnother(
  passage: Labelled,
  quoted: Labelled[],
  attribute: Attribute,
): boolean {
  const slots = slotsOf(quoted.flatMap(headingsOf), attribute);
  return headingsOf(passage).some((label) =>
    (slots.get(label.place) ?? []).some((slot) => {
      const other = otherIn(label, slot, attribute);
      // A section beside "Canada" may be about anything, unless it is a country.
      return other !== undefined && (!isBare(slot) || countriesIn(other, "en").length > 0);
    }),
  );
}
