/**
 * The parser needs some kilobytes of memory for each element, and a Worker has 128 MB: a list of 25,000 short items used all of
 * it. So a long document is parsed in slices of about this weight. A character weighs 1; a line weighs LINE_WEIGHT more.
 */
const SLICE_WEIGHT = 200_000;
const LINE_WEIGHT = 100;
/** A slice that reaches this weight without a good place to cut is cut at the next line, even within a table. */
const MAX_SLICE_WEIGHT = 2 * SLICE_WEIGHT;
/** In characters. Longer paragraphs are split, because parsing takes quadratic time in a paragraph's possible markup. */
const MAX_PARAGRAPH = 20_000;
/** In characters. The parser resolves references within a slice only, so each slice gets all link definitions if they fit. */
const MAX_DEFINITIONS = 8_000;

const FENCE = /^ {0,3}(`{3,}|~{3,})/;
const DEFINITION = /^ {0,3}\[(?!\^)[^\]]+\]:/;
const DELIMITER_ROW = /^[ \t]*\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?\s*$/;
/** The start of a heading or list item, which ends the block before it unless that is code or HTML. */
const BLOCK_START = /^(?:#{1,6}[ \t]|[-+*][ \t]+\S)/;
/** A heading's underline or a thematic break. Many of them without a blank line between take the parser cubic time. */
const UNDERLINE_OR_BREAK = /^ {0,3}(?:=+|-+)\s*$/;
/** The start of an HTML block that ends at a blank line. spec.commonmark.org/0.31.2/#html-blocks */
const HTML_BLOCK = new RegExp(
  `^ {0,3}</?(?:(?:${
    "address|article|aside|base|basefont|blockquote|body|caption|center|col|colgroup|dd|details|dialog|dir|div|dl|dt|" +
    "fieldset|figcaption|figure|footer|form|frame|frameset|h[1-6]|head|header|hr|html|iframe|legend|li|link|main|menu|" +
    "menuitem|nav|noframes|ol|optgroup|option|p|param|search|section|summary|table|tbody|td|tfoot|th|thead|title|tr|track|ul"
  })(?:\\s|/?>|$)|[a-z][a-z0-9-]*[^<>]*>\\s*$)`,
  "i",
);
/** HTML blocks that may contain blank lines: how each begins and ends. */
const HTML_ENDS: [RegExp, RegExp][] = [
  [/^ {0,3}<(?:script|pre|style|textarea)(?:[\s>]|$)/i, /<\/(?:script|pre|style|textarea)>/i],
  [/^ {0,3}<!--/, /-->/],
  [/^ {0,3}<\?/, /\?>/],
  [/^ {0,3}<!\[CDATA\[/, /\]\]>/],
  [/^ {0,3}<![a-z]/i, />/],
];

/**
 * Splits Markdown into slices that can be parsed one by one without changing the text. It cuts where a block begins. A list that
 * is cut goes on as a list, a table repeats its header, and code and HTML stay whole. A short document is one slice.
 */
export function sliceMarkdown(markdown: string): string[] {
  if (markdown.length * (1 + LINE_WEIGHT) <= SLICE_WEIGHT) return [markdown];
  const slices: string[] = [];
  const definitions: string[] = [];
  const open = new OpenBlocks();
  let [slice, weight] = ["", 0];
  for (const line of markdown.split(/(?<=\n)/).flatMap(splitLine)) {
    const isTooLong = weight >= MAX_SLICE_WEIGHT || open.isLongParagraph(line);
    if (isTooLong ? !open.isVerbatim : weight >= SLICE_WEIGHT && open.mayCutBefore(line)) {
      slices.push(slice);
      [slice, weight] = [open.tableHead, 0];
    }
    open.read(line);
    if (!open.isVerbatim && DEFINITION.test(line)) definitions.push(line);
    slice += line;
    weight += line.length + LINE_WEIGHT;
  }
  slices.push(slice);
  const known = definitions.join("");
  if (slices.length === 1 || !known || known.length > MAX_DEFINITIONS) return slices;
  return slices.map((one) => `${one}\n\n${known}`);
}

/** Splits a line that is longer than {@link MAX_PARAGRAPH}, between words if possible. */
function splitLine(line: string): string[] {
  if (line.length <= MAX_PARAGRAPH) return [line];
  const parts: string[] = [];
  for (let start = 0; start < line.length;) {
    const limit = start + MAX_PARAGRAPH;
    const space = line.lastIndexOf(" ", limit) + 1;
    const isWithinPair = /[\uDC00-\uDFFF]/.test(line.charAt(limit));
    const end = space > start ? space : isWithinPair ? limit - 1 : limit;
    const part = line.slice(start, end);
    // A part that began in the middle of the line must not become a list, a heading or another block.
    parts.push(start > 0 ? part.replace(/^(\d{0,9})(?=[<#>+\-*=`~|_:[.)])/, "$1\\") : part);
    start = end;
  }
  return parts;
}

/** Tracks which blocks are open after the lines read so far. */
class OpenBlocks {
  #fence: string | undefined;
  #htmlEnd: RegExp | undefined;
  /** How many lines there were since the last blank one. */
  #lines = 0;
  /** The first two of these lines. */
  #head: string[] = [];
  #hasHtml = false;
  /** The length of the current paragraph so far. */
  #characters = 0;

  /** Whether the next line is within code, or within HTML that may contain blank lines. */
  get isVerbatim(): boolean {
    return this.#fence !== undefined || this.#htmlEnd !== undefined;
  }

  mayCutBefore(line: string): boolean {
    if (this.isVerbatim) return false;
    return this.#lines === 0 ? /^\S/.test(line) : BLOCK_START.test(line) && !this.#hasHtml;
  }

  isLongParagraph(line: string): boolean {
    const isOneMore = this.#characters > 0 && this.#characters + line.length > MAX_PARAGRAPH;
    return isOneMore && !this.#hasHtml && !this.tableHead && !BLOCK_START.test(line);
  }

  /** The header and delimiter row of the open table, or "". The next slice repeats them. */
  get tableHead(): string {
    const [head = "", delimiters = ""] = this.#head;
    return this.#lines > 1 && head.includes("|") && DELIMITER_ROW.test(delimiters)
      ? head + delimiters
      : "";
  }

  read(line: string): void {
    const marker = FENCE.exec(line)?.[1];
    if (this.#fence !== undefined) {
      if (marker?.startsWith(this.#fence)) this.#fence = undefined;
    } else if (this.#htmlEnd !== undefined) {
      if (this.#htmlEnd.test(line)) this.#htmlEnd = undefined;
    } else if (marker !== undefined) this.#fence = marker;
    else this.#readText(line);
  }

  #readText(line: string): void {
    if (line.trim() === "" || UNDERLINE_OR_BREAK.test(line)) {
      this.#lines = this.#characters = 0;
      this.#head = [];
      this.#hasHtml = false;
      return;
    }
    this.#lines += 1;
    this.#characters = BLOCK_START.test(line) ? line.length : this.#characters + line.length;
    if (this.#lines <= 2) this.#head.push(line);
    this.#hasHtml ||= HTML_BLOCK.test(line);
    const end = HTML_ENDS.find(([begins]) => begins.test(line))?.[1];
    if (end && !end.test(line)) this.#htmlEnd = end;
  }
}
