import { wordsOf } from "./words.ts";
import { stemmer } from "stemmer";

/** Words of a text as the index compares them: without case, accents and endings. */
export function stemsOf(text: string): string[] {
  return wordsOf(fold(text)).map(stemmer);
}

export function stemOf(word: string): string {
  return stemmer(fold(word));
}

/** A text without case and accents. */
export function fold(text: string): string {
  return text
    .normalize("NFD")
    .replace(/\p{M}+/gu, "")
    .toLowerCase();
}
