import { countryNamed, spacedWords } from "../language/code-names.ts";
import type { LanguageCode } from "../language/language.ts";
import { firstWords } from "../language/phrases.ts";
import { COMES_FROM, PLATFORMS } from "../language/values.ts";
import { contentWords } from "../retrieval/query-terms.ts";

const MAX_NAME_WORDS = 4;
const MAX_READ_WORDS = 400;

/** What tells values of one kind, of which a question is mostly about one. */
export interface Rivals {
  language: LanguageCode | null;
  /** Values that the conversation has offered, each with its others. */
  offered: string[][];
}

interface Name {
  id: string;
  start: number;
  end: number;
}

/** Which value of its kind a text as {@link spacedWords} names. */
type Kind = (said: string) => string | undefined;

/** A place where a name may begin, with the texts that begin there, the longest first. */
interface Place {
  start: number;
  texts: { said: string; end: number }[];
}

/**
 * The lines of a question with the value that a message names in the place of another one of its kind: "and for Austria?" after a question about
 * Germany. A line of more than one value compares them, and stays.
 * @returns undefined where the message changes no value
 */
export function withRivalReplaced(
  lines: string[],
  message: string,
  rivals: Rivals,
): string[] | undefined {
  let replaced = lines;
  const places = placesIn(message);
  for (const kind of kindsOf(rivals)) {
    const [name, ...others] = namesIn(places, kind);
    if (!name || others.some(({ id }) => id !== name.id) || isFrom(message, name)) continue;
    const said = message.slice(name.start, name.end);
    replaced = replaced.map((line) => {
      const [old, ...more] = namesIn(placesIn(line), kind);
      const isOther = old && old.id !== name.id && more.every(({ id }) => id === old.id);
      if (!isOther || isFrom(line, old)) return line;
      return [old, ...more]
        .toReversed()
        .reduce((text, { start, end }) => text.slice(0, start) + said + text.slice(end), line);
    });
  }
  return replaced.every((line, at) => line === lines[at]) ? undefined : replaced;
}

/** Whether a message says nothing but a value. */
export function isValue(message: string, rivals: Rivals): boolean {
  const words = contentWords(message);
  const places = placesIn(message);
  return kindsOf(rivals).some((kind) => {
    const names = namesIn(places, kind);
    const inNames = names.flatMap(({ start, end }) => contentWords(message.slice(start, end)));
    return names.length > 0 && words.length === inNames.length;
  });
}

function kindsOf({ language, offered }: Rivals): Kind[] {
  return [
    oneOf(PLATFORMS),
    (said) => countryNamed(said, "en") ?? (language ? countryNamed(said, language) : undefined),
    ...offered.map((values) => oneOf(values.map((value) => [value]))),
  ];
}

function oneOf(groups: string[][]): Kind {
  const ids = new Map<string, string>();
  for (const [id = "", ...names] of groups)
    for (const name of [id, ...names].map(spacedWords)) if (!ids.has(name)) ids.set(name, id);
  return (said) => ids.get(said);
}

/** Each word of a text is folded once, for all kinds. */
function placesIn(text: string): Place[] {
  const words = firstWords(text, MAX_READ_WORDS);
  const folded = words.map(({ start, end }) => spacedWords(text.slice(start, end)).trim());
  return words.map(({ start }, at) => {
    const lengths = Array.from(
      { length: Math.min(MAX_NAME_WORDS, words.length - at) },
      (_, i) => i + 1,
    );
    return {
      start,
      texts: lengths.toReversed().map((length) => ({
        said: ` ${folded.slice(at, at + length).join(" ")} `,
        end: words[at + length - 1]?.end ?? start,
      })),
    };
  });
}

function namesIn(places: Place[], kind: Kind): Name[] {
  const found: Name[] = [];
  let behind = 0;
  for (const { start, texts } of places) {
    if (start < behind) continue;
    for (const { said, end } of texts) {
      const id = kind(said);
      if (id === undefined) continue;
      found.push({ id, start, end });
      behind = end;
      break;
    }
  }
  return found;
}

function isFrom(text: string, { start }: Name): boolean {
  return COMES_FROM.test(text.slice(Math.max(0, start - 20), start));
}
