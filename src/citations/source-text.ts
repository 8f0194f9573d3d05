import { contentStems } from "../retrieval/query-terms.ts";
import { splitSentences } from "../text/sentences.ts";
import { stemsOf } from "../text/stems.ts";
import { rowsInTable } from "./cited-table.ts";
import { plainText } from "./plain-text.ts";
import { clausesOf, contradicts, losesNegation, type Clause } from "./polarity.ts";
import { withoutHeading } from "./section-heading.ts";
import { contentLines, SectionText, type Quotes } from "./section-text.ts";
import { sectionsIn, type ShownPassage } from "./shown-passages.ts";
import type { Source, SourcePassage } from "./source.ts";
import {
  misplacesNumber,
  numbersIn,
  sentencesWithAmounts,
  type AmountSentence,
} from "./stated-numbers.ts";

/** Share of a statement's content words that the cited text must contain. */
const MIN_SUPPORT = 0.5;
/** A statement with fewer letters and digits is too short to be supported: it occurs in almost any text. */
const MIN_CHARACTERS = 8;
/** A text that occurs more often in a passage is hardly a quotation, and each occurrence costs a look at its sentence. */
const MAX_OCCURRENCES = 50;
/** How many characters before a quotation are searched for the negation of its sentence. */
const MAX_BEFORE = 1000;

/** Scripts without spaces between words. */
const UNSPACED = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]/u;
/** The number of a list item, which is not part of the claim. */
const STEP_NUMBER = /^\d{1,3}[.)]\s+/;

/** A sentence of a passage, or two that stand next to each other. */
interface Span {
  quote: string;
  passage: SourcePassage;
  stems: Set<string>;
}

/** What is read of a source's text once, however many statements cite it. */
interface Reading {
  stems: Set<string>;
  numbers: Set<string>;
  clauses: Clause[];
  sentences: AmountSentence[];
  spans: Span[];
}

/** What a source says, read once, to check statements against. */
export class SourceText {
  readonly #source: Source;
  #reading: Reading | undefined;
  #sections: { from: ShownPassage[]; text: SectionText | undefined }[] | undefined;
  /** Statement → whether the source supports it as one of the sentences before the last. */
  readonly #supportedEarlier = new Map<string, boolean>();

  constructor(source: Source) {
    this.#source = source;
  }

  /** The quotes that a text of an answer consists of, or that support its last sentence; undefined if the source does not support it. */
  quotesFor(text: string): Quotes | undefined {
    const unit = withoutHeading(text, this.#source);
    const plain = plainText(unit) ?? unit;
    return this.verbatim(unit) ?? this.#verbatim(plain) ?? this.supports(plain);
  }

  /** A text of an answer, if the source contains it verbatim; of a table, each row. */
  verbatim(unit: string): Quotes | undefined {
    const rows = rowsInTable(unit);
    if (!rows) return this.#verbatim(unit);
    const whole = this.#verbatim(rows.join("\n"));
    if (whole) return whole;
    const found = rows.map((row) => this.#verbatim(row));
    const [first] = found;
    if (!first || found.includes(undefined)) return undefined;
    const quotes = new Set(found.flatMap((one) => one?.quotes ?? []));
    return { quotes: [...quotes], passage: first.passage };
  }

  #verbatim(unit: string): Quotes | undefined {
    const lines = contentLines(unit);
    for (const section of this.#sectionTexts()) {
      const at = indexOfQuote(section.text, lines);
      if (at === undefined) continue;
      if (countCharacters(lines) >= MIN_CHARACTERS || isWhole(section.text, at, lines))
        return section.quotesOf(at, lines.length);
    }
    return undefined;
  }

  /** The sections, and those that begin where a passage repeats the one before. */
  *#sectionTexts(): Generator<SectionText> {
    this.#sections ??= sectionsIn(this.#source.passages).flatMap((section) =>
      section.flatMap(({ repeated }, index) =>
        index === 0 || repeated.text ? [{ from: section.slice(index), text: undefined }] : [],
      ),
    );
    for (const section of this.#sections) yield (section.text ??= new SectionText(section.from));
  }

