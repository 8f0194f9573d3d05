import type { Steps } from "../../../runtime/steps.ts";
import { readColons, readFenceInfo, readIndented, readQuoted, readSlashes } from "./blocks.ts";
import { labelOf, foldName } from "./component.ts";
import { dialectOf, EXPORT, IMPORT, IMPORT_BEGINS } from "./dialect.ts";
import { Frames } from "./frames.ts";
import { readInline, type Dialect } from "./inline.ts";
import { calloutClassOf, paragraphOf } from "./paragraphs.ts";
import { readMagicBlock } from "./readme-blocks.ts";
import { shortcodesIn, shownFor } from "./shortcodes.ts";
import { endOfBraces, readTag, stringsOf, type Tag } from "./tags.ts";

const LINES_PER_STEP = 500;
const FENCE = /^(`{3,}(?=[^`]*$)|~{3,})(.*)$/;
/** HTML whose content is no Markdown: how it begins and ends. */
const VERBATIM: [RegExp, RegExp][] = [
  [/^<(?:script|pre|style|textarea)\b/i, /<\/(?:script|pre|style|textarea)>/i],
];
/** Shortcodes whose body is code, hidden, or shown as it is written. */
const CODE_TAG = /^(?:highlight|codeblock|code_block|highlight-?code|code)$/;
const HIDDEN_TAG = /^comment$/;
/** Components that stand in a line of text. */
const IN_TEXT =
  /^(?:kbd|badge|icon|tooltip|hover-card|link|a|key|term|glossary-tooltip|fa-icon|font-awesome|highlight|code|trans|translate|br|image|img|button)$/;
/** HTML that MDX reads as a container of Markdown. */
const WRAPPER =
  /^(?:div|section|article|main|center|figure|figcaption|header|footer|aside|details|p|hgroup|nav)$/;
/** Lines that name a file to include, or are the marks of a theme: MkDocs, VuePress, mdBook, MyST. */
const MACHINERY =
  /^(?:--8<--.*|;--8<--.*|\{!.*!\}|<<<\s*@?[\w./@{}:, -]+|@\[code[^\]\n]*\]\([^)\n]*\)|@include\s*\(.*\)|\{::[^{}\n]*\/?\}|\{:\/[^{}\n]*\}|\+\+\+|::: ?|<!-- *\/?toc.*-->)$/;
const TOC_ITEM = /^[-*+]\s+toc$/i;

/**
 * Markdown as the authors of a site write it → Markdown that shows what the site shows: components, directives, shortcodes and the like
 * become their labels and their content. Code stays as it is. In linear time.
 */
export function* readMarkup(source: string, frontMatter = ""): Steps<string> {
  const reader = new MarkupReader(source.split(/\r\n|\n|\r/), frontMatter);
  while (reader.hasMore) {
    reader.readLines(LINES_PER_STEP);
    yield;
  }
  return reader.text;
}

interface Code {
  /** Ends it; undefined where a shortcode does. */
  marker: RegExp;
  /** The columns that its lines lose, and what is put in front of them instead. */
  strip: number;
  prefix: string;
  isQuoted: boolean;
  /** Written in place of the line that ends it. */
  ending: string | undefined;
}

class MarkupReader {
  readonly #lines: string[];
  readonly #dialect: Dialect;
  readonly #frames = new Frames();
  readonly #out: string[] = [];
  /** Lines of text that have not been read inline yet. */
  #paragraph: string[] = [];
  #at = 0;
  #code: Code | undefined;
  #verbatimEnd: RegExp | undefined;
  /** How many lists of definitions are open whose tags stand between blank lines, and the term that was read last. */
  #looseLists = 0;
  #term = "";
  /** Text is shown as it is written. */
  #isRaw = false;
  /** Where each closing tag stands last, by name. */
  readonly #closers = new Map<string, number>();
  #hasColons = false;
  #hasSlashes = false;
  /** Up to which line an indented block of code was read. */
  #indentedCode = -1;

  constructor(lines: string[], frontMatter: string) {
    this.#lines = lines;
    this.#dialect = dialectOf(lines, frontMatter);
    for (const [index, line] of lines.entries()) {
      for (const [, name = ""] of line.matchAll(/<\/([A-Za-z][\w.]*)\s*>/g))
        this.#closers.set(name, index);
      this.#hasColons ||= /^\s*:{3,}\s*$/.test(line);
      this.#hasSlashes ||= /^\s*\/{3,}\s*$/.test(line);
    }
  }

