import { CONTRACTED, MEASURE_WORDS, STOP_WORDS } from "../language/english.ts";
import { languageOfMessage, otherForms } from "../language/index-terms.ts";
import { foldWord } from "../text/fold.ts";
import { toKatakana } from "../text/kana.ts";
import { joinedSpellings } from "../language/spellings.ts";
import { stemsOf } from "../text/stems.ts";
import { partsOf, wordsOf, writtenWords } from "../text/words.ts";

/** What the keyword leg looks for. Terms are folded (`text/fold.ts`); one of several words is matched as a phrase. */
export interface QueryTerms {
  /**
   * Words without stop words; all words if the text has stop words only. A code (`e07` for `E-07`, `E 07` and `e07`) and a number with
   * decimals (`1 5`) are one word each: neither "e" nor "07" alone means E-07.
   */
  words: string[];
  /** Other words that are written with a mark between them, such as `plug in` for `plug-in`. Their parts are among the words. */
  phrases: string[];
  /** Word or phrase → other terms that count as it. */
  forms: ReadonlyMap<string, string[]>;
  /** Word or phrase → as it is written, where that differs: chunks of an older reader are indexed as they are written (docs/decisions/0068). */
  written: ReadonlyMap<string, string>;
  /**
   * Word that the text says more than once → how often, up to {@link MAX_REPEATS}. A long message repeats the words that it is about
   * (the query's term frequency in BM25: Robertson and Zaragoza 2009, section 3.4).
   */
  repeats: ReadonlyMap<string, number>;
}

/** Query terms with their synonyms. */
export interface ExpandedTerms extends QueryTerms {
  /** Words of the question → terms that mean the same. */
  equivalents: ReadonlyMap<string, string[]>;
}

/**
 * Distinct words of a query at most; two pages of text have no more content words. Of more, repeated words, long words and words with
 * digits are kept. `keywords.ts` caps the cost of searching them.
 */
const MAX_WORDS = 128;
const MAX_REPEATS = 3;
const MAX_PHRASES = 8;
const MAX_WORD_LENGTH = 64;

/** A shorter part of a code is not searched alone: "abc" of `ABC-123` is not, "pump" of `FH-PUMP-02` is. */
const MIN_PART_OF_CODE = 4;

