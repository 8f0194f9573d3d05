import { countriesIn, spacedWords } from "../language/code-names.ts";
import { COMMON } from "../language/common-words.ts";
import type { LanguageCode } from "../language/language.ts";
import { isNamedIn, type Attribute } from "./attributes.ts";
import type { Query } from "./candidates.ts";
import { foldTerm, isContentWord } from "./query-terms.ts";
import { normaliseTerm } from "./synonyms.ts";

/**
 * A question with what its visitor's attributes change: documents about other values are left out (`only`), and passages about the visitor's are
 * preferred (`personal`), by searching for the question with the values, too. It has the embedding of the question itself, so that it takes no call of the model.
 * A country that the question names takes the place of the visitor's.
 */
export function personalised(
  question: Query,
  attributes: Attribute[],
  language: LanguageCode | null,
  listed: string[],
): Query {
  if (attributes.length === 0) return listed.length > 0 ? { ...question, listed } : question;
  const { text, message = "", corrections } = question;
  const said = [text, message, ...corrections.values()].join("\n");
  const languages = new Set([language ?? "en", "en" as const]);
  const countriesOf = (asked: string): string[] =>
    [...languages].flatMap((one) => countriesIn(asked, one));
  const countries = countriesOf(said);
  const only = attributes.filter(
    ({ country }) => country === undefined || countries.every((code) => code === country),
  );
  // All countries that are named are the visitor's own by now.
  const preferring = (query: Query, asked: string): Query => {
    const isNamed = countriesOf(asked).length > 0;
    const words = spacedWords(asked);
    const prefers = only.filter(
      (one) => !isNamedIn(words, one) && (one.country === undefined || !isNamed),
    );
    return {
      ...query,
      only,
      listed,
      ...(prefers.length > 0 && { personal: { ...withValues(query, prefers), only } }),
    };
  };
  const variants = question.variants?.map((variant) => ({
    ...variant,
    // What is asked alone may be all that is asked: then no value is named that was named before.
    query:
      variant.kind === "alone"
        ? preferring(variant.query, variant.query.text)
        : { ...variant.query, only, listed },
  }));
  return { ...preferring(question, said), ...(variants && { variants }) };
}

function withValues(query: Query, prefers: Attribute[]): Query {
  const { text, added, message, corrections, subQueries, generation } = query;
  const values = prefers.map(({ names: [name = ""] }) => name).join("\n");
  const names = prefers.flatMap(({ names: [name = "", ...others], code }): [string, string[]][] => {
    const same = code !== undefined && isTelling(code) ? [...others, code] : others;
    return same.length > 0 ? [[foldTerm(normaliseTerm(name)), same]] : [];
  });
  return {
    text: `${text}\n${values}`,
    ...(added !== undefined && { added }),
    ...(message !== undefined && { message }),
    preferred: values,
    prefers,
    corrections,
    synonyms: new Map([...query.synonyms, ...names]),
    subQueries,
    generation,
  };
}

/** "AT" and "DE" are also frequent words. */
function isTelling(code: string): boolean {
  const word = code.toLowerCase();
  return isContentWord(word) && !COMMON.has(word);
}
