import { LANGUAGES, plain } from "./languages.ts";
import type { Language } from "./language.ts";

/** A word of a text as the lists of languages have it, and where it stands. */
export interface PlacedWord {
  word: string;
  start: number;
  end: number;
}

const WORD = /[\p{L}\p{M}\p{N}]+(?:['’]\p{L}+)*/gu;

/** The first words of a text. Reading no more keeps the cost of a long one low. */
export function firstWords(text: string, most: number): PlacedWord[] {
  const words: PlacedWord[] = [];
  for (const { 0: word, index } of text.matchAll(WORD)) {
    if (words.length === most) break;
    words.push({ word: plain(word), start: index, end: index + word.length });
  }
  return words;
}

/** Phrases of all languages, each with what it is. */
export class Phrases<Kind> {
  readonly #kinds = new Map<string, Kind>();
  #longest = 0;

  /** @param lists of a language's phrases with their kind; the first list that has a phrase decides */
  constructor(lists: (language: Language) => [phrases: string[], kind: Kind][]) {
    for (const [phrases, kind] of LANGUAGES.flatMap(lists)) {
      for (const phrase of phrases) {
        const words = phrase.split(" ").map(plain);
        const key = words.join(" ");
        if (!this.#kinds.has(key)) this.#kinds.set(key, kind);
        this.#longest = Math.max(this.#longest, words.length);
      }
    }
  }

  /** The longest phrase that begins with a word, in words, and its kind; undefined where none does. */
  at(words: PlacedWord[], from: number): { kind: Kind; length: number } | undefined {
    for (let length = Math.min(this.#longest, words.length - from); length > 0; length--) {
      const phrase = words.slice(from, from + length);
      const kind = this.#kinds.get(phrase.map(({ word }) => word).join(" "));
      if (kind !== undefined) return { kind, length };
    }
    return undefined;
  }
}
