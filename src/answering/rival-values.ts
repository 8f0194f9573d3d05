import { countryCalled, spacedWords } from "../language/code-names.ts";
import type { LanguageCode } from "../language/language.ts";
import { firstWords } from "../language/phrases.ts";
import { contentWords } from "../retrieval/query-terms.ts";

/** Platforms, each with its names. */
const PLATFORMS = [
  ["android"],
  ["ios", "iphone", "ipad"],
  ["windows"],
  ["mac", "macos"],
  ["linux"],
];
const MAX_NAME_WORDS = 4;
const MAX_READ_WORDS = 400;
/** "From iOS" and "to Android" are two ends of one thing. */
const FROM = /\b(?:from|von|aus|depuis|desde|dal|van|od|z|ze)\s+(?:\p{L}{1,3}\s+)?$/iu;

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

type Kind = (name: string) => string | undefined;

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
  for (const kind of kindsOf(rivals)) {
    const [name, ...others] = namesIn(message, kind);
    if (!name || others.some(({ id }) => id !== name.id) || isFrom(message, name)) continue;
    const said = message.slice(name.start, name.end);
    replaced = replaced.map((line) => {
      const [old, ...more] = namesIn(line, kind);
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
  return kindsOf(rivals).some((kind) => {
    const names = namesIn(message, kind);
    const inNames = names.flatMap(({ start, end }) => contentWords(message.slice(start, end)));
    return names.length > 0 && words.length === inNames.length;
  });
}

function kindsOf({ language, offered }: Rivals): Kind[] {
  const oneOf =
    (groups: string[][]): Kind =>
    (name) => {
      const said = spacedWords(name);
      return groups.find((names) => names.some((one) => spacedWords(one) === said))?.[0];
    };
  return [
    oneOf(PLATFORMS),
    (name) => countryCalled(name, "en") ?? (language ? countryCalled(name, language) : undefined),
    ...offered.map((values) => oneOf(values.map((value) => [value]))),
  ];
}

function namesIn(text: string, kind: Kind): Name[] {
  const words = firstWords(text, MAX_READ_WORDS);
  const found: Name[] = [];
  for (let at = 0; at < words.length;) {
    let length = Math.min(MAX_NAME_WORDS, words.length - at);
    const start = words[at]?.start ?? 0;
    const endOf = (): number => words[at + length - 1]?.end ?? start;
    let id: string | undefined;
    while (length > 0 && (id = kind(text.slice(start, endOf()))) === undefined) length--;
    if (id !== undefined) found.push({ id, start, end: endOf() });
    at += Math.max(1, length);
  }
  return found;
}

function isFrom(text: string, { start }: Name): boolean {
  return FROM.test(text.slice(Math.max(0, start - 20), start));
}
