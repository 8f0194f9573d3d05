import { pageOf } from "../knowledge/formats/page.ts";
import type { Quotes } from "./section-text.ts";
import { SourceText } from "./source-text.ts";
import type { Citation, Source } from "./source.ts";

/** `[1]` and `[1, 2]`, and the forms `【1】` and `【1†L1-L3】`, which some models write against their instructions. */
const MARKER = /^(?:\[\s*\d{1,2}(?:\s*,\s*\d{1,2})*\s*\]|【\s*\d{1,2}\s*(?:†[^】]*)?】)$/;
/** The beginning of a marker: more characters may complete it. */
const OPEN_MARKER = /^(?:\[[\d,\s]{0,12}|【[\d\s]{0,4}(?:†[^】\n]{0,30})?)$/;

/**
 * A source may be cited so often for a text that it does not support. After that, the text must grow by a quarter before it is looked at
 * again: reading it at each of a thousand markers would take quadratic time.
 */
const FREE_ATTEMPTS = 8;

/** In characters. A quote stands within one passage, and hardly any passage is longer. */
const MAX_QUOTE_CHARACTERS = 1000;
/** Of one source. Further ones are left out. */
const MAX_QUOTES = 40;

/** What became of the last marker of a source behind the same text. */
interface Attempt {
  length: number;
  attempts: number;
  quotes: Quotes | undefined;
}

/**
 * Reads an answer as it streams and removes each citation marker whose source does not support the sentence before it. Text is passed on
 * at once. Only what may become a marker is held back until it is complete. No character is read again, except where a marker follows.
 */
export class CitationVerifier {
  readonly citations: Citation[] = [];
  readonly #sources: Map<number, { source: Source; text: SourceText }>;
  #text = "";
  #held = "";
  /** The text before the next marker, back to the previous marker. */
  #unit = "";
  /** The length of the unit without white space at its end. */
  #unitLength = 0;
  /** Whether a marker and nothing but white space came after the unit: other text begins a new one. */
  #unitEnded = false;
  /** By source, for the unit. */
  readonly #attempts = new Map<number, Attempt>();
  /** Whether the text ends with a marker. */
  #behindMarker = false;
  /** Whether the text ends with `[` and nothing else than digits, commas and white space behind it. */
  #bracketOpen = false;

  constructor(sources: Source[]) {
    this.#sources = new Map(
      sources.map((source) => [source.n, { source, text: new SourceText(source) }]),
    );
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
    return this.#markers(numbers);
  }

  /** A second opening bracket: what was held back is no marker, and a marker may begin here. */
  #hold(bracket: string): string {
    const before = this.#held;
    this.#held = bracket;
    return this.#pass(before);
  }

  #markers(numbers: number[]): string {
    const kept = numbers.filter((n) => this.#cite(n)).map((n) => `[${n}]`);
    if (kept.length > 0) {
      this.#unitEnded = this.#behindMarker = true;
      this.#bracketOpen = false;
      const markers = kept.join("");
      this.#text += markers;
      return markers;
    }
    // If the marker were removed without a space, `[` before it and `1]` behind it would become a marker that nobody verified.
    return this.#bracketOpen ? this.#pass(" ") : "";
  }

  /** Adds a space between a marker and a parenthesis right behind it, which would make it a Markdown link. */
  #pass(text: string): string {
    if (text === "") return "";
    const apart = text.startsWith("(") && this.#behindMarker ? ` ${text}` : text;
    this.#behindMarker = false;
    this.#text += apart;
    this.#bracketOpen = /\[[\d,\s]*$/.test(this.#bracketOpen ? `[${text}` : text);
    const hasWords = /\S/.test(text);
    if (this.#unitEnded && !hasWords) return apart;
    if (this.#unitEnded) this.#beginUnit();
    this.#unit += apart;
    if (hasWords) this.#unitLength = this.#unit.length;
    return apart;
  }

  #beginUnit(): void {
    this.#unit = "";
    this.#unitLength = 0;
    this.#unitEnded = false;
    this.#attempts.clear();
  }

  #cite(n: number): boolean {
    const cited = this.#sources.get(n);
    const found = cited && this.#quotesFor(n, cited.text);
    if (!cited || !found) return false;
    const [quote = "", ...others] = found.quotes.map(shortened);
    const known = this.citations.find((citation) => citation.n === n);
    const quotes = new Set([...(known?.quotes ?? []), quote, ...others]);
    if (known) known.quotes = [...quotes].slice(0, MAX_QUOTES);
    else {
      const { externalId, title, url, kind } = cited.source;
      const page = pageOf(found.passage.headingPath);
      const reference = {
        n,
        externalId,
        title,
        url,
        ...(kind && { kind }),
        quote,
        quotes: [...quotes],
      };
      this.citations.push(page === undefined ? reference : { ...reference, page });
    }
    return true;
  }

  /** What of a source supports the unit. */
  #quotesFor(n: number, text: SourceText): Quotes | undefined {
    const last = this.#attempts.get(n);
    const length = this.#unitLength;
    if (last?.length === length) return last.quotes;
    if (last && last.attempts >= FREE_ATTEMPTS && length - last.length < length / 4)
      return undefined;
    const quotes = text.quotesFor(this.#unit.trim());
    this.#attempts.set(n, { length, attempts: (last?.attempts ?? 0) + 1, quotes });
    return quotes;
  }
}

/** Cuts a quote to its maximum length. Half a surrogate pair at the end is removed, because JSON parsers refuse it. */
function shortened(quote: string): string {
  return quote.slice(0, MAX_QUOTE_CHARACTERS).replace(/[\uD800-\uDBFF]$/, "");
}
