import { pageOf } from "../knowledge/formats/page.ts";
import { splitSentences } from "../knowledge/sentences.ts";
import { stemsOf } from "../retrieval/stems.ts";
import { queryTerms } from "../retrieval/query-terms.ts";
import type { Citation, Source } from "./turn.ts";

/** Share of a statement's telling words that the cited text must contain. */
const MIN_SUPPORT = 0.5;
const MAX_QUOTE_CHARACTERS = 500;

/** `[1]`, `[1, 2]`, and what some models write instead whatever they are told: `【1】`, `【1†L1-L3】`. */
const MARKER = /^(?:\[\s*\d{1,2}(?:\s*,\s*\d{1,2})*\s*\]|【\s*\d{1,2}\s*(?:†[^】]*)?】)$/;
/** What can still become one. */
const OPEN_MARKER = /^(?:\[[\d,\s]{0,12}|【[\d\s]{0,4}(?:†[^】\n]{0,30})?)$/;
/** The number of a step is no claim. */
const STEP_NUMBER = /^\d{1,3}[.)]\s+/;

/**
 * The span of a source's stored text that supports a statement, or undefined if none does: it must hold half of the
 * statement's telling words, and every number in the statement must stand somewhere in the source.
 */
export function supportingQuote(statement: string, source: Source): string | undefined {
  const text = source.passages
    .map((passage) => `${passage.headingPath.join(" ")}\n${passage.text}`)
    .join("\n");
  const stated = new Set(stemsOf(`${source.title}\n${text}`));
  const numbers = new Set(numbersIn(`${source.title} ${text}`));
  if (numbersIn(statement.replace(STEP_NUMBER, "")).some((number) => !numbers.has(number)))
    return undefined;
  const telling = tellingStems(statement);
  const covered = telling.filter((stem) => stated.has(stem)).length;
  if (telling.length === 0 || covered < telling.length * MIN_SUPPORT) return undefined;
  return bestSpan(new Set(telling), source);
}

function tellingStems(statement: string): string[] {
  return [...new Set(stemsOf(queryTerms(statement).words.join(" ")))];
}

function numbersIn(text: string): string[] {
  return text.match(/\d+(?:[.,]\d+)*/g)?.map((number) => number.replaceAll(",", "")) ?? [];
}

/** The sentence, or two in a row, that share most with the statement: what a reader wants to see highlighted. */
function bestSpan(telling: Set<string>, source: Source): string | undefined {
  let best: { quote: string; value: number } | undefined;
  for (const { text } of source.passages) {
    const sentences = splitSentences(text);
    for (const [index, sentence] of sentences.entries()) {
      for (const quote of [sentence, joined(text, sentence, sentences[index + 1])]) {
        if (quote === undefined) continue;
        const shared = new Set(stemsOf(quote).filter((stem) => telling.has(stem))).size;
        const value = shared - quote.length / 1000;
        if (shared > 0 && (!best || value > best.value)) best = { quote, value };
      }
    }
  }
  return best?.quote.slice(0, MAX_QUOTE_CHARACTERS);
}

/** Two neighbouring sentences as they stand in the text, or undefined where something stands between them. */
function joined(text: string, first: string, second: string | undefined): string | undefined {
  if (second === undefined) return undefined;
  const start = text.indexOf(first);
  const end = text.indexOf(second, start + first.length) + second.length;
  const span = text.slice(start, end);
  return span.length <= first.length + second.length + 3 ? span : undefined;
}

/**
 * Follows an answer as it streams, one piece after the other, and lets only those citation markers through that hold:
 * the sentence before a marker must be supported by the source it names. Text is passed on at once; only an open bracket waits
 * for its end.
 */
export class CitationVerifier {
  readonly citations: Citation[] = [];
  readonly #sources: Source[];
  #text = "";
  #held = "";

  constructor(sources: Source[]) {
    this.#sources = sources;
  }

  /** Everything that was passed on so far. */
  get text(): string {
    return this.#text;
  }

  /** @returns what may be shown now */
  push(delta: string): string {
    let shown = "";
    for (const character of delta) shown += this.#accept(character);
    return shown;
  }

  /** The rest, when the stream has ended. */
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

  /** A bracket within a bracket begins anew. */
  #hold(bracket: string): string {
    const before = this.#held;
    this.#held = bracket;
    return this.#pass(before);
  }

  #markers(numbers: number[]): string {
    const kept = numbers.filter((n) => this.#cite(n)).map((n) => `[${n}]`);
    // Nothing in its place would let `[` and `1]` around it become a marker that nobody verified.
    const joins = kept.length === 0 && /\[[\d,\s]*$/.test(this.#text);
    return joins ? " " : kept.join("");
  }

  #pass(text: string): string {
    this.#text += text;
    return text;
  }

  #cite(n: number): boolean {
    const source = this.#sources.find((candidate) => candidate.n === n);
    const quote =
      source && (this.#verbatim(source) ?? supportingQuote(this.#lastStatement(), source));
    if (!source || quote === undefined) return false;
    if (!this.citations.some((citation) => citation.n === n)) {
      const { externalId, title, url } = source;
      const page = pageOf(
        source.passages.find(({ text }) => text.includes(quote))?.headingPath ?? [],
      );
      const reference = { n, external_id: externalId, title, url, quote };
      this.citations.push(page === undefined ? reference : { ...reference, page });
    }
    return true;
  }

  /** What stands before the marker, back to the previous marker. */
  #unit(): string {
    const withoutTrailing = this.#text.replace(/(?:\s*\[[1-9]\d?\])+\s*$/, "");
    const marker = [...withoutTrailing.matchAll(/\[[1-9]\d?\]/g)].at(-1);
    return withoutTrailing.slice(marker ? marker.index + marker[0].length : 0).trim();
  }

  /** The whole unit, if the source says it word for word. */
  #verbatim(source: Source): string | undefined {
    const unit = this.#unit();
    const isQuote = unit !== "" && source.passages.some(({ text }) => text.includes(unit));
    return isQuote ? unit.slice(0, MAX_QUOTE_CHARACTERS) : undefined;
  }

  #lastStatement(): string {
    const sentences = splitSentences(this.#unit());
    return sentences.findLast((sentence) => /[\p{L}\p{N}]/u.test(sentence)) ?? "";
  }
}
