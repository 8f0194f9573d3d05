import { liftDeepMarkers } from "./markdown-limits.ts";
import { OpenFence } from "./open-fence.ts";

/**
 * The parser needs some kilobytes of memory for each element and, at worst, quadratic time in the length of what it parses. So a long
 * document is parsed in slices of about this weight, each of which takes it some tens of milliseconds. A character weighs 1, and a line,
 * a mark (of a list, a quote or a table's cell) and a mark after another one weigh more, as many characters of prose as take the same time.
 */
const SLICE_WEIGHT = 40_000;
const LINE_WEIGHT = 20;
const MARK_WEIGHT = 40;
/** The parser takes quadratic time in lines like `- - a`. */
const NESTED_MARK_WEIGHT = 400;
const MARKS = /^(?:[ \t]*(?:>|(?:[-+*]|\d{1,9}[.)])(?=[ \t])))+/;
/** A slice that reaches this weight without a good place to cut is cut at the next line, even within a table or code. */
const MAX_SLICE_WEIGHT = 2 * SLICE_WEIGHT;
/**
 * In weight. Longer paragraphs are split, because parsing takes quadratic time in a paragraph's possible markup, and in the lines of
 * one that a quote begins with.
 */
const MAX_PARAGRAPH = 10_000;
/** In characters. A slice within a table repeats the table's header, unless it is longer than this. */
const MAX_TABLE_HEAD = 2_000;

