import { detectAll } from "tinyld/light";
import { shareOfCommonWords } from "./common-words.ts";
import type { LanguageCode } from "./language.ts";
import { plain } from "./languages.ts";

/** Characters of text that are looked at: beyond these the answer does not change. */
const SAMPLE = 4000;
/** Fewer letters than this say little about their language; scripts of one language need fewer. */
const ENOUGH = 40;

/** The language that a text looks to be in, as an ISO 639-1 code, or null where that is not clear. */
export function detectLanguage(markdown: string): string | null {
  const words = sampleOf(markdown);
  const enough = /[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]/.test(words) ? ENOUGH / 4 : ENOUGH;
  if (words.length < enough) return null;
  const [best, second] = detectAll(words);
  const lang = !best || (second && best.accuracy - second.accuracy < 0.05) ? null : best.lang;
  return byCommonWords(words, lang) ?? lang;
}

/** Frequent words decide where they are at least this share of a text, and twice those of the language that its characters tell. */
const LEAST_COMMON = 0.15;
const LEAD_OF_COMMON = 2;

/**
 * The language of the frequent words, where they contradict the characters: a list of settings, names or file formats in English has the
 * character sequences of any language. A language that is not ours has no such words, so only English, whose words others lack, contradicts it.
 */
function byCommonWords(sample: string, lang: string | null): LanguageCode | undefined {
  const shares = shareOfCommonWords(sample.split(/[\s'’]+/).map(plain));
  const shareOf = (code: string | null): number => shares.get(code as LanguageCode) ?? 0;
  const isOurs = lang === null || shareOf(lang) > 0;
  const codes = isOurs ? [...shares.keys()] : (["en"] as const);
  return codes.find(
    (code) =>
      shareOf(code) >= LEAST_COMMON &&
      codes.every((other) => other === code || shareOf(code) >= LEAD_OF_COMMON * shareOf(other)),
  );
}

/** The likeliest language of a text, however short; null if there is none. */
export function guessLanguage(text: string): string | null {
  return guessLanguages(text)[0]?.lang ?? null;
}

/** All languages that a text may be in, the likeliest first, with how likely each is, from 0 to 1. */
export function guessLanguages(text: string): { lang: string; accuracy: number }[] {
  return detectAll(sampleOf(text));
}

function sampleOf(markdown: string): string {
  return markdown
    .slice(0, SAMPLE * 4)
    .replace(/```[\s\S]*?(?:```|$)|`[^`\n]*`|\]\([^)\s]*\)|https?:\S+/g, " ")
    .replace(/[^\p{L}\p{M}'’]+/gu, " ")
    .trim()
    .slice(0, SAMPLE);
}
