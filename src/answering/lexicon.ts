import {
  LANGUAGE_CODES,
  languageName,
  type AskedWords,
  type Language,
  type WordClass,
} from "../language/language.ts";
import { LANGUAGES, plain } from "../language/languages.ts";
import { firstWords } from "../language/phrases.ts";
import { editDistance } from "../retrieval/spelling.ts";

/** A shorter word is too near to others for a typing error to be told. */
const MIN_MISSPELT = 5;
const LONG_WORD = 8;
/** Unknown words of a clause among which typing errors are looked for. */
const MAX_MISSPELT = 3;
/** Words that are a typing error away from those of the lists. */
const OTHER_WORDS = new Set(
  "contract contracts massage beach plant plants personal advise advice assistance employed employer".split(
    " ",
  ),
);

/** Begin Arabic words: "and", "with", "for", "the". */
const ARABIC_PREFIX = /^[وف]?(?:[بك]?ال|لل|[بلك])?/u;
const SHORTEST_STEM = 2;
/** Languages that are asked for, by their code. Their names are inflected, so the last letter counts for nothing. */
const ASKED_FOR = [...LANGUAGE_CODES, ..."tr ru zh uk ko ca sv".split(" ")];
const NUMBER = /^\d{1,3}$/;
const NOTHING: ReadonlySet<WordClass> = new Set();

/** The words of one language, by what they say. */
export class Lexicon {
  readonly questions: AskedWords["questions"];
  readonly patterns: AskedWords["patterns"];
  readonly #words = new Map<string, Set<WordClass>>();
  readonly #stems = new Map<string, Set<WordClass>>();
  readonly #longestStem: number;
  /** The words by their first letter, for misspelt ones. */
  readonly #byLetter: Map<string, string[]>;

  constructor({ code, asks, common }: Language) {
    this.questions = asks.questions;
    this.patterns = asks.patterns;
    for (const [classes, words] of Object.entries(asks.words))
      for (const name of classes.split(" "))
        for (const word of words.split(/\s+/)) this.#add(word, name as WordClass);
    for (const word of common) this.#add(word, "other");
    for (const name of ASKED_FOR) this.#add(`${languageName(name, code).slice(0, -1)}*`, "tongue");
    this.#longestStem = Math.max(0, ...Array.from(this.#stems.keys(), (stem) => stem.length));
    const all = [...this.#words.keys(), ...this.#stems.keys()];
    this.#byLetter = Map.groupBy(all, (word) => word.charAt(0));
  }

  #add(word: string, name: WordClass): void {
    const [kept, key] = word.endsWith("*")
      ? [this.#stems, plain(word.slice(0, -1))]
      : [this.#words, plain(word)];
    kept.set(key, (kept.get(key) ?? new Set()).add(name));
  }

  /**
   * The words of a clause, each with its classes; undefined for a word that is not in the lists. Where more than a few are not, they are no
   * typing errors but words of another subject or language, and are not compared with the lists.
   */
  read(clause: string, most: number): (ReadonlySet<WordClass> | undefined)[] {
    const words = firstWords(clause, most).map(({ word }) => word);
    const classes = words.map((word) => this.#classesOf(word));
    const unknown = classes.filter((found) => !found).length;
    if (unknown > MAX_MISSPELT) return classes;
    return classes.map(
      (found, index) => found ?? this.#known(this.#meant(words[index] ?? "") ?? ""),
    );
  }

  #classesOf(word: string): ReadonlySet<WordClass> | undefined {
    const known = this.#known(word);
    if (known) return known;
    if (NUMBER.test(word)) return NOTHING;
    const bare = word.replace(ARABIC_PREFIX, "");
    if (bare !== word && bare.length >= SHORTEST_STEM && this.#words.has(bare))
      return this.#words.get(bare);
    return this.#known(word.replace(/(\p{L})\1$/u, "$1"));
  }

  #known(word: string): ReadonlySet<WordClass> | undefined {
    const whole = this.#words.get(word);
    const longest = Math.min(word.length, this.#longestStem);
    for (let length = longest; length >= SHORTEST_STEM; length--) {
      const found = this.#stems.get(word.slice(0, length));
      if (found) return whole ? whole.union(found) : found;
    }
    return whole;
  }

  /** The word of the lists that a misspelt one means. */
  #meant(word: string): string | undefined {
    if (word.length < MIN_MISSPELT || OTHER_WORDS.has(word)) return undefined;
    const allowed = word.length >= LONG_WORD ? 2 : 1;
    const near = (this.#byLetter.get(word.charAt(0)) ?? []).filter(
      ({ length }) => length >= MIN_MISSPELT && Math.abs(length - word.length) <= allowed,
    );
    return near.find((known) => editDistance(word, known) <= allowed);
  }
}

let made: Lexicon[] | undefined;

/** Of all languages, English first. Made when they are first needed, because a start of the Worker has little time. */
export function lexica(): Lexicon[] {
  made ??= LANGUAGES.map((language) => new Lexicon(language));
  return made;
}
