import type { ReadAhead } from "./tags.ts";

/** Text below a directive or tag that belongs to it begins within so many lines. */
const NEXT_TEXT_LINES = 5;

/** The lines of a document, of which those behind the current one may be looked at before they are read. */
export class SourceLines {
  /** The line behind the current one. */
  at = 0;
  /** A line of nothing but colons or slashes ends a directive, so without one these marks open none. */
  hasColons = false;
  hasSlashes = false;
  readonly #lines: readonly string[];
  readonly #readAhead: ReadAhead;
  /** Where each closing tag stands last, by name. */
  readonly #closers = new Map<string, number>();

  constructor(lines: readonly string[], readAhead: ReadAhead) {
    this.#lines = lines;
    this.#readAhead = readAhead;
    for (const [index, line] of lines.entries()) {
      for (const [, name = ""] of line.matchAll(/<\/([A-Za-z][\w.]*)\s*>/g))
        this.#closers.set(name, index);
      this.hasColons ||= /^\s*:{3,}\s*$/.test(line);
      this.hasSlashes ||= /^\s*\/{3,}\s*$/.test(line);
    }
  }

  get length(): number {
    return this.#lines.length;
  }

  take(): string {
    return this.#lines[this.at++] ?? "";
  }

  /** The line so many lines behind the next one; undefined behind the end. */
  ahead(lines = 0): string | undefined {
    return this.#lines[this.at + lines];
  }

  line(index: number): string | undefined {
    return this.#lines[index];
  }

  isNextBlank(): boolean {
    return !this.ahead()?.trim();
  }

  /** The next line that is not blank, if it is near. */
  nextText(): string | undefined {
    for (let lines = 0; lines < NEXT_TEXT_LINES; lines++)
      if (this.ahead(lines)?.trim()) return this.ahead(lines);
    return undefined;
  }

  /** Whether a tag of this name closes on the current line or later. */
  closesLater(name: string): boolean {
    return (this.#closers.get(name) ?? -1) >= this.at - 1;
  }

  /** Leaves out the lines up to the one that holds the mark, unless none does. */
  skipUntil(mark: string | RegExp, most = Infinity): boolean {
    const end = Math.min(this.#lines.length, this.at + most);
    for (let at = this.at; at < end && this.#readAhead.left > 0; at++) {
      const line = this.#lines[at] ?? "";
      this.#readAhead.left -= line.length + 1;
      if (typeof mark === "string" ? !line.includes(mark) : !mark.test(line)) continue;
      this.at = at + 1;
      return true;
    }
    return false;
  }
}

/** How many columns the text of a line is indented by. */
export function columnOf(line: string): number {
  const space = /^[ \t]*/.exec(line)?.[0] ?? "";
  return space.includes("\t") ? space.replaceAll("\t", "    ").length : space.length;
}

export function withoutColumns(line: string, columns: number): string {
  let at = 0;
  for (let column = 0; column < columns && /[ \t]/.test(line.charAt(at)); at++)
    column += line.charAt(at) === "\t" ? 4 : 1;
  return line.slice(at);
}
