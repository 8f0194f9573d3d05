import type { Citation, Source } from "./source.ts";
import { pageOf } from "../knowledge/formats/page.ts";
import { splitSentences } from "../text/sentences.ts";
import { stemsOf } from "../text/stems.ts";
import { queryTerms } from "../retrieval/query-terms.ts";
import { contradicts, losesNegation } from "./polarity.ts";
import { misplacesNumber, numbersIn } from "./stated-numbers.ts";

/** Share of a statement's content words that the cited text must contain. */
const MIN_SUPPORT = 0.5;
/** A statement with fewer letters and digits is too short to be supported: it occurs in almost any text. */
const MIN_CHARACTERS = 8;
const MAX_QUOTE_CHARACTERS = 500;

/** `[1]` and `[1, 2]`, and the forms `【1】` and `【1†L1-L3】`, which some models write against their instructions. */
const MARKER = /^(?:\[\s*\d{1,2}(?:\s*,\s*\d{1,2})*\s*\]|【\s*\d{1,2}\s*(?:†[^】]*)?】)$/;
/** What looks like a marker within a document's text, where it cites none of our sources. */
const FOREIGN_MARKER =
  /\[((?!\s*0\s*\])\s*\d{1,2}(?:\s*,\s*\d{1,2})*\s*)\]|【(\s*\d{1,2}\s*(?:†[^】]*)?)】/g;
/** The beginning of a marker: more characters may complete it. */
const OPEN_MARKER = /^(?:\[[\d,\s]{0,12}|【[\d\s]{0,4}(?:†[^】\n]{0,30})?)$/;
/** Scripts without spaces between words. */
const UNSPACED = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]/u;
/** The number of a list item, which is not part of the claim. */
const STEP_NUMBER = /^\d{1,3}[.)]\s+/;

/**
 * The span of a source's stored text that supports a statement, or undefined if the source does not support it. The source must contain
 * half of the statement's content words and all of its numbers, must use each number for the same thing, and must not say the opposite.
 */
export function supportingQuote(statement: string, source: Source): string | undefined {
  const claim = statement.replace(STEP_NUMBER, "");
  const texts = source.passages.map(({ text }) => text);
  const headings = source.passages.map(({ headingPath }) => headingPath.join(" "));
  const whole = [source.title, ...headings, ...texts].join("\n");
  const stated = new Set(stemsOf(whole));
  const numbers = new Set(numbersIn(whole));
  if (saysTooLittle(claim) || numbersIn(claim).some((number) => !numbers.has(number)))
    return undefined;
  const content = contentStems(statement);
  const covered = content.filter((stem) => stated.has(stem)).length;
  if (content.length === 0 || covered < content.length * MIN_SUPPORT) return undefined;
  if (misplacesNumber(claim, texts) || contradicts(claim, texts)) return undefined;
  return bestSpan(new Set(content), source);
}

/** A document's text for a quotation: what looks like a citation marker is rewritten from `[2]` to `〔2〕`. The length stays the same. */
export function withoutForeignMarkers(text: string): string {
  return text.replace(FOREIGN_MARKER, (_, plain?: string, wide?: string) => {
    return `〔${plain ?? wide ?? ""}〕`;
  });
}

/** Whether a text is too short to be a claim. "30 days" is one, but "14" and "a" are not. */
function saysTooLittle(text: string): boolean {
  const isAmount = /\d/.test(text) && /\p{L}{3}|\p{Sc}/u.test(text);
  return !isAmount && countCharacters(text) < MIN_CHARACTERS;
}

/** Letters and digits. A character of a script without spaces counts for two, as its words have only one or two. */
function countCharacters(text: string): number {
  const characters = text.match(/[\p{L}\p{N}]/gu) ?? [];
  return characters.reduce((sum, one) => sum + (UNSPACED.test(one) ? 2 : 1), 0);
}

