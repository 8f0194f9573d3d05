import type { LanguageCode } from "./language.ts";
import { LANGUAGES, plain } from "./languages.ts";

/** Frequent words → the languages that have them. */
export const COMMON: ReadonlyMap<string, readonly LanguageCode[]> = Map.groupBy(
  LANGUAGES.flatMap(({ code, common }) => common.map((word) => ({ code, word: plain(word) }))),
  ({ word }) => word,
)
  .entries()
  .reduce(
    (map, [word, found]) => map.set(word, [...new Set(found.map(({ code }) => code))]),
    new Map<string, LanguageCode[]>(),
  );

/** What the frequent words of each language are of all words, 0–1. A word of several languages counts less for each. */
export function shareOfCommonWords(words: readonly string[]): Map<LanguageCode, number> {
  const shares = new Map<LanguageCode, number>();
  for (const word of words) {
    const codes = COMMON.get(word) ?? [];
    for (const code of codes)
      shares.set(code, (shares.get(code) ?? 0) + 1 / Math.sqrt(codes.length) / words.length);
  }
  return shares;
}
