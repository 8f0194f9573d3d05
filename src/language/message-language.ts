import { shareOfCommonWords } from "./common-words.ts";
import { guessLanguages } from "./detect.ts";
import type { LanguageCode } from "./language.ts";
import { LANGUAGES, plain } from "./languages.ts";
import { firstWords } from "./phrases.ts";

/** Words that are looked at: beyond these the answer does not change. */
const MAX_WORDS = 60;
/** A shorter message says nothing of its language in the middle of a conversation: "ok", "E-07?", "and the pump?". */
const ENOUGH_WORDS = 3;
const ENOUGH_LETTERS = 3;
/** A language with a lower score is a guess: no character alone reaches it. */
const LEAST = 0.16;
/** By how much a language has to lead: before the second, and before the conversation's or English. */
const LEAD = { second: 0.02, expected: 0.15 };
/** Characters that are looked at for their script. */
const MAX_SCRIPT = 1000;
/** What the characters of a message count, beside its frequent words. Scripts tell more. */
const CHARACTERS = 1.5;
/** So that words decide where there are any. */
const MOST_BY_CHARACTERS = 0.15;
/** What a telling letter counts. */
const LETTER = 0.2;

/** Characters that a language is told by, alone or with few others. */
const LETTERS: [RegExp, LanguageCode][] = [
  [/[¿¡ñ]/iu, "es"],
  [/ß/u, "de"],
  [/[äöü]/iu, "de"],
  [/[ãõ]/iu, "pt"],
  [/[ąćęłńśźż]/iu, "pl"],
  [/[êèîùûœ]|[cdjlnst]['’](?=[aeiouyéèh])/iu, "fr"],
  [/[òì]/iu, "it"],
];

/** What is said around questions: "hello", "danke schön". */
const SAID = LANGUAGES.map(({ code, smallTalk, yes, none }) => ({
  code,
  phrases: new Set([...Object.values(smallTalk).flat(), ...yes, ...none].map(plainPhrase)),
}));

function plainPhrase(phrase: string): string {
  return phrase.split(" ").map(plain).join(" ");
}

/** Addresses are in no language: "com" is a word of Portuguese. Each reading of a character ends at the next white space. */
const ADDRESS = /(?<!\S)(?:https?:\/\/|www\.|[^\s@]{1,80}@)\S+/giu;

/**
 * The language that a message is written in; undefined where it does not tell one of ours.
 * @param typed the message
 * @param previous of the conversation: a short message keeps it, and a longer one has to differ clearly
 */
export function messageLanguage(
  typed: string,
  previous: LanguageCode | undefined,
): LanguageCode | undefined {
  const message = typed.replace(ADDRESS, " ");
  const script = scriptLanguage(message);
  if (script) return script;
  const words = firstWords(message.replace(/['’]/g, " "), MAX_WORDS)
    .map(({ word }) => word)
    .filter((word) => /\p{L}/u.test(word));
  if (words.join("").length < ENOUGH_LETTERS || (previous && words.length < ENOUGH_WORDS))
    return undefined;
  const scores = scoresOf(message, words);
  const [best, second] = [...scores].toSorted(([, left], [, right]) => right - left);
  if (!best || best[1] < LEAST) return undefined;
  const [code, most] = best;
  const expected = previous ?? "en";
  if (code !== expected && most - (scores.get(expected) ?? 0) < LEAD.expected) return undefined;
  return most - (second?.[1] ?? 0) >= LEAD.second ? code : undefined;
}

/** Kana is Japanese, and Arabic letters are taken for Arabic, where they are most of the letters. */
function scriptLanguage(message: string): LanguageCode | undefined {
  const letters = message.slice(0, MAX_SCRIPT).match(/\p{L}/gu)?.join("") ?? "";
  const share = (script: RegExp): number => (letters.match(script)?.length ?? 0) / letters.length;
  const japanese = /[\p{Script=Hiragana}\p{Script=Katakana}]/gu;
  if (share(/\p{Script=Arabic}/gu) > 0.5) return "ar";
  if (
    japanese.test(letters) &&
    share(/[\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Han}]/gu) > 0.5
  )
    return "ja";
  return undefined;
}

function scoresOf(message: string, words: string[]): Map<LanguageCode, number> {
  // "E-18" is a code and no Portuguese.
  const isShort = words.length <= ENOUGH_WORDS;
  const scores = shareOfCommonWords(
    words.map((word) => (isShort && word.length === 1 ? "" : word)),
  );
  const add = (code: LanguageCode, score: number): void => {
    scores.set(code, (scores.get(code) ?? 0) + score);
  };
  for (const [letters, code] of LETTERS)
    if (letters.test(message.slice(0, MAX_SCRIPT))) add(code, LETTER);
  const whole = words.join(" ");
  const saying = SAID.filter(({ phrases }) => phrases.has(whole));
  const isEnglishToo = saying.some(({ code }) => code === "en");
  // "Hallo" is German and Dutch: the more frequent language comes first. "Ok" is said in all.
  for (const { code } of isEnglishToo ? saying : saying.slice(0, 1)) add(code, 1 / saying.length);
  const guesses = guessLanguages(message);
  for (const { code } of LANGUAGES) {
    const guessed = guesses.find(({ lang }) => lang === code)?.accuracy ?? 0;
    add(code, Math.min(guessed * CHARACTERS, MOST_BY_CHARACTERS));
  }
  // One that is not ours, such as Swedish.
  const [{ lang, accuracy } = { lang: "en", accuracy: 0 }] = guesses;
  const isOther = !LANGUAGES.some(({ code }) => code === lang);
  if (isOther && accuracy * CHARACTERS > Math.max(...scores.values())) scores.clear();
  return scores;
}
