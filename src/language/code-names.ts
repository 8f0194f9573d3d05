import { foldWord } from "../text/fold.ts";
import { wordsOf } from "../text/words.ts";
import { LANGUAGE_CODES, type LanguageCode } from "./language.ts";

/** A text as names are looked for in it: its folded words, with a space on both sides of each. */
export function spacedWords(text: string): string {
  return ` ${wordsOf(text).map(foldWord).join(" ")} `;
}

/** What else countries are called: also in documents, and where it means something else, only in questions. */
const ALIASES: Record<string, { names: string[]; asked: string[] }> = {
  US: { names: ["USA"], asked: ["the US", "the U.S.", "in US", "to US", "America"] },
  GB: { names: ["UK"], asked: ["Britain", "England"] },
  NL: { names: [], asked: ["Holland"] },
  CZ: { names: ["Czech Republic"], asked: [] },
  AE: { names: ["UAE"], asked: [] },
};

type Kind = "region" | "language";

/** What a country or language is called in our languages, English first; none for a code that is none. */
export function namesOfCode(code: string, type: Kind): string[] {
  const names = LANGUAGE_CODES.flatMap((language) => nameIn(language, code, type) ?? []);
  const others = type === "region" ? (ALIASES[code]?.names ?? []) : [];
  return [...new Set([...names, ...others])];
}

function nameIn(language: LanguageCode, code: string, type: Kind): string | undefined {
  try {
    return new Intl.DisplayNames([language], { type, fallback: "none" }).of(code);
  } catch {
    return undefined;
  }
}

/** The codes of the countries that a text names in a language. */
export function countriesIn(text: string, language: LanguageCode): string[] {
  const said = spacedWords(text);
  return Array.from(countryNames(language)).flatMap(([name, code]) =>
    said.includes(name) ? [code] : [],
  );
}

const known = new Map<LanguageCode, Map<string, string>>();
const LETTERS = Array.from({ length: 26 }, (_, at) => String.fromCharCode(65 + at));

/** Names of all countries as {@link spacedWords}, with their codes. Made once a language and isolate: some 2 ms. */
function countryNames(language: LanguageCode): Map<string, string> {
  const made = known.get(language);
  if (made) return made;
  const names = new Intl.DisplayNames([language], { type: "region", fallback: "none" });
  const codes = LETTERS.flatMap((first) => LETTERS.map((second) => first + second));
  const all = new Map(
    codes.flatMap((code) => {
      const name = names.of(code);
      if (name === undefined) return [];
      const { names: also = [], asked = [] } = ALIASES[code] ?? {};
      return [name, ...also, ...asked].map((one) => [spacedWords(one), code] as const);
    }),
  );
  known.set(language, all);
  return all;
}
