import { firstWords, type PlacedWord } from "../language/phrases.ts";
import { isCorrection } from "./dependence.ts";
import { isValue, withRivalReplaced, type Rivals } from "./rival-values.ts";
import { lexicaFor, longestAt, type ReferenceLexicon } from "./reference-words.ts";

/** What a follow-up is searched with: the question before it, without what the message replaces, and what it adds to that. */
export interface CarriedOver {
  /** The question that began the topic, and what was added to it, in lines. */
  lines: string[];
  /** What the message says itself; a correction without "no, I meant" and without what was wrong. */
  added: string;
  /** Whether the lines hold what the message says, in the place of what it corrects. */
  isReplaced: boolean;
  /** Whether another value of the same kind takes the place of one: another country, platform or offered value. */
  isSwitched?: true;
}

/** Lines after the first one that are carried over. Joining all earlier questions finds less than the last ones do. */
const MAX_ADDITIONS = 2;
/** What takes the place of something else has at most so many words: "the Yukon", "bought in Germany". */
const MAX_VALUE_WORDS = 5;
const MAX_READ_WORDS = 400;
/** Content words of what follows a preposition or an article: "the led panels". */
const MAX_OBJECT_CONTENT = 2;

/** A word, or words joined by `-_./:`, as the visitor typed them. */
const WRITTEN_WORD = /(?<![\p{L}\p{M}\p{N}])[\p{L}\p{M}\p{N}]+(?:[-_./:][\p{L}\p{M}\p{N}]+)*/gu;

/**
 * Carries a question over to a message that depends on it. A correction replaces what it corrects: what it rejects ("not Alaska"), or else
 * what stands in the same place ("to Germany" for "to Canada"). A code replaces earlier codes of the same shape.
 * @param previous the question before, as lines
 * @param rivals what tells values of one kind, of which the newest takes the place of the others
 */
export function carryOver(
  previous: string,
  message: string,
  rivals: Rivals = { language: null, offered: [] },
): CarriedOver {
  const all = previous.split("\n").filter((line) => line.trim() !== "");
  const lines = [...all.slice(0, 1), ...all.slice(1).slice(-MAX_ADDITIONS)];
  const switched = withRivalReplaced(lines, message, rivals);
  // The lines hold the value that a message says alone.
  const isSaid = (text: string): boolean => isValue(text, rivals);
  const codes = withReplacedCodes(switched ?? lines, message);
  const words = firstWords(message, MAX_READ_WORDS);
  const plainWords = words.map(({ word }) => word);
  for (const lexicon of lexicaFor(plainWords)) {
    const corrected = correct(lexicon, codes, message, words, switched && isSaid);
    if (corrected) return { ...corrected, ...(switched && { isSwitched: true }) };
  }
  if (switched)
    return { lines: codes, added: message, isReplaced: isSaid(message), isSwitched: true };
  return { lines: codes, added: message, isReplaced: false };
}

/** Undefined where a message corrects nothing. */
function correct(
  lexicon: ReferenceLexicon,
  lines: string[],
  message: string,
  words: PlacedWord[],
  isAllSaid: ((added: string) => boolean) | undefined,
): CarriedOver | undefined {
  const plainWords = words.map(({ word }) => word);
  const rejected = rejectedIn(lexicon, lines, plainWords);
  if (!rejected && !isCorrection(lexicon, plainWords, message)) return undefined;
  const left = words.filter((_, at) => !rejected || at < rejected.from || at >= rejected.to);
  const meant = withoutMarkers(lexicon, left, message);
  const added = textOf(meant, message);
  if (added === "")
    return rejected
      ? { lines: rejected.without(""), added: message, isReplaced: false }
      : undefined;
  if (rejected) {
    const isReplaced = meant.length <= MAX_VALUE_WORDS;
    return { lines: rejected.without(isReplaced ? added : ""), added, isReplaced };
  }
  if (isAllSaid) return { lines, added, isReplaced: isAllSaid(added) };
  const replaced = replaceSlot(lexicon, lines, meant, message);
  return { lines: replaced ?? lines, added, isReplaced: replaced !== undefined };
}

