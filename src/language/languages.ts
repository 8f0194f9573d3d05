import { fold } from "../text/stems.ts";
import { ARABIC } from "./arabic.ts";
import { DUTCH } from "./dutch.ts";
import { ENGLISH } from "./english.ts";
import { FRENCH } from "./french.ts";
import { GERMAN } from "./german.ts";
import { ITALIAN } from "./italian.ts";
import { JAPANESE } from "./japanese.ts";
import type { Language } from "./language.ts";
import { POLISH } from "./polish.ts";
import { PORTUGUESE } from "./portuguese.ts";
import { SPANISH } from "./spanish.ts";

export const LANGUAGES: Language[] = [
  ENGLISH,
  GERMAN,
  FRENCH,
  SPANISH,
  PORTUGUESE,
  ITALIAN,
  DUTCH,
  POLISH,
  JAPANESE,
  ARABIC,
];

/** A word without case, accents and apostrophes: `Don’t` is `dont`, `Größe` is `grosse`. A letter that is drawn out is written once. */
export function plain(word: string): string {
  return fold(word)
    .replace(/['’]/g, "")
    .replaceAll("ß", "ss")
    .replaceAll("ł", "l")
    .replace(/(\p{L})\1{2,}/gu, "$1");
}