const DEFINITION = /^ {0,3}\[(?!\^)([^[\]]+)\]:[ \t]*(?:<([^<>\n]*)>|([^\s<>]+))?/;
/** The target of a reference whose address is not known, or too much to repeat: it becomes its text. */
export const UNKNOWN_TARGET = "#";
/** In characters: the addresses that the references of one document may repeat. */
const MAX_REPEATED_TARGETS = 100_000;
/** What may be a reference to a definition: `[text][label]`, `[label][]` or `[label]`. */
const LABEL = /\[([^[\]]{1,999})\]/g;
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
  })(?:\\s|/?>|$)|[a-z][^<>]*>\\s*$)`,
  "i",
);
/** HTML blocks that may contain blank lines: how each begins and ends. */
const HTML_ENDS: [RegExp, RegExp][] = [
  [/^ {0,3}(<(?:script|pre|style|textarea))(?:[\s>]|$)/i, /<\/(?:script|pre|style|textarea)>/i],
  [/^ {0,3}(<!--)/, /-->/],
  [/^ {0,3}(<\?)/, /\?>/],
  [/^ {0,3}(<!\[CDATA\[)/, /\]\]>/],
  [/^ {0,3}(<![a-z])/i, />/],
];

/**
 * Splits Markdown into slices that can be parsed one by one without changing the text. It cuts where a block begins. A list that
 * is cut goes on as a list, code as code, a table repeats its header. Text below too many markers is lifted.
 */
export function* sliceMarkdown(markdown: string): Generator<string> {
  const lines = markdown.split(/(?<=\n)/).flatMap(splitLine);
  const labels = definedLabels(lines);
  const define = (text: string): string => withDefinitions(text, labels, repeated);
  const repeated = { left: MAX_REPEATED_TARGETS };
  const open = new OpenBlocks();
  let [slice, weight] = ["", 0];
  for (const line of lines) {
    const isTooLong = weight >= MAX_SLICE_WEIGHT || open.isLongParagraph(line);
    if (isTooLong || (weight >= SLICE_WEIGHT && open.mayCutBefore(line))) {
      const isCutLine = open.ending !== "" && !slice.endsWith("\n");
      yield define(`${slice}${isCutLine ? "\n" : ""}${open.ending}`);
      [slice, weight] = [open.beginning, open.beginning.length];
      open.beginSlice();
    }
    slice += open.isVerbatim ? line : liftDeepMarkers(line);
    weight += weightOf(line) + (open.isVerbatim ? 0 : markWeight(line));
    open.read(line);
  }
  yield define(slice);
}

/** The labels of the document's link definitions, each as its references write it, and their addresses. */
function definedLabels(lines: string[]): Map<string, string> {
  const open = new OpenBlocks();
  const labels = new Map<string, string>();
  for (const line of lines) {
    open.read(line);
    const [, label = "", bracketed, plain] = (!open.isVerbatim && DEFINITION.exec(line)) || [];
    const folded = foldLabel(label);
    if (folded && !labels.has(folded)) labels.set(folded, bracketed ?? plain ?? UNKNOWN_TARGET);
  }
  return labels;
}

/**
 * The parser resolves references within a slice only. So a slice defines those labels again that it refers to.
 * @param repeated the characters that the addresses of all references may still add to the document
 */
function withDefinitions(
  slice: string,
  labels: ReadonlyMap<string, string>,
  repeated: { left: number },
): string {
  if (labels.size === 0) return slice;
  const used = new Map<string, number>();
  for (const [, label = ""] of slice.matchAll(LABEL)) {
    const folded = foldLabel(label);
    if (labels.has(folded)) used.set(folded, (used.get(folded) ?? 0) + 1);
  }
  if (used.size === 0) return slice;
  const known = Array.from(used, ([label, times]) => {
    const target = labels.get(label) ?? "";
    const isRepeated = target.length * times <= repeated.left;
    if (isRepeated) repeated.left -= target.length * times;
    return `[${label}]: <${isRepeated ? target : UNKNOWN_TARGET}>\n`;
  });
  // They stand before the slice: at its end, code or HTML may still be open.
  return `${known.join("")}\n${slice}`;
}

/** Labels match without regard to case and white space. spec.commonmark.org/0.31.2/#matches */
function foldLabel(label: string): string {
  return label.trim().replace(/\s+/g, " ").toLowerCase().toUpperCase();
}

function weightOf(line: string): number {
  return line.length + LINE_WEIGHT;
}

function markWeight(line: string): number {
  const marks = MARKS.exec(line)?.[0].match(/[>+*.)-]/g)?.length ?? 0;
  const cells = line.match(/\|/g)?.length ?? 0;
  return (marks + cells) * MARK_WEIGHT + Math.max(0, marks - 1) * NESTED_MARK_WEIGHT;
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
  readonly #fence = new OpenFence();
  /** The line that opened it. */
  #fenceLine = "";
  #htmlEnd: RegExp | undefined;
  /** Opens the same kind of HTML again. */
  #htmlStart = "";
  /** How many lines there were since the last blank one. */
  #lines = 0;
  /** The first of these lines. */
  #first = "";
  /** The header and delimiter row of the open table, or "". */
  #tableHead = "";
  #hasHtml = false;
  /** The weight of the current paragraph so far. */
  #paragraph = 0;

  /** Whether the next line is within code, or within HTML that may contain blank lines. */
  get isVerbatim(): boolean {
    return this.#fence.marker !== undefined || this.#htmlEnd !== undefined;
  }

  /** What ends a slice that is cut here. */
  get ending(): string {
    return this.#fence.marker === undefined ? "" : `${this.#fence.marker}\n`;
  }

  /** What the next slice repeats. */
  get beginning(): string {
    if (this.#fence.marker !== undefined) return this.#fenceLine;
    return this.#htmlEnd === undefined ? this.#tableHead : this.#htmlStart;
  }

  mayCutBefore(line: string): boolean {
    if (this.isVerbatim) return false;
    return this.#lines === 0 ? /^\S/.test(line) : BLOCK_START.test(line) && !this.#hasHtml;
  }

  isLongParagraph(line: string): boolean {
    const isOneMore = this.#paragraph > 0 && this.#paragraph + weightOf(line) > MAX_PARAGRAPH;
    return isOneMore && !this.#hasHtml && !this.#tableHead && !BLOCK_START.test(line);
  }

  /** A slice was cut before the next line, so a paragraph that goes on there begins anew. */
  beginSlice(): void {
    this.#paragraph = 0;
  }

  read(line: string): void {
    if (this.#htmlEnd !== undefined) {
      if (this.#htmlEnd.test(line)) this.#htmlEnd = undefined;
      return;
    }
    const wasCode = this.#fence.marker !== undefined;
    const isFence = this.#fence.read(line);
    if (wasCode) return;
    if (isFence) this.#fenceLine = line;
    else this.#readText(line);
  }

  #readText(line: string): void {
    if (line.trim() === "" || UNDERLINE_OR_BREAK.test(line)) {
      this.#lines = this.#paragraph = 0;
      this.#tableHead = "";
      this.#hasHtml = false;
      return;
    }
    this.#lines += 1;
    this.#paragraph = weightOf(line) + (BLOCK_START.test(line) ? 0 : this.#paragraph);
    if (this.#lines === 1) this.#first = line;
    if (this.#lines === 2) this.#tableHead = tableHeadOf(this.#first, line);
    this.#hasHtml ||= HTML_BLOCK.test(line);
    for (const [begins, end] of HTML_ENDS) {
      const start = begins.exec(line)?.[1];
      if (start === undefined) continue;
      if (!end.test(line)) [this.#htmlEnd, this.#htmlStart] = [end, reopened(start)];
      return;
    }
  }
}

function reopened(start: string): string {
  return /^<[a-z]/i.test(start) ? `${start}>\n` : `${start}\n`;
}

/** The two lines if they are the header and the delimiter row of a table that is short enough to be repeated, or "". */
function tableHeadOf(header: string, delimiters: string): string {
  const head = header + delimiters;
  if (!header.includes("|") || head.length > MAX_TABLE_HEAD) return "";
  const cells = delimiters.trim().replace(/^\|/, "").replace(/\|$/, "").split("|");
  return cells.every((cell) => /^:?-+:?$/.test(cell.trim())) ? head : "";
}
