import { DECIDING_WORDS, ORDER_COUNTS } from "../language/english.ts";
import type { LanguageCode } from "../language/language.ts";
import { isContentWord } from "../retrieval/query-terms.ts";
import { stemOf } from "../text/stems.ts";
import { partsOf, writtenWords } from "../text/words.ts";

/** Signs that change a question: C++ is not C#, and -20° is not 20°. */
const SIGN = /[^\p{L}\p{M}\p{N}\s.,;:!?¿¡…。？！'’"()]/gu;

/**
 * What two questions have to have in common to ask the same: their content words without endings, numbers and codes as they are written,
 * words such as "not", "when" and "only", and signs. An English question may have them in any order, unless a word says that the
 * order counts. In another language, and where none of these words is said, every word counts, in its order.
 */
export function decidingWords(question: string, language: LanguageCode | null): string[] {
  const english = language === "en" ? wordsIn(question, true) : [];
  const isFree = !ORDER_COUNTS.test(question);
  const words =
    english.length > 0 ? (isFree ? english.toSorted() : english) : wordsIn(question, false);
  return [...words, ...(question.match(SIGN) ?? [])];
}

function wordsIn(question: string, isEnglish: boolean): string[] {
  return writtenWords(question).flatMap((word) => {
    if (/\p{N}/u.test(word)) return [word];
    const parts = partsOf(word);
    const kept = isEnglish
      ? parts.filter((part) => isContentWord(part) || DECIDING_WORDS.has(part))
      : parts;
    return kept.map(stemOf);
  });
}
