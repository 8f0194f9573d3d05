import { STOP_WORDS } from "../language/english.ts";
import type { Language, LanguageCode, ReferenceWords } from "../language/language.ts";
import { LANGUAGES, plain } from "../language/languages.ts";

/** The phrases of {@link ReferenceWords} that are compared word by word, and those that are compared as sequences. */
type Sequences = "continues" | "corrects" | "rejects" | "impersonal";
type Words = Exclude<keyof ReferenceWords, Sequences> | "refuses";

/** The reference words of a language, as they are compared. */
export interface ReferenceLexicon extends Record<Sequences, string[][]> {
  code: LanguageCode;
  words: Record<Words, Set<string>>;
  isContent(word: string): boolean;
  contentOf(words: string[]): string[];
  /** Whether a word belongs to a clause: a question word, an auxiliary or a subject. */
  isClause(word: string): boolean;
  /** Any word that is no content word. */
  isKnown(word: string): boolean;
}

const LEXICA: ReferenceLexicon[] = LANGUAGES.flatMap((language) =>
  language.reference ? [toLexicon(language, language.reference)] : [],
);

function toLexicon(
  { code, common, none, smallTalk }: Language,
  { continues, corrects, rejects, impersonal, ...lists }: ReferenceWords,
): ReferenceLexicon {
  const sequences = (phrases: string[]): string[][] =>
    phrases.map((phrase) => phrase.split(" ").map(plain));
  const setOf = (phrases: string[]): Set<string> => new Set(sequences(phrases).flat());
  const words = {
    ...(Object.fromEntries(
      Object.entries(lists).map(([name, phrases]) => [name, setOf(phrases)]),
    ) as Record<keyof typeof lists, Set<string>>),
    refuses: singleWords(none),
  };
  // Content words that say how something is asked are no function words.
  const { measures, ...functional } = words;
  const known = new Set([
    ...(code === "en" ? STOP_WORDS : []),
    ...setOf(common),
    ...singleWords(smallTalk.filler),
    ...setOf([...continues, ...corrects, ...rejects]),
    ...Object.values(functional).flatMap((set) => [...set]),
  ]);
  for (const word of measures.difference(words.questionWords)) known.delete(word);
  const isContent = (word: string): boolean => !known.has(word);
  const { questionWords, auxiliaries, subjects } = words;
  return {
    code,
    continues: sequences(continues),
    corrects: sequences(corrects),
    rejects: sequences(rejects),
    impersonal: sequences(impersonal),
    words,
    isContent,
    contentOf: (some) => some.filter(isContent),
    isClause: (word) => questionWords.has(word) || auxiliaries.has(word) || subjects.has(word),
    isKnown: (word) => known.has(word),
  };
}

function singleWords(phrases: string[]): Set<string> {
  return new Set(phrases.map(plain).filter((phrase) => !phrase.includes(" ")));
}

/** The languages that most words of a text belong to: those whose rules it is read by. */
export function lexicaFor(words: string[]): ReferenceLexicon[] {
  const counts = LEXICA.map(({ isKnown }) => words.filter(isKnown).length);
  const most = Math.max(...counts);
  return LEXICA.filter((_, index) => counts[index] === most);
}

/** The words of the longest sequence that begins at a word; 0 if none does. */
export function longestAt(sequences: string[][], words: string[], at: number): number {
  const matching = sequences.filter((one) =>
    one.every((word, index) => words[at + index] === word),
  );
  return Math.max(0, ...matching.map(({ length }) => length));
}
