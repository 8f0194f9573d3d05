import { stemmer } from "stemmer";
import { foldWord } from "./fold.ts";
import { wordsOf } from "./words.ts";

/** Words of a text as the index compares them: folded, and without English endings. */
export function stemsOf(text: string): string[] {
  return wordsOf(text).map(stemOf).filter(Boolean);
}

/** @param word as `wordsOf` gives it, or folded */
export function stemOf(word: string): string {
  return stemmer(foldWord(word));
}

/** A text without case and accents. */
export function fold(text: string): string {
  return text
    .normalize("NFD")
    .replace(/\p{M}+/gu, "")
    .toLowerCase();
}
