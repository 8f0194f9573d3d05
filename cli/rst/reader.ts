import { fenced } from "./directives.ts";
import { readExplicit } from "./explicit-markup.ts";
import { blockBelow } from "./indentation.ts";
import { inlineOf } from "./inline.ts";
import {
  FIELD,
  isItem,
  isOption,
  readDefinition,
  readField,
  readList,
  readOption,
} from "./lists.ts";
import { namesIn, type Names } from "./names.ts";
import { readGridTable, readSimpleTable } from "./tables.ts";
import { isAdornment, titleAt } from "./titles.ts";

const MAX_DEPTH = 30;

/** Reads reStructuredText, with Sphinx's directives, as blocks of Markdown. What it does not know keeps its words. */
export class RstReader {
  readonly #names: Names;
  /** The kinds of underlines, in the order of their levels. */
  readonly #levels: string[] = [];
  #depth = 0;

  constructor(source: string) {
    this.#names = namesIn(source);
  }

  inline(text: string): string {
    return inlineOf(text, this.#names);
  }

  /** Lines of RST without common indentation → blocks of Markdown. */
  blocks(lines: string[]): string[] {
    if (this.#depth >= MAX_DEPTH) return [this.inline(lines.join("\n"))];
    this.#depth += 1;
    const written: string[] = [];
    for (let at = 0; at < lines.length;) {
      if (!lines[at]?.trim()) at += 1;
      else at = this.#block(lines, at, written);
    }
    this.#depth -= 1;
    return written.filter((block) => block.trim());
  }

  /** Reads the block at a line. @returns the line behind it */
  #block(lines: string[], at: number, written: string[]): number {
    const line = lines[at] ?? "";
    const next = lines[at + 1] ?? "";
    // Other white space, such as a no-break space, indents nothing.
    if (line.startsWith(" ")) return this.#indented(lines, at, written);
    const title = titleAt(lines, at);
    if (title) {
      written.push(`${"#".repeat(this.#levelOf(title.kind))} ${this.inline(title.text)}`);
      return title.end;
    }
    if (isAdornment(line) && !next.trim()) return at + 1;
    if (/^\.\.(?:\s|$)/.test(line)) return readExplicit(this, lines, at, written);
    if (line.startsWith("__ ")) return at + 1;
    if (/^\+[-=+]+\+\s*$/.test(line)) return readGridTable(this, lines, at, written);
    if (/^=+(?: +=+)+\s*$/.test(line)) return readSimpleTable(this, lines, at, written);
    if (line.startsWith(">>> ")) return this.#doctest(lines, at, written);
    if (/^\|(?: |$)/.test(line)) return this.#lineBlock(lines, at, written);
    if (isItem(line)) return readList(this, lines, at, written);
    if (FIELD.test(line)) return readField(this, lines, at, written);
    if (isOption(line, next)) return readOption(this, lines, at, written);
    if (/^\s+\S/.test(next) && !line.endsWith("::"))
      return readDefinition(this, lines, at, written);
    return this.#paragraph(lines, at, written);
  }

  #levelOf(kind: string): number {
    if (!this.#levels.includes(kind)) this.#levels.push(kind);
    return Math.min(6, this.#levels.indexOf(kind) + 1);
  }

  #paragraph(lines: string[], at: number, written: string[]): number {
    let end = at;
    while (lines[end]?.trim() && (end === at || !lines[end]?.startsWith(".. "))) end += 1;
    const text = lines.slice(at, end).join("\n").trim();
    const isLiteral = text.endsWith("::");
    const shown = isLiteral
      ? text.replace(/\s*::$/, (mark) => (mark === "::" && text !== "::" ? ":" : ""))
      : text;
    if (shown) written.push(this.inline(shown));
    if (!isLiteral) return end;
    const body = blockBelow(lines, end, 1);
    if (body.lines.some((line) => line.trim())) written.push(fenced(body.lines));
    return body.end;
  }

  /** A quotation, or text that is indented for its looks. */
  #indented(lines: string[], at: number, written: string[]): number {
    const { lines: body, end } = blockBelow(lines, at, 1);
    written.push(...this.blocks(body));
    return end;
  }

  #lineBlock(lines: string[], at: number, written: string[]): number {
    const texts: string[] = [];
    for (
      ;
      /^\|(?: |$)/.test(lines[at] ?? "") || (texts.length > 0 && /^\s+\S/.test(lines[at] ?? ""));
      at++
    ) {
      texts.push((lines[at] ?? "").replace(/^\|/, "").trim());
    }
    written.push(texts.map((text) => this.inline(text)).join("  \n"));
    return at;
  }

  #doctest(lines: string[], at: number, written: string[]): number {
    let end = at;
    while (lines[end]?.trim()) end += 1;
    written.push(fenced(lines.slice(at, end), "pycon"));
    return end;
  }
}
