/** A part of an answer. What is code is code in every Markdown renderer. */
export interface Part {
  text: string;
  isCode: boolean;
}

interface Fence {
  mark: string;
  /** The spaces in front of it. A line with fewer may end the list that the fence stands in, and with it the code. */
  indent: number;
}

/** With a `|`, markdown-it may read the head of a table. */
const FENCE = /^( {0,3})(`{3,}(?=[^`]*$)|~{3,})[^|\n]*$/;
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
    return this.#fence
      ? this.#inFence(part, line, ends, this.#fence)
      : this.#inText(part, line, ends);
  }

  #inFence(part: string, line: string, ends: boolean, { mark, indent }: Fence): Part[] {
    const text = line.trim();
    if (text.startsWith("```") || text.startsWith("~~~")) {
      if (!ends) return [{ text: part, isCode: false }];
      const isEnd = new RegExp(`^ {0,3}${mark}${mark.charAt(0)}* *\n$`).test(line);
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
      const [, indent = "", mark = ""] = FENCE.exec(line.trimEnd()) ?? [];
      if (mark === "") this.#isUnclear = true;
      else if (ends) this.#fence = { mark, indent: indent.length };
      return [{ text: part, isCode: false }];
    }
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
