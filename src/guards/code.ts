/** A part of an answer. What is code is code in every Markdown renderer. */
export interface Part {
  text: string;
  isCode: boolean;
}

interface Fence {
  mark: string;
  /** The spaces in front of it. A line with fewer may end the list that the fence stands in, and with it the code. */
  indent: number;
  /** It stands in a quotation, of which each of its lines begins with the mark. */
  isQuoted: boolean;
}

/** With a `|`, markdown-it may read the head of a table. */
const FENCE = /^( *)(`{3,}(?=[^`]*$)|~{3,})[^|\n]*$/;
/** Everywhere else than in a list, a line that is indented further is no fence. */
const MAX_INDENT = 3;
/** The mark of a quotation. */
const QUOTED = /^> ?/;
const LONG_RUN = /`{3,}|~{3,}/;
/** In a word that some renderers take for an address, to which a backtick right behind it then belongs. */
const IN_ADDRESS = /[/\\@]|www/i;
/** Characters that some renderers end a line at, or remove. */
const UNCLEAR = /[\r\0\f\v\u0085\u2028\u2029]/;
/** In characters: only the start of a line says whether it is a fence. */
const MAX_LINE = 1000;

/**
 * Follows which parts of an answer are code. Renderers differ in what they read behind unusual backticks, so at the first of these it
 * takes nothing for code any more: a backtick without a second one on its line, one in a table's cell, a fence behind a list's mark.
 */
export class CodeTracker {
  #fence: Fence | undefined;
  readonly #items = new OpenItems();
  /** The current line so far. */
  #line = "";
  #isUnclear = false;

  /** @param piece of the answer, in order. A code span that begins in it also ends in it, or is none */
  parts(piece: string): Part[] {
    if (this.#isUnclear || UNCLEAR.test(piece)) return this.#unclear(piece);
    const parts = piece.split(/(?<=\n)/).flatMap((part) => this.#partsOfLine(part));
    // What became unclear within the piece counts for all of it.
    return this.#isUnclear ? this.#unclear(piece) : parts;
  }

  /** The text that was shown has other backticks or lines than the one that was read. */
  lose(): void {
    this.#isUnclear = true;
  }

  #unclear(piece: string): Part[] {
    this.#isUnclear = true;
    return [{ text: piece, isCode: false }];
  }

  #partsOfLine(part: string): Part[] {
    const line = (this.#line + part).slice(0, MAX_LINE);
    const ends = part.endsWith("\n");
    this.#line = ends ? "" : line;
    if (!this.#fence) return this.#inText(part, line, ends);
    if (!this.#fence.isQuoted) return this.#inFence(part, line, ends, this.#fence);
    // A line without the mark ends the quotation, and with it the code.
    if (line !== "" && !line.startsWith(">")) this.#isUnclear = true;
    return this.#inFence(part, line.replace(QUOTED, ""), ends, this.#fence);
  }

  #inFence(part: string, line: string, ends: boolean, { mark, indent }: Fence): Part[] {
    const text = line.trim();
    if (text.startsWith("```") || text.startsWith("~~~")) {
      if (!ends) return [{ text: part, isCode: false }];
      const spaces = indent > MAX_INDENT ? `{${indent}}` : `{0,${MAX_INDENT}}`;
      const isEnd = new RegExp(`^ ${spaces}${mark}${mark.charAt(0)}* *\n$`).test(line);
      const isOther = !text.startsWith(mark.slice(0, 3));
      // In a list that ends here, the line begins other code.
      if (isEnd && line.search(/[^ ]/) < indent) this.#isUnclear = true;
      else if (isEnd) this.#fence = undefined;
      else if (!isOther || indent > 0) this.#isUnclear = true;
      return [{ text: part, isCode: false }];
    }
    const isIndented = text === "" || line.search(/[^ ]/) >= indent;
    if (!isIndented) this.#isUnclear = true;
    return [{ text: part, isCode: isIndented }];
  }

  #inText(part: string, line: string, ends: boolean): Part[] {
    if (LONG_RUN.test(line)) {
      const isQuoted = line.startsWith(">");
      const [, { length: indent } = "", mark = ""] =
        FENCE.exec(line.replace(QUOTED, "").trimEnd()) ?? [];
      const isDeep = indent > MAX_INDENT && (isQuoted || this.#items.contentAt(indent) !== indent);
      if (mark === "" || isDeep) this.#isUnclear = true;
      else if (ends) this.#fence = { mark, indent, isQuoted };
      return [{ text: part, isCode: false }];
    }
    if (ends) this.#items.read(line.slice(0, -1));
    return this.#spans(part);
  }

  #spans(part: string): Part[] {
    const parts: Part[] = [];
    let at = 0;
    const runs = Array.from(part.matchAll(/`+/g));
    for (let index = 0; index < runs.length; index++) {
      const [opening, closing] = runs.slice(index, index + 2);
      const before = part.slice(at, opening?.index).split(/\s/).at(-1) ?? "";
      const isOther = IN_ADDRESS.test(before);
      if (!opening || !closing || isOther || opening[0].length !== closing[0].length) {
        this.#isUnclear = true;
        return [];
      }
      const end = closing.index + closing[0].length;
      const text = part.slice(opening.index, end);
      if (text.includes("|")) this.#isUnclear = true;
      parts.push({ text: part.slice(at, opening.index), isCode: false }, { text, isCode: true });
      at = end;
      index += 1;
    }
    parts.push({ text: part.slice(at), isCode: false });
    return parts.filter(({ text }) => text !== "");
  }
}

/** The mark of an item, one space, and its text; or a number alone. */
const ITEM = /^( *)(-(?= \S)|(\d{1,9})[.)](?= \S|$))/;
const RULE = /^[\s*_-]+$/;

interface Item {
  /** The column of its mark, and that of its text. */
  mark: number;
  content: number;
  kind: string;
}

/** The items of lists that are open for every renderer. One of which a renderer may doubt it is not among them. */
class OpenItems {
  #items: Item[] = [];
  #isAfterBlank = true;

  /** Where the text begins of the innermost item that a line with so many spaces in front belongs to. */
  contentAt(indent: number): number | undefined {
    return this.#items.findLast(({ content }) => content <= indent)?.content;
  }

  read(line: string): void {
    const isAfterBlank = this.#isAfterBlank;
    this.#isAfterBlank = line.trim() === "";
    if (this.#isAfterBlank) return;
    const indent = line.search(/[^ ]/);
    const open = this.#items.filter(({ content }) => content <= indent);
    const [, spaces, sign = "", number] = ITEM.exec(line) ?? [];
    const kind = sign.slice(-1);
    const isSibling =
      this.#items[open.length]?.mark === indent && this.#items[open.length]?.kind === kind;
    // A paragraph goes on in what looks like an item that begins with another number, or is empty.
    const mayInterrupt =
      (number === undefined || number === "1") && line.length > indent + sign.length;
    const isItem =
      spaces !== undefined &&
      indent === (open.at(-1)?.content ?? 0) &&
      !RULE.test(line) &&
      (isAfterBlank || isSibling || mayInterrupt);
    if (isItem) open.push({ mark: indent, content: indent + sign.length + 1, kind });
    this.#items = open;
  }
}

const AROUND = /^["'`([{]+|["'`)\]},;.:]+$/g;

/** The words of texts as they stand there, to look for those of an answer's code. Built when the first is asked for. */
export function wordsIn(texts: () => Iterable<string>): (word: string) => boolean {
  let words: Set<string> | undefined;
  return (word) => {
    if (!words) {
      words = new Set();
      for (const text of texts())
        for (const one of text.split(/\s+/)) words.add(one).add(one.replace(AROUND, ""));
    }
    return words.has(word) || words.has(word.replace(AROUND, ""));
  };
}