function contentStems(statement: string): string[] {
  return [...new Set(stemsOf(queryTerms(statement).words.join(" ")))];
}

/** Where the quote stands verbatim in the text, other than as a part of a word or number or without its negation. */
function indexOfQuote(text: string, quote: string): number | undefined {
  if (quote === "") return undefined;
  for (let at = text.indexOf(quote); at >= 0; at = text.indexOf(quote, at + 1)) {
    const before = text.slice(0, at);
    const after = text.slice(at + quote.length);
    if (!isCut(before, quote, after) && !losesNegation(before, quote)) return at;
  }
  return undefined;
}

/** Whether the quote begins or ends within a word or number. */
function isCut(before: string, quote: string, after: string): boolean {
  const runsOn = (left: string, right: string): boolean =>
    /[\p{L}\p{M}\p{N}]$/u.test(left) &&
    /^[\p{L}\p{M}\p{N}]/u.test(right) &&
    !UNSPACED.test(left.slice(-1)) &&
    !UNSPACED.test(right.charAt(0));
  const splitsNumber = (left: string, right: string): boolean =>
    (/\d[.,]$/.test(left) && /^\d/.test(right)) || (/\d$/.test(left) && /^[.,]\d/.test(right));
  return [
    [before, quote],
    [quote, after],
  ].some(([left = "", right = ""]) => runsOn(left, right) || splitsNumber(left, right));
}

/** The sentence, or the two adjacent sentences, with most of the statement's content words. */
function bestSpan(content: Set<string>, source: Source): string | undefined {
  let best: { quote: string; value: number } | undefined;
  for (const { text } of source.passages) {
    const sentences = splitSentences(text);
    for (const [index, sentence] of sentences.entries()) {
      for (const quote of [sentence, joined(text, sentence, sentences[index + 1])]) {
        if (quote === undefined) continue;
        const shared = new Set(stemsOf(quote).filter((stem) => content.has(stem))).size;
        const value = shared - quote.length / 1000;
        if (shared > 0 && (!best || value > best.value)) best = { quote, value };
      }
    }
  }
  return best && shortened(best.quote);
}

/** Cuts a quote to its maximum length. Half a surrogate pair at the end is removed, because JSON parsers refuse it. */
function shortened(quote: string): string {
  return quote.slice(0, MAX_QUOTE_CHARACTERS).replace(/[\uD800-\uDBFF]$/, "");
}

/** Two adjacent sentences as they stand in the text, or undefined if other text is between them. */
function joined(text: string, first: string, second: string | undefined): string | undefined {
  if (second === undefined) return undefined;
  const start = text.indexOf(first);
  const end = text.indexOf(second, start + first.length) + second.length;
  const span = text.slice(start, end);
  return span.length <= first.length + second.length + 3 ? span : undefined;
}

/**
 * Reads an answer as it streams and removes each citation marker whose source does not support the sentence before it. Text is passed on
 * at once. Only what may become a marker is held back until it is complete.
 */
export class CitationVerifier {
  readonly citations: Citation[] = [];
  readonly #sources: Source[];
  #text = "";
  #held = "";

  constructor(sources: Source[]) {
    this.#sources = sources;
  }

  /** All text that was passed on so far. */
  get text(): string {
    return this.#text;
  }

  /** @returns the text that may be shown now */
  push(delta: string): string {
    let shown = "";
    for (const character of delta) shown += this.#accept(character);
    return shown;
  }

  /** Ends the stream. @returns the text that was still held back */
  end(): string {
    const rest = this.#held;
    this.#held = "";
    this.#text += rest;
    return rest;
  }

