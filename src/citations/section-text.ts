import { withoutForeignMarkers } from "./foreign-markers.ts";
import type { ShownPassage } from "./shown-passages.ts";
import type { SourcePassage } from "./source.ts";

/** A line of a section, and where it stands. Its text has no white space at its ends. */
interface Line {
  passage: SourcePassage;
  /** What is shown of the passage. */
  shown: string;
  /** Where the line begins in it. */
  start: number;
  /** Where the line begins in the section's text. */
  at: number;
}

/** Quotes of a section: the text of each passage from where the quotation begins, or the passage, to where it ends. */
export interface Quotes {
  quotes: string[];
  /** The first one's. */
  passage: SourcePassage;
}

/**
 * The text of a section as an answer may quote it, across its passages. Indentation and empty lines do not count: what is a paragraph in
 * Markdown is a line in a passage.
 */
export class SectionText {
  readonly text: string;
  readonly #lines: Line[] = [];

  /** @param section whose first passage begins the text, also with what it repeats of the one before */
  constructor(section: readonly ShownPassage[]) {
    let length = 0;
    const texts: string[] = [];
    for (const [index, { passage, shown, repeated }] of section.entries()) {
      const text = index === 0 ? repeated.text + shown.text : shown.text;
      let start = 0;
      for (const line of text.split("\n")) {
        const trimmed = line.trim();
        if (trimmed) {
          const own = start + line.indexOf(trimmed);
          this.#lines.push({ passage, shown: text, start: own, at: length });
          texts.push(trimmed);
          length += trimmed.length + 1;
        }
        start += line.length + 1;
      }
    }
    // Rewriting markers keeps the length, so places are the same in both texts.
    this.text = withoutForeignMarkers(texts.join("\n"));
  }

  /** What stands between two places of the text, for each passage. */
  quotesOf(at: number, length: number): Quotes | undefined {
    const touched = this.#lines.filter(
      (line, index) => line.at < at + length && (this.#lines[index + 1]?.at ?? Infinity) > at,
    );
    const [first] = touched;
    if (!first) return undefined;
    const quotes = Array.from(Map.groupBy(touched, ({ passage }) => passage).values(), (lines) => {
      const [from, to] = [lines[0], lines.at(-1)];
      if (!from || !to) return "";
      const start = from.start + Math.max(0, at - from.at);
      return from.shown.slice(start, to.start + Math.min(at + length - to.at, lengthOf(to)));
    });
    return { quotes, passage: first.passage };
  }
}

function lengthOf({ shown, start }: Line): number {
  const end = shown.indexOf("\n", start);
  return (end < 0 ? shown : shown.slice(0, end)).slice(start).trimEnd().length;
}

/** A quotation in the form of {@link SectionText.text}. */
export function contentLines(text: string): string {
  return text
    .split("\n")
    .map((line) => line.trim())
    .filter(Boolean)
    .join("\n");
}
