import { FILLERS } from "../language/english.ts";
import type { LanguageCode } from "../language/language.ts";
import { stemOf } from "../text/stems.ts";
import { partsOf, writtenWords } from "../text/words.ts";

/** A word with the signs at its sides: C++ is not C#, A+ is not A, and -20° is not 20°. */
const SIGNED = /[^\p{L}\p{M}\p{N}\s.,;:!?¿¡…。？！'’"()]+/gu;

/**
 * What two questions have to have in common to ask the same: their words without endings, in their order, numbers and codes as they are written,
 * and characters such as "+" with what stands in front of them. Of an English question, fillers are left out.
 */
export function decidingWords(question: string, language: LanguageCode | null): string[] {
  const words = question.split(SIGNED).map(wordsIn);
  const signs = question.match(SIGNED) ?? [];
  const all = words.flatMap((some, at) => [
    ...some,
    ...(signs[at] === undefined ? [] : [signs[at]]),
  ]);
  const kept = language === "en" ? all.filter((word) => !FILLERS.has(word)) : all;
  return kept.length > 0 ? kept : all;
}

function wordsIn(text: string): string[] {
  return writtenWords(text).flatMap((word) =>
    /\p{N}/u.test(word)
      ? [word]
      : partsOf(word).map((part) => (FILLERS.has(part) ? part : stemOf(part))),
  );
}