/** What a message rejects of the question before: "not Alaska". `without` puts something else in its place. */
function rejectedIn(
  lexicon: ReferenceLexicon,
  lines: string[],
  words: string[],
): { from: number; to: number; without: (value: string) => string[] } | undefined {
  const said = lines.map((line) => firstWords(line, MAX_READ_WORDS));
  for (const [at] of words.entries()) {
    const length = longestAt(lexicon.rejects, words, at);
    if (length === 0) continue;
    const first = words.findIndex(
      (word, index) => index >= at + length && !lexicon.words.determiners.has(word),
    );
    const rejected = words[first];
    if (rejected === undefined || !lexicon.isContent(rejected)) continue;
    const isSaid = said.some((line) => line.some(({ word }) => word === rejected));
    if (!isSaid) continue;
    let to = first + 1;
    const phrase = [rejected];
    while (
      to < words.length &&
      lexicon.isContent(words[to] ?? "") &&
      said.some((line) => indexOf(line, [...phrase, words[to] ?? ""]) >= 0)
    )
      phrase.push(words[to++] ?? "");
    const without = (value: string): string[] =>
      nonEmpty(
        lexicon,
        lines.map((line, index) => replacePhrase(lexicon, line, said[index] ?? [], phrase, value)),
      );
    return { from: at, to, without };
  }
  return undefined;
}

function indexOf(line: PlacedWord[], phrase: string[]): number {
  return line.findIndex((_, at) => phrase.every((word, index) => line[at + index]?.word === word));
}

/** Replaces a phrase in a line, with the article in front of it. */
function replacePhrase(
  { words }: ReferenceLexicon,
  line: string,
  said: PlacedWord[],
  phrase: string[],
  value: string,
): string {
  const at = indexOf(said, phrase);
  const last = said[at + phrase.length - 1];
  if (at < 0 || !last) return line;
  const before = said[at - 1];
  const first = before && words.determiners.has(before.word) ? before : said[at];
  return spliced(line, first?.start ?? 0, last.end, value);
}

function spliced(line: string, start: number, end: number, value: string): string {
  return `${line.slice(0, start)}${value}${line.slice(end)}`.replace(/ {2,}/g, " ").trim();
}

function nonEmpty(lexicon: ReferenceLexicon, lines: string[]): string[] {
  return lines.filter((line) =>
    firstWords(line, MAX_READ_WORDS).some(({ word }) => lexicon.isContent(word)),
  );
}

/** What is meant, without the words that say that it is a correction: "no sorry I meant the Yukon" → "the Yukon". */
function withoutMarkers(
  lexicon: ReferenceLexicon,
  words: PlacedWord[],
  message: string,
): PlacedWord[] {
  const plainWords = words.map(({ word }) => word);
  const isMarker = new Set<number>();
  for (const [at, word] of plainWords.entries()) {
    const length = longestAt(lexicon.corrects, plainWords, at);
    for (let index = at; index < at + length; index++) isMarker.add(index);
    if (at === 0 && lexicon.words.refuses.has(word)) isMarker.add(at);
  }
  const left = words.filter((_, at) => !isMarker.has(at));
  // "Wait no the Grove": what is left in front of the marker says nothing.
  const start = left.findIndex(
    ({ word }) =>
      lexicon.isContent(word) ||
      lexicon.words.determiners.has(word) ||
      lexicon.words.prepositions.has(word) ||
      lexicon.isClause(word),
  );
  return start < 0 || message === "" ? [] : left.slice(start);
}

/** The text from the first to the last of some words. */
function textOf(words: PlacedWord[], message: string): string {
  const parts: string[] = [];
  let end = -1;
  for (const word of words) {
    const between = message.slice(end, word.start);
    const isNext = end >= 0 && !/[\p{L}\p{N}]/u.test(between);
    if (isNext) parts.push(between);
    else if (parts.length > 0) parts.push(" ");
    parts.push(message.slice(word.start, word.end));
    end = word.end;
  }
  return parts.join("");
}

/**
 * Puts what a correction means in the place of what stands in the same place of the question before: a number of as many digits, what follows
 * the same preposition or an article, a fragment that is a line of its own, or what follows the last preposition.
 */
