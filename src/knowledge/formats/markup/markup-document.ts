import type { Dialect } from "./dialect.ts";
import { Frames, type Frame } from "./frames.ts";
import { readInline } from "./inline.ts";
import { paragraphOf } from "./paragraphs.ts";
import { SourceLines } from "./source-lines.ts";

/**
 * Reads one kind of block. The rest of the block, where it has more lines, is taken from `document.lines` or marked as open.
 * @returns whether the text of the line begins such a block; if not, nothing was read
 */
export type BlockReader = (document: MarkupDocument, text: string, column: number) => boolean;

/** Of all kinds of blocks, for blocks that hold others: text behind a tag on its line, the Markdown in a block of JSON. */
interface Readers {
  readBlock: BlockReader;
  readLine: (document: MarkupDocument, line: string) => void;
}

/** Code that has begun and has not ended. */
export interface OpenCode {
  /** Ends it: a fence, or the closing tag of a shortcode. */
  end: RegExp;
  /** The columns that its lines lose, and what is put in front of them instead. */
  strip: number;
  prefix: string;
  isQuoted: boolean;
  isHidden: boolean;
  /** Written in place of the line that ends it; undefined where that line is written. */
  ending: string | undefined;
}

/** Lines that name a file to include, or are the marks of a theme: MkDocs, VuePress, mdBook, MyST. */
const MACHINERY =
  /^(?:--8<--.*|;--8<--.*|\{!.*!\}|<<<\s*@?[\w./@{}:, -]+|@\[code[^\]\n]*\]\([^)\n]*\)|@include\s*\(.*\)|\{::[^{}\n]*\/?\}|\{:\/[^{}\n]*\}|\+\+\+|::: ?|<!-- *\/?toc.*-->)$/;

/** A document that is being read: its lines, what is open around the current one, and the Markdown that was written so far. */
export class MarkupDocument {
  readonly lines: SourceLines;
  readonly dialect: Dialect;
  readonly frames = new Frames();
  code: OpenCode | undefined;
  /** Ends HTML whose content is no Markdown, while such HTML is open. */
  verbatimEnd: RegExp | undefined;
  /** Text is shown as it is written. */
  isRaw = false;
  /** The term whose definition follows. */
  term = "";
  /** How many lists of definitions are open whose tags stand between blank lines. */
  looseLists = 0;
  /** Up to which line indented code was read. */
  indentedCodeEnd = -1;
  readonly readers: Readers;
  readonly #written: string[] = [];
  /** Lines of text that have not been read inline yet. */
  #paragraph: string[] = [];

  constructor(lines: readonly string[], dialect: Dialect, readers: Readers) {
    this.lines = new SourceLines(lines, dialect.readAhead);
    this.dialect = dialect;
    this.readers = readers;
  }

  get markdown(): string {
    this.endParagraph();
    return this.#written.join("\n");
  }

  get lastOfParagraph(): string | undefined {
    return this.#paragraph.at(-1);
  }

  /** Writes a line as it is. */
  write(line: string): void {
    this.#written.push(line);
  }

  /** Reads a line of a paragraph, heading or list. */
  readText(text: string, column: number, line?: string): void {
    const { top } = this.frames;
    if (MACHINERY.test(text)) return;
    this.frames.read(column, text);
    const inBody = Math.max(0, column - (top.body ?? column));
    const isTooFar = this.dialect.isMdx && inBody >= 4 && top.item === 0;
    // White space at a line's end is a line break.
    const ending = line?.endsWith("  ") ? "  " : "";
    const written = top.prefix + " ".repeat(isTooFar ? 0 : inBody) + text + ending;
    if (this.term && !this.isRaw) {
      // A list or quotation that defines the term stands below it.
      if (/^(?:[-+*>|#]|\d+[.)])\s/.test(text))
        this.#paragraph.push(`**${this.term}:**`, "", written);
      else this.#paragraph.push(written.replace(text, () => `**${this.term}:** ${text}`));
      this.term = "";
    } else if (this.isRaw) this.write(written);
    else this.#paragraph.push(written);
  }

  endParagraph(): void {
    if (this.#paragraph.length === 0) return;
    const read = paragraphOf(readInline(this.#paragraph.join("\n"), this.dialect));
    this.#paragraph = [];
    this.write(read);
  }

  /** A paragraph of its own. */
  writeBlock(markdown: string, column: number): void {
    this.endParagraph();
    const { top } = this.frames;
    const prefix = top.prefix + this.frames.indentOf(column);
    this.write("");
    if (!markdown) return;
    const shown = readInline(markdown, this.dialect);
    for (const line of shown.split("\n")) this.write(line && prefix + line);
    this.write("");
    this.frames.blank();
  }

  /** Closes the innermost frame that matches the first test, or else one that matches the next. */
  close(...tests: ((frame: Frame) => boolean)[]): void {
    this.endParagraph();
    tests.some((matches) => this.frames.close(matches));
    this.write("");
  }
}