  get hasMore(): boolean {
    return this.#at < this.#lines.length;
  }

  get text(): string {
    this.#endParagraph();
    return this.#out.join("\n");
  }

  readLines(count: number): void {
    const end = Math.min(this.#lines.length, this.#at + count);
    while (this.#at < end) this.#readLine(this.#lines[this.#at++] ?? "");
  }

  #readLine(line: string): void {
    if (this.#code) return this.#readCode(line, this.#code);
    if (this.#verbatimEnd) return this.#readVerbatim(line);
    const text = line.trim();
    if (text === "") {
      this.#frames.blank();
      this.#endParagraph();
      this.#out.push("");
      return;
    }
    const column = columnOf(line);
    this.#frames.enter(column);
    if (this.#isIndentedCode(column)) {
      const { top } = this.#frames;
      this.#endParagraph();
      this.#out.push(top.prefix + withoutColumns(line, top.body ?? 0));
      this.#indentedCode = this.#at;
      return;
    }
    if (this.#readBlock(text, column)) return;
    this.#readText(text, column, line);
  }

  #isIndentedCode(column: number): boolean {
    const { top, wasBlank } = this.#frames;
    const inBody = column - (top.body ?? column);
    if (this.#dialect.isMdx || inBody < 4 || top.item > 0) return false;
    return wasBlank || this.#indentedCode === this.#at - 1;
  }

  /** Whether the line was a block of its own. */
  #readBlock(text: string, column: number): boolean {
    if (text.startsWith("`") || text.startsWith("~")) return this.#openFence(text, column, false);
    switch (text.charAt(0)) {
      case "<":
        return this.#readHtml(text, column);
      case ":":
        return this.#readColons(text, column);
      case "{":
        return this.#readBraces(text, column);
      case "!":
      case "?":
      case "=":
        return this.#readIndented(text, column);
      case "/":
        return this.#hasSlashes && this.#readSlashes(text, column);
      case "i":
      case "e":
        return this.#readModule(text, column);
      case "[":
        return this.#readMagicBlock(text);
      case ">":
        return this.#readQuote(text, column);
      case "@":
        return this.#readTabMark(text, column);
      default:
        return this.#readOther(text, column);
    }
  }

  // --- text ---

  #readText(text: string, column: number, line?: string): void {
    const { top } = this.#frames;
    if (MACHINERY.test(text)) return;
    this.#frames.read(column, text);
    const inBody = Math.max(0, column - (top.body ?? column));
    const isTooFar = this.#dialect.isMdx && inBody >= 4 && top.item === 0;
    // White space at a line's end is a line break.
    const ending = line?.endsWith("  ") ? "  " : "";
    const written = top.prefix + " ".repeat(isTooFar ? 0 : inBody) + text + ending;
    if (this.#term && !this.#isRaw) {
      // A list or quotation that defines the term stands below it.
      if (/^(?:[-+*>|#]|\d+[.)])\s/.test(text))
        this.#paragraph.push(`**${this.#term}:**`, "", written);
      else this.#paragraph.push(written.replace(text, () => `**${this.#term}:** ${text}`));
      this.#term = "";
    } else if (this.#isRaw) this.#out.push(written);
    else this.#paragraph.push(written);
  }

  #endParagraph(): void {
    if (this.#paragraph.length === 0) return;
    const read = paragraphOf(readInline(this.#paragraph.join("\n"), this.#dialect));
    this.#paragraph = [];
    this.#out.push(read);
  }

  /** A paragraph of its own. */
  #writeBlock(markdown: string, column: number): void {
    this.#endParagraph();
    const { top } = this.#frames;
    const prefix = top.prefix + this.#frames.indentOf(column);
    this.#out.push("");
    if (!markdown) return;
    const shown = readInline(markdown, this.#dialect);
    for (const line of shown.split("\n")) this.#out.push(line && prefix + line);
    this.#out.push("");
    this.#frames.blank();
  }

  // --- code ---

  #openFence(text: string, column: number, isQuoted: boolean): boolean {
    const [, marker, info = ""] = FENCE.exec(text) ?? [];
    if (marker === undefined) return false;
    const { top } = this.#frames;
    if (!isQuoted && this.#endFenceFrame(text)) return true;
    const directive = isQuoted ? undefined : readFenceInfo(info, top.name === "code-group");
    if (directive?.label) this.#writeBlock(directive.label, column);
    else this.#endParagraph();
    if (directive?.isMarkdown) {
      for (const option of this.#readOptions()) this.#writeBlock(option, column);
      this.#frames.open({ kind: "fence", mark: marker, column, name: directive.name });
      return true;
    }
    const indent = this.#frames.indentOf(column);
    const prefix = top.prefix + indent;
    const isHidden = directive?.isHidden === true;
    this.#code = {
      marker: new RegExp(`^\\s*${marker.charAt(0)}{${marker.length},}\\s*$`),
      strip: column,
      prefix: isHidden ? HIDDEN : prefix,
      isQuoted,
      ending: undefined,
    };
    if (isHidden) return true;
    // The options of a code block, such as its caption.
    if (directive?.name) {
      for (const option of this.#readOptions()) this.#writeBlock(`**${option}**`, column);
      if (this.#lines[this.#at]?.trim() === "") this.#at += 1;
    }
    if (!isQuoted) this.#out.push(`${prefix}${marker}${directive?.language ?? info}`);
    return true;
  }

  /** The end of a directive between fences. */
  #endFenceFrame(text: string): boolean {
    if (!/^(?:`+|~+)$/.test(text)) return false;
    const ends = this.#frames.find(({ kind, mark }) => kind === "fence" && text.startsWith(mark));
    if (!ends) return false;
    this.#endParagraph();
    this.#frames.close((frame) => frame === ends);
    this.#out.push("");
    return true;
  }

  #readCode(line: string, code: Code): void {
    const content = code.isQuoted ? line.replace(/^[ \t]*(?:>[ \t]?)+/, "") : line;
    if (code.isQuoted && !/^\s*>/.test(line)) {
      this.#code = undefined;
      this.#at -= 1;
      return;
    }
    // Four columns further in, it is a line of the code.
    const isEnd = code.marker.test(content) && columnOf(content) < code.strip + 4;
    if (isEnd) this.#code = undefined;
    if (code.prefix === HIDDEN) return;
    if (code.isQuoted) this.#out.push(this.#frames.top.prefix + line.trimStart());
    else if (isEnd) this.#out.push(code.prefix + (code.ending ?? content.trim()));
    else if (line.trim() === "") this.#out.push("");
    else this.#out.push(code.prefix + withoutColumns(line, code.strip));
  }

  #readVerbatim(line: string): void {
    const { top } = this.#frames;
    if (this.#verbatimEnd?.test(line)) this.#verbatimEnd = undefined;
    this.#out.push(top.prefix + withoutColumns(line, top.body ?? 0));
  }

  // --- components ---

  #readHtml(text: string, column: number): boolean {
    if (text.startsWith("<!--") && !text.includes("-->")) return this.#skipUntil("-->");
    if (text.startsWith("<![CDATA[") || text.startsWith("]]>")) {
      this.#readText(text.replace(/<!\[CDATA\[|\]\]>/g, ""), column);
      return true;
    }
    for (const [begins, ends] of VERBATIM) {
      if (!begins.test(text)) continue;
      this.#endParagraph();
      const { top } = this.#frames;
      if (!ends.test(text)) this.#verbatimEnd = ends;
      this.#out.push(top.prefix + this.#frames.indentOf(column) + text);
      return true;
    }
    return this.#readLooseDefinition(text) || this.#readTags(text, column);
  }

  /** A line of `<dl>` whose tags stand between blank lines, so that Markdown reads the texts between them as paragraphs. */
  #readLooseDefinition(text: string): boolean {
    const [, end = "", name = ""] = /^<(\/?)(dl|dd|dt)\b[^<>]*>/i.exec(text) ?? [];
    const isList = name.toLowerCase() === "dl";
    const isLoose = (this.#lines[this.#at] ?? "").trim() === "";
    if (name === "" || (this.#looseLists === 0 && !(isList && !end && isLoose))) return false;
    const term = /^<dt\b[^<>]*>(.*)<\/dt>$/i.exec(text)?.[1];
    if (term === undefined && !/^(?:<\/?d[ldt]\b[^<>]*>\s*)+$/i.test(text)) return false;
    this.#endParagraph();
    if (isList) this.#looseLists += end ? -1 : 1;
    if (term !== undefined) this.#term = this.#term ? `${this.#term}, ${term}` : term;
    return true;
  }

  /** A line that begins with tags of components. */
  #readTags(text: string, column: number): boolean {
    let rest = text;
    let isBlock = false;
    for (let tags = 0; rest.startsWith("<") && tags < MAX_TAGS; tags++) {
      const whole = this.#wholeTag(rest);
      if (!whole || !this.#isBlockTag(whole.tag, whole.text, isBlock)) break;
      isBlock = true;
      this.#at += whole.lines;
      this.#readTag(whole.tag, column);
      rest = whole.text.slice(whole.tag.end).trim();
    }
    if (!isBlock) return false;
    if (rest.startsWith("<")) this.#readText(rest, column);
    else if (rest) this.#readRest(rest, column);
    return true;
  }

  /** The tag at the start of a text, which may go on in the following lines. */
  #wholeTag(text: string): { tag: Tag; text: string; lines: number } | undefined {
    if (!/^<\/?(?:[A-Z]|[a-z])/.test(text)) return undefined;
    const tag = readTag(text, 0, this.#dialect.readAhead);
    if (tag) return { tag, text, lines: 0 };
    let joined = text;
    for (let lines = 1; lines <= 60 && this.#dialect.readAhead.left > 0; lines++) {
      const next = this.#lines[this.#at + lines - 1];
      if (next === undefined) return undefined;
      joined += `\n${next}`;
      if (!next.includes(">")) continue;
      const found = readTag(joined, 0, this.#dialect.readAhead);
      if (found) return { tag: found, text: joined, lines };
    }
    return undefined;
  }

  #isBlockTag(tag: Tag, text: string, isWithin: boolean): boolean {
    const name = foldName(tag.name);
    if (/^[A-Z]/.test(tag.name)) {
      if (IN_TEXT.test(name) && !isWithin)
        return /^\s*$/.test(text.slice(tag.end)) && !tag.opens && !tag.closes && name !== "br";
      return !this.#isInSentence(tag, text);
    }
    if (tag.attributes.has("markdown")) return true;
    if (tag.closes)
      return (
        this.#frames.find(({ kind, mark }) => kind === "tag" && mark === tag.name) !== undefined
      );
    if (!this.#dialect.isMdx) return false;
    if (name === "summary") return true;
    return WRAPPER.test(name) && (tag.opens || tag.closes);
  }

  /** `<Term>refund</Term> is paid` is a sentence, `<Card>text</Card>` is a block. */
  #isInSentence(tag: Tag, text: string): boolean {
    if (!tag.opens) return !tag.closes && /^[ \t]*[\p{L}\p{N},.;(]/u.test(text.slice(tag.end));
    const closing = text.lastIndexOf(`</${tag.name}>`);
    return (
      closing > 0 &&
      /[\p{L}\p{N}]/u.test(text.slice(closing + tag.name.length + 3).replace(/<[^<>]*>/g, ""))
    );
  }

  #readTag(tag: Tag, column: number): void {
    const { closes, opens, name } = tag;
    if (closes) {
      this.#endParagraph();
      this.#frames.close(({ kind, mark }) => kind === "tag" && mark === name);
      this.#out.push("");
      return;
    }
    const tabs = this.#frames.find(({ labels }) => labels.length > 0);
    const label = labelOf(tag) || (/tab/i.test(name) ? (tabs?.labels.shift() ?? "") : "");
    const isSummary = name === "summary";
    if (isSummary) this.#endParagraph();
    else this.#writeBlock(label && !label.includes("**") ? `**${label}**` : label, column);
    if (!opens || (this.#closers.get(name) ?? -1) < this.#at - 1) return;
    const items = tag.expressions.get("items") ?? tag.expressions.get("values") ?? "";
    this.#frames.open({
      kind: "tag",
      mark: name,
      column,
      name: foldName(name),
      labels: stringsOf(items),
    });
  }

  /** Text behind a tag on the same line. */
  #readRest(rest: string, column: number): void {
    const closing = /^([\s\S]*?)((?:\s*<\/[A-Za-z][\w.]*\s*>)+)\s*$/.exec(rest.slice(-MAX_REST));
    const tags = closing?.[2] ?? "";
    const text = rest.slice(0, rest.length - tags.length).trim();
    const isSummary = tags.includes("</summary>");
    const { top } = this.#frames;
    const at = top.body ?? column;
    if (isSummary) this.#writeBlock(`**${text.replace(/<[^<>]*>|\*\*/g, "").trim()}**`, column);
    else if (text) {
      top.body ??= column;
      if (!this.#readBlock(text, at)) this.#readText(text, at);
    }
    if (tags && !this.#code) {
      this.#endParagraph();
      for (const [, name = ""] of tags.matchAll(/<\/([\w.]+)/g))
        this.#frames.close(({ kind, mark }) => kind === "tag" && mark === name);
      this.#out.push("");
    }
    if (top.body === column && text) top.body = undefined;
  }

  // --- directives and callouts ---

  #readColons(text: string, column: number): boolean {
    const directive = readColons(text, this.#hasColons);
    if (!directive) return false;
    if (directive.kind === "close") {
      this.#endParagraph();
      const { length } = directive.marker;
      const isSame = this.#frames.close(
        ({ kind, mark }) => kind === "colons" && mark.length === length,
      );
      if (!isSame)
        this.#frames.close(({ kind, mark }) => kind === "colons" && mark.length <= length);
      this.#out.push("");
      return true;
    }
    const options = directive.takesOptions ? this.#readOptions() : [];
    this.#writeBlock([directive.label, ...options].filter(Boolean).join(" "), column);
    if (directive.kind === "open")
      this.#frames.open({ kind: "colons", mark: directive.marker, column, name: directive.name });
    return true;
  }

  /** The options below a directive's first line, `:alt: text`. @returns those that are shown */
  #readOptions(): string[] {
    const shown: string[] = [];
    for (; this.#at < this.#lines.length; this.#at++) {
      const [, name = "", value = ""] =
        /^\s*:([\w-]+):(?:\s+(.*))?$/.exec(this.#lines[this.#at] ?? "") ?? [];
      if (!name) return shown;
      if (/^(?:alt|caption|title)$/.test(name) && value) shown.push(value);
    }
    return shown;
  }

  #readIndented(text: string, column: number): boolean {
    const next = this.#nextText();
    const block = readIndented(text, next !== undefined && columnOf(next) >= column + 4);
    if (!block) return false;
    this.#writeBlock(block.label, column);
    if (block.opens)
      this.#frames.open({ kind: "indented", mark: "", column, name: block.name, body: column + 4 });
    return true;
  }

  #nextText(): string | undefined {
    for (let at = this.#at; at < Math.min(this.#lines.length, this.#at + 5); at++)
      if (this.#lines[at]?.trim()) return this.#lines[at];
    return undefined;
  }

  #readSlashes(text: string, column: number): boolean {
    const block = readSlashes(text);
    if (!block) return false;
    if (block.name === "") {
      this.#endParagraph();
      this.#frames.close(({ kind, mark }) => kind === "slashes" && mark === block.marker);
      this.#out.push("");
      return true;
    }
    this.#writeBlock(block.label, column);
    while (/^ {4}[\w-]+:/.test(this.#lines[this.#at] ?? "")) this.#at += 1;
    this.#frames.open({ kind: "slashes", mark: block.marker, column, name: block.name });
    return true;
  }

  #readQuote(text: string, column: number): boolean {
    const [, quote = "", content = ""] = /^((?:>[ \t]?)+)[ \t]*(.*)$/.exec(text) ?? [];
    if (/^(?:`{3}|~{3})/.test(content)) {
      this.#endParagraph();
      const isFence = this.#openFence(content, column, true);
      if (isFence) this.#out.push(this.#frames.top.prefix + this.#frames.indentOf(column) + text);
      return isFence;
    }
    const label = readQuoted(content);
    if (label === undefined) return false;
    this.#readText(`${quote}${label}`, column);
    if (label) this.#readText(quote.trimEnd(), column);
    return true;
  }

  /** `@tab Label` in a group of tabs (VuePress). */
  #readTabMark(text: string, column: number): boolean {
    const [, label] = /^@tab(?::\w+)?\s+(.*)$/.exec(text) ?? [];
    if (!label || !/tab/.test(this.#frames.top.name)) return false;
    this.#writeBlock(`**${label}**`, column);
    return true;
  }

  #readOther(text: string, column: number): boolean {
    const docFxTab = /^#{1,6}\s+\[([^\]]+)\]\(#tabs?\/[^)]*\)\s*$/.exec(text)?.[1];
    if (docFxTab) {
      this.#writeBlock(`**${docFxTab}**`, column);
      return true;
    }
    if (this.#dialect.isMyst && (/^%\s/.test(text) || /^\([\w .:/-]+\)=$/.test(text))) return true;
    return TOC_ITEM.test(text) && /^\{:?\s*toc/i.test(this.#lines[this.#at]?.trim() ?? "");
  }

  // --- braces, modules, JSON ---

  #readBraces(text: string, column: number): boolean {
    if (text.startsWith("{/*")) {
      const end = text.indexOf("*/}");
      if (end < 0) return this.#skipUntil("*/}");
      if (end === text.length - 3) return true;
      return false;
    }
    if (/^\{:{1,2}comment\}$/.test(text)) return this.#skipUntil("{:/");
    const callout = calloutClassOf(text);
    if (callout && this.#lines[this.#at]?.trim()) {
      this.#writeBlock(labelOf({ name: callout, attributes: new Map(), words: [] }), column);
      return true;
    }
    const whole = this.#wholeShortcodes(text);
    if (whole === undefined) return this.#dialect.isMdx && this.#skipExpression(text);
    for (const shortcode of shortcodesIn(whole)) {
      const { name, closes } = shortcode;
      if (name === "raw" || name === "verbatim") {
        this.#endParagraph();
        this.#isRaw = !closes;
      } else if (HIDDEN_TAG.test(name) && !closes)
        return this.#skipUntil(/\bendcomment\b|\/comment\b/);
      else if (
        CODE_TAG.test(name) &&
        !closes &&
        this.#openCodeTag(shortcode.name, shortcode.words, column, labelOf(shortcode))
      )
        return true;
      else this.#writeBlock(shownFor(shortcode), column);
    }
    return true;
  }

  /** The line, with the lines that its last tag goes on in, if it holds nothing but tags. */
  #wholeShortcodes(text: string): string | undefined {
    if (!/^\{(?:%|\{[<%#/])/.test(text)) return undefined;
    let joined = text;
    for (let lines = 0; lines <= 30; lines++) {
      const tags = shortcodesIn(joined);
      const last = tags.at(-1);
      if (last?.end === joined.length) {
        const between = tags.map(({ start }, index) =>
          joined.slice(tags[index - 1]?.end ?? 0, start),
        );
        if (between.some((words) => words.trim() !== "")) return undefined;
        this.#at += lines;
        return joined;
      }
      if (/[%>}]\}/.test(joined.slice(-200)) || this.#dialect.readAhead.left <= 0) return undefined;
      const next = this.#lines[this.#at + lines];
      if (next === undefined || next.trim() === "") return undefined;
      this.#dialect.readAhead.left -= joined.length;
      joined += `\n${next.trim()}`;
    }
    return undefined;
  }

  /** A shortcode whose body is code, unless the body has a fence of its own. */
  #openCodeTag(name: string, words: readonly string[], column: number, label: string): boolean {
    if (FENCE.test(this.#nextText()?.trim() ?? "")) return false;
    const end = new RegExp(`\\{(?:%|\\{[<%])-?\\s*(?:end|/\\s*)${name}`);
    this.#writeBlock(label, column);
    const prefix = this.#frames.top.prefix + this.#frames.indentOf(column);
    this.#code = { marker: end, strip: column, prefix, isQuoted: false, ending: "`````" };
    this.#out.push(`${prefix}\`\`\`\`\`${/^[\w+#-]+$/.test(words[0] ?? "") ? words[0] : ""}`);
    return true;
  }

  /** Code between braces on lines of its own. */
  #skipExpression(text: string): boolean {
    const { readAhead } = this.#dialect;
    let joined = text;
    for (let lines = 0; lines <= 60 && readAhead.left > 0; lines++) {
      readAhead.left -= joined.length;
      const end = endOfBraces(joined, 0);
      if (end !== undefined) {
        if (end < joined.length || lines === 0) return false;
        this.#at += lines;
        this.#readText(joined, 0);
        return true;
      }
      const next = this.#lines[this.#at + lines];
      if (next === undefined) return false;
      joined += `\n${next}`;
    }
    return false;
  }

  #readModule(text: string, column: number): boolean {
    if (column > 0) return false;
    if (IMPORT.test(text)) return true;
    // Below a heading a module's code may begin without a blank line.
    if (this.#paragraph.length > 0 && !/^#{1,6} /.test(this.#paragraph.at(-1) ?? "")) return false;
    if (IMPORT_BEGINS.test(text)) return this.#skipUntil(/\bfrom\s+["'][^"']+["']/, 60);
    if (!EXPORT.test(text)) return false;
    const { readAhead } = this.#dialect;
    let depth = 0;
    for (let at = this.#at - 1; at < this.#lines.length && readAhead.left > 0; at++) {
      const line = this.#lines[at] ?? "";
      readAhead.left -= line.length;
      if (depth === 0 && at >= this.#at && (line.trim() === "" || /^\S/.test(line))) {
        this.#at = at;
        return true;
      }
      depth = Math.max(0, depth + depthOf(line));
      if (depth === 0 && at === this.#lines.length - 1) {
        this.#at = at + 1;
        return true;
      }
    }
    // Brackets that do not close: only the line is code.
    return true;
  }

  #readMagicBlock(text: string): boolean {
    const [, name] = /^\[block:([\w-]+)\]/.exec(text) ?? [];
    if (!name) return false;
    const { readAhead } = this.#dialect;
    const json: string[] = [text.slice(name.length + 8)];
    for (let at = this.#at; readAhead.left > 0; at++) {
      const last = json.at(-1) ?? "";
      readAhead.left -= last.length + 1;
      if (last.includes("[/block]")) {
        const block = readMagicBlock(name, json.join("\n").replace("[/block]", ""));
        if (block === undefined) return false;
        this.#at = at;
        this.#endParagraph();
        for (const line of ["", ...block.split("\n"), ""]) this.#readLine(line);
        return true;
      }
      const next = this.#lines[at];
      if (next === undefined) return false;
      json.push(next);
    }
    return false;
  }

  /** Leaves out the lines up to the one that holds the mark, unless none does. */
  #skipUntil(mark: string | RegExp, most = Infinity): boolean {
    const { readAhead } = this.#dialect;
    const end = Math.min(this.#lines.length, this.#at + most);
    for (let at = this.#at; at < end && readAhead.left > 0; at++) {
      const line = this.#lines[at] ?? "";
      readAhead.left -= line.length + 1;
      if (typeof mark === "string" ? !line.includes(mark) : !mark.test(line)) continue;
      this.#at = at + 1;
      return true;
    }
    return false;
  }
}

/** In place of a prefix: code that is not shown. */
const HIDDEN = "\0";
/** How many tags a line may begin with that are blocks: each is looked at with the rest of its line. */
const MAX_TAGS = 40;
/** In characters. Closing tags are looked for at the end of a line. */
const MAX_REST = 500;

/** How many columns the text of a line is indented by. */
function columnOf(line: string): number {
  const space = /^[ \t]*/.exec(line)?.[0] ?? "";
  return space.includes("\t") ? space.replaceAll("\t", "    ").length : space.length;
}

function withoutColumns(line: string, columns: number): string {
  let at = 0;
  for (let column = 0; column < columns && /[ \t]/.test(line.charAt(at)); at++)
    column += line.charAt(at) === "\t" ? 4 : 1;
  return line.slice(at);
}

/** How many brackets a line of code leaves open; those in strings do not count. */
function depthOf(line: string): number {
  const code = line.replace(/\\.|"[^"\\\n]*"|'[^'\\\n]*'|`[^`\\\n]*`|\/\/ .*$/g, "");
  return (code.match(/[([{]/g)?.length ?? 0) - (code.match(/[)\]}]/g)?.length ?? 0);
}