function replaceSlot(
  lexicon: ReferenceLexicon,
  lines: string[],
  meant: PlacedWord[],
  message: string,
): string[] | undefined {
  const said = lines.map((line) => firstWords(line, MAX_READ_WORDS));
  const numbers = meant.filter(({ word }) => /^\p{N}+$/u.test(word));
  if (numbers.length > 0) {
    const replaced = lines.map((line, index) => replaceNumbers(line, said[index] ?? [], numbers));
    if (replaced.some((line, index) => line !== lines[index])) return replaced;
  }
  const { prepositions, determiners } = lexicon.words;
  const at = meant.findIndex(({ word }) => prepositions.has(word));
  const preposition = meant[at];
  const value = preposition ? meant.slice(at + 1) : meant;
  if (value.length === 0 || value.length > MAX_VALUE_WORDS) return undefined;
  // "What does express cost to Germany" says more than where to.
  if (meant.slice(0, Math.max(0, at)).some(({ word }) => lexicon.isContent(word))) return undefined;
  const text = textOf(value, message);
  const replaceAfter = (
    isBefore: (word: string) => boolean,
    withIt: boolean,
  ): string[] | undefined => {
    for (const [index, line] of [...lines.entries()].toReversed()) {
      const words = said[index] ?? [];
      const slot = words.findLastIndex(
        ({ word }, place) => isBefore(word) && objectLength(lexicon, words, place + 1) > 0,
      );
      if (slot < 0) continue;
      const first = withIt ? words[slot] : words[slot + 1];
      const last = words[slot + objectLength(lexicon, words, slot + 1)];
      if (first && last) return lines.with(index, spliced(line, first.start, last.end, text));
    }
    return undefined;
  };
  if (preposition) return replaceAfter((word) => word === preposition.word, false);
  if (determiners.has(value[0]?.word ?? ""))
    return replaceAfter((word) => determiners.has(word), true);
  const fragment = lines.findLastIndex(
    (_, index) => index > 0 && !(said[index] ?? []).some(({ word }) => lexicon.isClause(word)),
  );
  if (fragment > 0) return lines.with(fragment, text);
  return replaceAfter((word) => prepositions.has(word), false);
}

/** Words of what follows a preposition or an article, with an article in front; 0 where no content word follows. */
function objectLength(lexicon: ReferenceLexicon, words: PlacedWord[], from: number): number {
  let length = 0;
  if (lexicon.words.determiners.has(words[from]?.word ?? "")) length++;
  const content = words.slice(from + length, from + length + MAX_OBJECT_CONTENT);
  const others = content.findIndex(({ word }) => !lexicon.isContent(word));
  const object = others < 0 ? content.length : others;
  return object > 0 ? length + object : 0;
}

function replaceNumbers(line: string, said: PlacedWord[], numbers: PlacedWord[]): string {
  const places = new Map<PlacedWord, string>();
  for (const { word: number } of numbers) {
    const old = said.findLast(
      ({ word }) => /^\p{N}+$/u.test(word) && word.length === number.length && word !== number,
    );
    if (old) places.set(old, number);
  }
  return [...places]
    .toSorted(([one], [other]) => other.start - one.start)
    .reduce((written, [{ start, end }, number]) => spliced(written, start, end, number), line);
}

/** "And E-12?" after a question about E-07 is no longer about E-07. */
function withReplacedCodes(lines: string[], message: string): string[] {
  const codes = Map.groupBy(message.match(WRITTEN_WORD)?.filter(isCode) ?? [], shapeOf);
  return lines.map((line) =>
    line.replace(WRITTEN_WORD, (word) => {
      const [code, ...others] = (isCode(word) && codes.get(shapeOf(word))) || [word];
      return others.length > 0 ? "" : (code ?? word);
    }),
  );
}

/** Whether a word is a code: `2024` is not, `2024-05-01` is. Digits alone are mostly an amount. */
function isCode(word: string): boolean {
  return /\p{N}/u.test(word) && /[^\p{N}]/u.test(word);
}

/** The shape of a code, for comparison: `E-07` and `e12` are both `a00`. */
function shapeOf(code: string): string {
  return code
    .replace(/\p{L}/gu, "a")
    .replace(/\p{N}/gu, "0")
    .replace(/(?<=a)[-_./:](?=0)|(?<=0)[-_./:](?=a)/g, "");
}
