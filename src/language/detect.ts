import { detectAll } from "tinyld/light";

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
  if (!best || (second && best.accuracy - second.accuracy < 0.05)) return null;
  return best.lang;
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