  /**
   * The quote that supports the last sentence before a marker. Readers take the marker for the sentences before that, too, so the source
   * must support each of them that contains a number, and must contradict none.
   */
  supports(unit: string): Quotes | undefined {
    const sentences = splitSentences(unit).filter((text) => /[\p{L}\p{N}]/u.test(text));
    const holds = sentences.slice(0, -1).every((sentence) => this.#holds(sentence));
    return holds ? this.#quoteFor(sentences.at(-1) ?? "") : undefined;
  }

  #holds(sentence: string): boolean {
    const known = this.#supportedEarlier.get(sentence);
    if (known !== undefined) return known;
    const claim = sentence.replace(STEP_NUMBER, "");
    const holds = /\d/.test(claim)
      ? this.#quoteFor(sentence) !== undefined
      : !contradicts(claim, this.#read().clauses);
    this.#supportedEarlier.set(sentence, holds);
    return holds;
  }

  /**
   * The span of the stored text that supports a statement, or undefined if the source does not support it. The source must contain half
   * of the statement's content words and all of its numbers, must use each number for the same thing, and must not say the opposite.
   */
  #quoteFor(statement: string): Quotes | undefined {
    const claim = statement.replace(STEP_NUMBER, "");
    const { stems, numbers, sentences, clauses } = this.#read();
    if (isTooShort(claim) || numbersIn(claim).some((number) => !numbers.has(number)))
      return undefined;
    const content = [...new Set(contentStems(statement))];
    const covered = content.filter((stem) => stems.has(stem)).length;
    if (content.length === 0 || covered < content.length * MIN_SUPPORT) return undefined;
    if (misplacesNumber(claim, sentences) || contradicts(claim, clauses)) return undefined;
    return this.#bestSpan(new Set(content));
  }

  /** The sentence, or the two adjacent sentences, with most of the statement's content words. */
  #bestSpan(content: Set<string>): Quotes | undefined {
    let best: { span: Span; value: number } | undefined;
    for (const span of this.#read().spans) {
      const shared = content.intersection(span.stems).size;
      const value = shared - span.quote.length / 1000;
      if (shared > 0 && (!best || value > best.value)) best = { span, value };
    }
    return best && { quotes: [best.span.quote], passage: best.span.passage };
  }

  #read(): Reading {
    if (this.#reading) return this.#reading;
    const { title, passages } = this.#source;
    const texts = passages.map(({ text }) => text);
    const headings = passages.map(({ headingPath }) => headingPath.join(" "));
    const whole = [title, ...headings, ...texts].join("\n");
    this.#reading = {
      stems: new Set(stemsOf(whole)),
      numbers: new Set(numbersIn(whole)),
      clauses: texts.flatMap(clausesOf),
      sentences: sentencesWithAmounts(texts),
      spans: passages.flatMap(spansOf),
    };
    return this.#reading;
  }
}

/** Whether a text is too short to be a claim. "30 days" is one, but "14" and "a" are not. */
function isTooShort(text: string): boolean {
  const isAmount = /\d/.test(text) && /\p{L}{3}|\p{Sc}/u.test(text);
  return !isAmount && countCharacters(text) < MIN_CHARACTERS;
}

/** Letters and digits. A character of a script without spaces counts for two, as its words have only one or two. */
function countCharacters(text: string): number {
  const characters = text.match(/[\p{L}\p{N}]/gu) ?? [];
  return characters.reduce((sum, one) => sum + (UNSPACED.test(one) ? 2 : 1), 0);
}

/** Where the quote stands verbatim in the text, other than as a part of a word or number or without its negation. */
function indexOfQuote(text: string, quote: string): number | undefined {
  if (quote === "") return undefined;
  let at = text.indexOf(quote);
  for (let count = 0; at >= 0 && count < MAX_OCCURRENCES; count++) {
    const before = text.slice(Math.max(0, at - MAX_BEFORE), at);
    const end = at + quote.length;
    if (!isCut(before.slice(-2), quote, text.slice(end, end + 2)) && !losesNegation(before, quote))
      return at;
    at = text.indexOf(quote, at + 1);
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
    [before, quote.slice(0, 2)],
    [quote.slice(-2), after],
  ].some(([left = "", right = ""]) => runsOn(left, right) || splitsNumber(left, right));
}

/** Whether a quote consists of whole sentences of the text. */
function isWhole(text: string, at: number, quote: string): boolean {
  const parts = [text.slice(0, at), quote, text.slice(at + quote.length)];
  return parts.flatMap(splitSentences).join("\n") === splitSentences(text).join("\n");
}

function spansOf(passage: SourcePassage): Span[] {
  const { text } = passage;
  const sentences = splitSentences(text);
  let from = 0;
  return sentences.flatMap((sentence, index) => {
    const start = text.indexOf(sentence, from);
    from = start + sentence.length;
    const pair = joined(text, start, sentence, sentences[index + 1]);
    const quotes = pair === undefined ? [sentence] : [sentence, pair];
    return quotes.map((quote) => ({ quote, passage, stems: new Set(stemsOf(quote)) }));
  });
}

/** Two adjacent sentences as they stand in the text, or undefined if other text is between them. */
function joined(
  text: string,
  start: number,
  first: string,
  second: string | undefined,
): string | undefined {
  if (second === undefined) return undefined;
  const end = text.indexOf(second, start + first.length) + second.length;
  const span = text.slice(start, end);
  return span.length <= first.length + second.length + 3 ? span : undefined;
}