  #accept(character: string): string {
    const opens = character === "[" || character === "【";
    if (this.#held === "" && !opens) return this.#pass(character);
    if (opens) return this.#hold(character);
    this.#held += character;
    if (OPEN_MARKER.test(this.#held)) return "";
    const held = this.#held;
    this.#held = "";
    const numbers = MARKER.test(held)
      ? (/^[^†]*/.exec(held)?.[0].match(/\d+/g) ?? []).map(Number)
      : [];
    // Sources are numbered from 1: `array[0]` names none.
    if (numbers.length === 0 || numbers.includes(0)) return this.#pass(held);
    return this.#pass(this.#markers(numbers));
  }

  /** A second opening bracket: what was held back is no marker, and a marker may begin here. */
  #hold(bracket: string): string {
    const before = this.#held;
    this.#held = bracket;
    return this.#pass(before);
  }

  #markers(numbers: number[]): string {
    const kept = numbers.filter((n) => this.#cite(n)).map((n) => `[${n}]`);
    // If the marker were removed without a space, `[` before it and `1]` behind it would become a marker that nobody verified.
    const joins = kept.length === 0 && /\[[\d,\s]*$/.test(this.#text);
    return joins ? " " : kept.join("");
  }

  /** Adds a space between a marker and a parenthesis right behind it, which would make it a Markdown link. */
  #pass(text: string): string {
    const apart = text.startsWith("(") && /\[[1-9]\d?\]$/.test(this.#text) ? ` ${text}` : text;
    this.#text += apart;
    return apart;
  }

  #cite(n: number): boolean {
    const source = this.#sources.find((candidate) => candidate.n === n);
    const quote = source && (this.#verbatim(source) ?? this.#supported(source));
    if (!source || quote === undefined) return false;
    if (!this.citations.some((citation) => citation.n === n)) {
      const { externalId, title, url } = source;
      const page = pageOf(
        source.passages.find(({ text }) => text.includes(quote))?.headingPath ?? [],
      );
      const reference = { n, externalId, title, url, quote };
      this.citations.push(page === undefined ? reference : { ...reference, page });
    }
    return true;
  }

  /** The text before the marker, back to the previous marker. */
  #unit(): string {
    // Trailing markers are removed one by one: a single regular expression takes quadratic time on long white space.
    let withoutTrailing = this.#text.trimEnd();
    for (let ends = true; ends;) {
      const earlier = withoutTrailing.replace(/\[[1-9]\d?\]$/, "");
      ends = earlier !== withoutTrailing;
      withoutTrailing = earlier.trimEnd();
    }
    const marker = [...withoutTrailing.matchAll(/\[[1-9]\d?\]/g)].at(-1);
    return withoutTrailing.slice(marker ? marker.index + marker[0].length : 0).trim();
  }

  /** The whole unit, if the source contains it verbatim. */
  #verbatim(source: Source): string | undefined {
    const unit = this.#unit();
    for (const { text } of source.passages) {
      // Rewriting markers keeps the length, so offsets are the same in both texts.
      const at = indexOfQuote(withoutForeignMarkers(text), unit);
      if (at === undefined) continue;
      const parts = [
        text.slice(0, at),
        text.slice(at, at + unit.length),
        text.slice(at + unit.length),
      ];
      const isWhole = parts.flatMap(splitSentences).join("\n") === splitSentences(text).join("\n");
      if (isWhole || countCharacters(unit) >= MIN_CHARACTERS)
        return shortened(text.slice(at, at + unit.length));
    }
    return undefined;
  }

  /**
   * The quote that supports the last sentence before the marker. Readers take the marker for the sentences before that, too, so the source
   * must support each of them that contains a number, and must contradict none.
   */
  #supported(source: Source): string | undefined {
    const sentences = splitSentences(this.#unit()).filter((text) => /[\p{L}\p{N}]/u.test(text));
    const texts = source.passages.map(({ text }) => text);
    const holds = sentences.slice(0, -1).every((sentence) => {
      const claim = sentence.replace(STEP_NUMBER, "");
      return /\d/.test(claim)
        ? supportingQuote(sentence, source) !== undefined
        : !contradicts(claim, texts);
    });
    return holds ? supportingQuote(sentences.at(-1) ?? "", source) : undefined;
  }
}
