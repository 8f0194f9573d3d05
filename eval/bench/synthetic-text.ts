import { mulberry32 } from "../sample.ts";

const VOCABULARY = 50_000;
/** The exponent of Zipf's law: 1 in its simplest form, about 1.07 in text collections (Manning et al. 2008, ch. 5). */
const EXPONENT = 1.07;
const CONSONANTS = [
  "b",
  "d",
  "f",
  "g",
  "k",
  "l",
  "m",
  "n",
  "p",
  "r",
  "s",
  "t",
  "v",
  "br",
  "cl",
  "dr",
  "pl",
  "st",
  "tr",
];
const VOWELS = ["a", "e", "i", "o", "u", "ai", "ea", "ou"];

/** Seeded text of meaningless words with the word frequencies of a real collection. */
export class SyntheticText {
  readonly words: string[];
  readonly #random: () => number;
  readonly #cumulated: Float64Array;

  constructor(seed: number) {
    this.#random = mulberry32(seed);
    const made = new Set<string>();
    while (made.size < VOCABULARY) made.add(this.#makeWord());
    // The most frequent words of a language are its shortest.
    this.words = [...made].toSorted((a, b) => a.length - b.length);
    this.#cumulated = new Float64Array(VOCABULARY);
    let sum = 0;
    for (let rank = 1; rank <= VOCABULARY; rank++) {
      sum += rank ** -EXPONENT;
      this.#cumulated[rank - 1] = sum;
    }
  }

  /** A word, drawn with the probability of its rank. */
  word(): string {
    const wanted = this.#random() * (this.#cumulated.at(-1) ?? 1);
    let low = 0;
    let high = VOCABULARY - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#cumulated[middle] ?? 0) < wanted) low = middle + 1;
      else high = middle;
    }
    return this.words[low] ?? "";
  }

  text(words: number): string {
    return Array.from({ length: words }, () => this.word()).join(" ");
  }

  /** Distinct words among the `of` most frequent ones. */
  common(count: number, of: number): string {
    const chosen = new Set<string>();
    while (chosen.size < count) chosen.add(this.words[this.below(of)] ?? "");
    return [...chosen].join(" ");
  }

  /** An integer from 0 to below the limit. */
  below(limit: number): number {
    return Math.floor(this.#random() * limit);
  }

  #makeWord(): string {
    const syllables = 1 + this.below(3) + this.below(2);
    const parts = Array.from(
      { length: syllables },
      () => this.#pick(CONSONANTS) + this.#pick(VOWELS),
    );
    return parts.join("") + (this.below(2) ? this.#pick(CONSONANTS) : "");
  }

  #pick(from: string[]): string {
    return from[this.below(from.length)] ?? "";
  }
}
