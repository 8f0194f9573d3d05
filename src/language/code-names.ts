import { foldWord } from "../text/fold.ts";
import { wordsOf } from "../text/words.ts";
import { LANGUAGE_CODES, type LanguageCode } from "./language.ts";

/** A text as names are looked for in it: its folded words, with a space on both sides of each. */
export function spacedWords(text: string): string {
  return ` ${wordsOf(text).map(foldWord).join(" ")} `;
}

/** What else countries are called: also in documents, and where it means something else, only in questions. */
const ALIASES: Record<string, { names: string[]; asked: string[] }> = {
  US: { names: ["USA"], asked: ["the US", "the U.S.", "America"] },
  GB: { names: ["UK"], asked: ["Britain", "England", "Northern Ireland"] },
  NL: { names: [], asked: ["Holland"] },
  CZ: { names: ["Czech Republic"], asked: [] },
  AE: { names: ["UAE"], asked: [] },
};

/** Names that hold a country's and mean none. */
const OTHER_NAMES = [
  ..."North America,South America,Latin America,Central America,New Mexico,New England,New Jersey".split(
    ",",
  ),
  ..."Amérique du Nord,Amérique du Sud,América del Norte,América del Sur,América Latina".split(","),
];
/** "Send it to us" names no country. */
const CAPITAL_US = /\b(?:in|to|from) US\b/;

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
  let said = spacedWords(text);
  const codes = new Set<string>();
  if (CAPITAL_US.test(text) && text !== text.toUpperCase()) codes.add("US");
  for (const [name, code] of countryNames(language)) {
    if (!said.includes(name)) continue;
    if (code !== undefined) codes.add(code);
    // "South Sudan" does not name Sudan.
    said = said.replaceAll(name, " | ");
  }
  return [...codes];
}

/** The code of the country that is called so in a language. */
export function countryCalled(name: string, language: LanguageCode): string | undefined {
  return countryNamed(spacedWords(name), language);
}

/** The same of a name as {@link spacedWords}. */
export function countryNamed(said: string, language: LanguageCode): string | undefined {
  return countryNames(language).get(said);
}

const known = new Map<LanguageCode, Map<string, string | undefined>>();
const LETTERS = Array.from({ length: 26 }, (_, at) => String.fromCharCode(65 + at));

/** Names of all countries as {@link spacedWords}, the longest first, with their codes, and what holds such a name and is none. Made once a language and isolate: some 2 ms. */
function countryNames(language: LanguageCode): Map<string, string | undefined> {
  const made = known.get(language);
  if (made) return made;
  const names = new Intl.DisplayNames([language], { type: "region", fallback: "none" });
  const codes = LETTERS.flatMap((first) => LETTERS.map((second) => first + second));
  const called = codes.flatMap((code) => {
    const name = names.of(code);
    if (name === undefined) return [];
    const { names: also = [], asked = [] } = ALIASES[code] ?? {};
    return [name, ...also, ...asked].map((one) => [spacedWords(one), code] as const);
  });
  const others = OTHER_NAMES.map((name) => [spacedWords(name), undefined] as const);
  const all = new Map<string, string | undefined>(
    [...called, ...others].toSorted(([one], [other]) => other.length - one.length),
  );
  known.set(language, all);
  return all;
}