/** A code with a space: `E 12`. "A" and "I" are words, too: "a 12 V battery". */
const SPACED_CODE = /(?<![\p{L}\p{M}\p{N}])([B-HJ-Z])[ \u00A0\u202F](?=\d)/gu;
/** A number in groups of three with spaces. In documents it may also be two numbers, so only a question's are joined. */
const SPACED_NUMBER =
  /(?<![\p{L}\p{M}\p{N}])(?<!\d[.,' ])[1-9]\d{0,2}(?: \d{3})+(?![\p{L}\p{M}\p{N}])/gu;

/** `1.5`, `1,5` and `4.1.1.1`, but not the list `1,2,3`. */
const DECIMAL = /^\d+(?:(?:\.\d+)+|,\d+)$/;

/** A word or phrase that a text may be searched for. */
interface Candidate {
  isPhrase: boolean;
  term: string;
  /** In lower case, with spaces between the parts. */
  written: string;
  /** The other spelling of a compound: joined, or its parts. */
  other?: string;
}

/** How often a text has a word. */
interface Said extends Candidate {
  times: number;
}

/** Any text becomes a query: no character of it can act as an FTS5 operator, because only quoted words are built from it. */
export function queryTerms(text: string): QueryTerms {
  const said = countsOf(writtenWords(asWritten(text)).map((word) => [word, 1]));
  const candidates = Array.from(said).flatMap(([word, times]) =>
    candidatesIn(word).map((one): Said => ({ ...one, times })),
  );
  const [phrases, words] = [true, false].map((isPhrase) =>
    candidates.filter((one) => one.isPhrase === isPhrase),
  ) as [Said[], Said[]];
  const content = words.filter(({ written }) => isContentWord(written));
  // "What is it?" has no content word, so all its words are searched.
  const asked = content.length > 0 ? content : words;
  const times = countsOf(asked.map((one) => [one.term, one.times]));
  const kept = mostSpecific(times);
  const together = [...new Set(phrases.map(({ term }) => term))].slice(0, MAX_PHRASES);
  const searched = new Set([...kept, ...together]);
  return {
    words: kept,
    phrases: together,
    repeats: new Map(
      kept.flatMap((word) => {
        const count = times.get(word) ?? 0;
        return count > 1 ? [[word, Math.min(count, MAX_REPEATS)]] : [];
      }),
    ),
    ...formsOf(
      candidates.filter(({ term }) => searched.delete(term)),
      languageOfMessage(text),
    ),
  };
}

/** Query terms, and others that are searched with them: folded, and with the forms of each. */
export function withFurther(terms: QueryTerms, further: string[]): QueryTerms {
  const { forms, written } = formsOf(further.map(toCandidate), null);
  return {
    ...terms,
    forms: new Map([...forms, ...terms.forms]),
    written: new Map([...written, ...terms.written]),
  };
}

/** A term of several words as the index compares it. */
export function foldTerm(term: string): string {
  return term.split(" ").map(foldWord).filter(Boolean).join(" ");
}

function formsOf(
  candidates: Candidate[],
  language: string | null,
): Pick<QueryTerms, "forms" | "written"> {
  const forms = new Map<string, string[]>();
  const written = new Map<string, string>();
  for (const { term, written: own, other } of candidates) {
    const others = [
      ...(other === undefined ? [] : [other]),
      ...(own.includes(" ") ? [] : formsOfWord(term, own, language)),
    ];
    if (others.length > 0) forms.set(term, others);
    if (own !== term && own !== other) written.set(term, own);
  }
  return { forms, written };
}

function formsOfWord(term: string, written: string, language: string | null): string[] {
  const forms = [...otherForms(written, language), ...partedAtDigits(term), ...inGroups(term)];
  return [...new Set([...forms, ...toKatakana(term)])];
}

function asWritten(text: string): string {
  return text
    .replace(SPACED_CODE, "$1-")
    .replace(SPACED_NUMBER, (number) => number.replaceAll(" ", ""));
}

/** What one written word is searched as, such as `pump`, `fh-pump-02`, `plug-in` or `1.5`. */
function candidatesIn(written: string): Candidate[] {
  const words = partsOf(written).map(toCandidate);
  const all = words.length > 1 ? inCompound(written, words) : words;
  return all.filter(({ term }) => term !== "" && term.length <= MAX_WORD_LENGTH);
}

function inCompound(written: string, words: Candidate[]): Candidate[] {
  if (written.length > MAX_WORD_LENGTH) return words;
  const phrase = toCandidate(words.map((word) => word.written).join(" "));
  const joined = words.map(({ term }) => term).join("");
  const isJoined = joinedSpellings(written).includes(joined);
  const together = isJoined ? { ...phrase, other: joined } : phrase;
  const asWord = isJoined ? { ...phrase, term: joined, other: phrase.term } : phrase;
  const hasDigits = /\p{N}/u.test(written);
  const hasLetters = /\p{L}/u.test(written);
  if (hasDigits && hasLetters) {
    const telling = words.filter(
      ({ term }) => term.length >= MIN_PART_OF_CODE && /\p{L}/u.test(term),
    );
    return [{ ...asWord, isPhrase: false }, ...telling];
  }
  if (DECIMAL.test(written)) return [{ ...phrase, isPhrase: false }];
  if (hasDigits) return [...words, together];
  const long = words.filter(({ term }) => term.length > 1);
  if (long.length === 0) return [{ ...asWord, isPhrase: false }];
  return CONTRACTED.test(written) ? long : [...long, together];
}

function toCandidate(written: string): Candidate {
  return { isPhrase: written.includes(" "), term: foldTerm(written), written };
}

/** `e07` → `e 07`. */
function partedAtDigits(term: string): string[] {
  const parts = term.match(/\p{N}+|[^\p{N}]+/gu) ?? [];
  return parts.length > 1 ? [parts.join(" ")] : [];
}

/** `10000` → `10 000`. */
function inGroups(term: string): string[] {
  return /^[1-9]\d{3,14}$/.test(term) ? [term.replace(/(?=(?:\d{3})+$)/g, " ").trim()] : [];
}

function countsOf(words: [word: string, times: number][]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const [word, times] of words) counts.set(word, (counts.get(word) ?? 0) + times);
  return counts;
}

/** The content words of a message, without measure words; none for "how long does it take?". */
export function contentWords(message: string): string[] {
  return wordsOf(message).filter((word) => isContentWord(word) && !MEASURE_WORDS.has(word));
}

/** The stems of a text's content words, or of all its words if it has no other. */
export function contentStems(text: string): string[] {
  const words = wordsOf(text);
  const content = words.filter(isContentWord);
  return stemsOf((content.length > 0 ? content : words).join(" "));
}

/** @param word in lower case, with its marks: "thẻ" is not "the" */
export function isContentWord(word: string): boolean {
  return !STOP_WORDS.has(word);
}

function mostSpecific(times: Map<string, number>): string[] {
  const words = [...times.keys()];
  if (words.length <= MAX_WORDS) return words;
  const weight = (word: string): number =>
    word.length * (times.get(word) ?? 1) + (/\d/.test(word) ? 10 : 0);
  const kept = new Set(words.toSorted((a, b) => weight(b) - weight(a)).slice(0, MAX_WORDS));
  return words.filter((word) => kept.has(word));
}
