/**
 * The parser needs some kilobytes of memory for each element, and a Worker has 128 MB: a list of 25,000 short items took all
 * of it. So a long document is read in slices of about this weight: of characters, and of lines, which begin elements.
 */
const SLICE = 200_000;
const LINE_WEIGHT = 100;
/** Where no line begins something new for so long, even a table is cut in two. */
const LONGEST_SLICE = 2 * SLICE;
/** Longer ones are several: the parser's time grows with the square of their length in characters that may be markup. */
const MAX_PARAGRAPH = 20_000;
/** References are resolved within a slice, so each gets the document's definitions, up to this many characters. */
const MAX_DEFINITIONS = 8_000;

const FENCE = /^ {0,3}(`{3,}|~{3,})/;
const DEFINITION = /^ {0,3}\[(?!\^)[^\]]+\]:/;
const DELIMITER_ROW = /^[ \t]*\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?\s*$/;
/** What stands at a line's beginning and closes what came before, save code and HTML. */
const BEGINNING = /^(?:#{1,6}[ \t]|[-+*][ \t]+\S)/;
/** Of a heading, or a line between paragraphs. The parser's time grows with the cube of those that no blank line parts. */
const UNDERLINE = /^ {0,3}(?:=+|-+)\s*$/;
/** HTML that goes on until a blank line. spec.commonmark.org/0.31.2/#html-blocks */
const HTML_BLOCK = new RegExp(
  `^ {0,3}</?(?:(?:${
    "address|article|aside|base|basefont|blockquote|body|caption|center|col|colgroup|dd|details|dialog|dir|div|dl|dt|" +
    "fieldset|figcaption|figure|footer|form|frame|frameset|h[1-6]|head|header|hr|html|iframe|legend|li|link|main|menu|" +
    "menuitem|nav|noframes|ol|optgroup|option|p|param|search|section|summary|table|tbody|td|tfoot|th|thead|title|tr|track|ul"
  })(?:\\s|/?>|$)|[a-z][a-z0-9-]*[^<>]*>\\s*$)`,
  "i",
);
const HTML_ENDS: [RegExp, RegExp][] = [
  [/^ {0,3}<(?:script|pre|style|textarea)(?:[\s>]|$)/i, /<\/(?:script|pre|style|textarea)>/i],
  [/^ {0,3}<!--/, /-->/],
  [/^ {0,3}<\?/, /\?>/],
  [/^ {0,3}<!\[CDATA\[/, /\]\]>/],
  [/^ {0,3}<![a-z]/i, />/],
];

/**
 * Parts Markdown where a block of the document begins, so that its parts read alone say what they say together: a list
 * that is cut goes on as a list, a table with its header, and code and HTML stay whole. A short document is one slice.
 */
export function sliceMarkdown(markdown: string): string[] {
  if (markdown.length * (1 + LINE_WEIGHT) <= SLICE) return [markdown];
  const slices: string[] = [];
  const definitions: string[] = [];
  const open = new OpenBlocks();
  let [slice, weight] = ["", 0];
  for (const line of markdown.split(/(?<=\n)/).flatMap(splitLine)) {
    const isTooLong = weight >= LONGEST_SLICE || open.isLongParagraph(line);
    if (isTooLong ? !open.isVerbatim : weight >= SLICE && open.mayCutBefore(line)) {
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

/** A line longer than a paragraph may be, in parts that end between words if they can. */
function splitLine(line: string): string[] {
  if (line.length <= MAX_PARAGRAPH) return [line];
  const parts: string[] = [];
  for (let start = 0; start < line.length;) {
    const limit = start + MAX_PARAGRAPH;
    const space = line.lastIndexOf(" ", limit) + 1;
    const isWithinPair = /[\uDC00-\uDFFF]/.test(line.charAt(limit));
    const end = space > start ? space : isWithinPair ? limit - 1 : limit;
    const part = line.slice(start, end);
    // Within a line nothing begins a block.
    parts.push(start > 0 ? part.replace(/^(\d{0,9})(?=[<#>+\-*=`~|_:[.)])/, "$1\\") : part);
    start = end;
  }
  return parts;
}

/** What the lines read so far have opened. */
class OpenBlocks {
  #fence: string | undefined;
  #htmlEnd: RegExp | undefined;
  /** The lines since the last blank one, of which the first two are kept. */
  #lines = 0;
  #head: string[] = [];
  #hasHtml = false;
  /** Since the last line that began something. */
  #characters = 0;

  /** Whether this is code, or HTML that goes on beyond blank lines. */
  get isVerbatim(): boolean {
    return this.#fence !== undefined || this.#htmlEnd !== undefined;
  }

  mayCutBefore(line: string): boolean {
    if (this.isVerbatim) return false;
    return this.#lines === 0 ? /^\S/.test(line) : BEGINNING.test(line) && !this.#hasHtml;
  }

  isLongParagraph(line: string): boolean {
    const isOneMore = this.#characters > 0 && this.#characters + line.length > MAX_PARAGRAPH;
    return isOneMore && !this.#hasHtml && !this.tableHead && !BEGINNING.test(line);
  }

  /** The first two lines of the table that is open, which its second half needs. */
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
    if (line.trim() === "" || UNDERLINE.test(line)) {
      this.#lines = this.#characters = 0;
      this.#head = [];
      this.#hasHtml = false;
      return;
    }
    this.#lines += 1;
    this.#characters = BEGINNING.test(line) ? line.length : this.#characters + line.length;
    if (this.#lines <= 2) this.#head.push(line);
    this.#hasHtml ||= HTML_BLOCK.test(line);
    const end = HTML_ENDS.find(([begins]) => begins.test(line))?.[1];
    if (end && !end.test(line)) this.#htmlEnd = end;
  }
}
