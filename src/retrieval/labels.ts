import { countriesIn, spacedWords } from "../language/code-names.ts";
import { stemsOf } from "../text/stems.ts";
import { isLabelOf, type Attribute } from "./attributes.ts";
import type { Passage } from "./passages.ts";

type Labelled = Pick<Passage, "title" | "headingPath" | "text">;

/** A cell of a row, as tables are stored: `Country: Canada; Price: 5 €`. */
const CELL = /(?:^|; )([^:;\n]{1,60}): ([^;\n]{1,80})(?=;|$)/gm;

/** Words of another value at most: a longer difference is another subject. */
const MAX_VALUE_WORDS = 4;

interface Label {
  /** What the labels of the same place have in common: the heading above, or the column. */
  place: string;
  text: string;
}

/** What names a passage: the title of its document and the headings above it. */
function headingsOf({ title, headingPath }: Labelled): Label[] {
  return [
    { place: "title", text: title },
    ...headingPath.map((text, level) => ({
      place: `below ${headingPath.slice(0, level).join(" > ")}`,
      text,
    })),
  ];
}

function cellsOf({ text }: Labelled): Label[] {
  return Array.from(text.matchAll(CELL), ([, column = "", cell = ""]) => ({
    place: `column ${column}`,
    text: cell,
  }));
}

function labelsOf(passage: Labelled): Label[] {
  return [...headingsOf(passage), ...cellsOf(passage)];
}

/** Whether the title, a heading or a cell of the passage names the value. */
export function isAbout(passage: Labelled, attribute: Attribute): boolean {
  return labelsOf(passage).some(({ text }) => isLabelOf(text, attribute));
}

/** Where a value stands in a label. */
interface Slot {
  place: string;
  before: string;
  after: string;
}

function slotsOf(labels: Label[], attribute: Attribute): Slot[] {
  return labels.flatMap(({ place, text }) => {
    if (!isLabelOf(text, attribute)) return [];
    const said = spacedWords(text);
    const name = attribute.names.map(spacedWords).find((one) => said.includes(one)) ?? said;
    const at = said.indexOf(name);
    const slot = { place, before: said.slice(0, at + 1), after: said.slice(at + name.length - 1) };
    // Any title could stand in the place of one that is nothing but the value.
    return place === "title" && isBare(slot) ? [] : [slot];
  });
}

function isBare({ before, after }: Slot): boolean {
  return before === " " && after === " ";
}

/** The other value that a label has in the place of a value. */
function otherIn({ place, text }: Label, slot: Slot, attribute: Attribute): string | undefined {
  const said = spacedWords(text);
  const { before, after } = slot;
  if (place !== slot.place || isLabelOf(text, attribute)) return undefined;
  if (!said.startsWith(before) || !said.endsWith(after)) return undefined;
  const value = said.slice(before.length, said.length - after.length).trim();
  return value !== "" && value.split(" ").length <= MAX_VALUE_WORDS ? value : undefined;
}

/** Whether a question names another value than the visitor's: one that stands in its place in another label. */
export function namesAnother(
  question: string,
  passages: Labelled[],
  attribute: Attribute,
): boolean {
  const slots = slotsOf(passages.flatMap(labelsOf), attribute);
  const said = new Set(stemsOf(question));
  return passages.some((passage) =>
    labelsOf(passage).some((label) =>
      slots.some((slot) => {
        const stems = stemsOf(otherIn(label, slot, attribute) ?? "");
        return stems.length > 0 && stems.every((stem) => said.has(stem));
      }),
    ),
  );
}

/** Whether a passage is, by its title or headings, about another value than one that is about the visitor's. */
export function isAboutAnother(passage: Labelled, own: Labelled, attribute: Attribute): boolean {
  const slots = slotsOf(headingsOf(own), attribute);
  return headingsOf(passage).some((label) =>
    slots.some((slot) => {
      const other = otherIn(label, slot, attribute);
      // A section beside "Canada" may be about anything, unless it is a country.
      return other !== undefined && (!isBare(slot) || countriesIn(other, "en").length > 0);
    }),
  );
}
