import { labelOf } from "./component.ts";
import { isFence } from "./fences.ts";
import type { MarkupDocument } from "./markup-document.ts";
import { calloutClassOf } from "./paragraphs.ts";
import { shortcodesIn, shownFor, type Shortcode } from "./shortcodes.ts";
import { endOfBraces } from "./tags.ts";

/** Shortcodes whose body is code, or hidden. */
const CODE_TAG = /^(?:highlight|codeblock|code_block|highlight-?code|code)$/;
const HIDDEN_TAG = /^comment$/;
/** A line of shortcodes may go on in so many lines below, and code between braces. */
const MAX_SHORTCODE_LINES = 30;
const MAX_CODE_LINES = 60;

/** A line that begins with a brace: shortcodes, a comment, attributes above a callout, or code of MDX. */
export function readBraces(document: MarkupDocument, text: string, column: number): boolean {
  const { lines } = document;
  if (text.startsWith("{/*")) {
    const end = text.indexOf("*/}");
    return end < 0 ? lines.skipUntil("*/}") : end === text.length - 3;
  }
  if (/^\{:{1,2}comment\}$/.test(text)) return lines.skipUntil("{:/");
  const callout = calloutClassOf(text);
  if (callout && !lines.isNextBlank()) {
    document.writeBlock(labelOf({ name: callout, attributes: new Map(), words: [] }), column);
    return true;
  }
  const whole = wholeShortcodes(document, text);
  if (whole === undefined) return document.dialect.isMdx && readExpression(document, text);
  for (const shortcode of shortcodesIn(whole)) {
    const { name, closes } = shortcode;
    if (name === "raw" || name === "verbatim") {
      document.endParagraph();
      document.isRaw = !closes;
    } else if (HIDDEN_TAG.test(name) && !closes)
      return lines.skipUntil(/\bendcomment\b|\/comment\b/);
    else if (CODE_TAG.test(name) && !closes && openCode(document, shortcode, column)) return true;
    else document.writeBlock(shownFor(shortcode), column);
  }
  return true;
}

/** The line, with the lines that its last tag goes on in, if it holds nothing but tags. */
function wholeShortcodes(
  { lines: source, dialect: { readAhead } }: MarkupDocument,
  text: string,
): string | undefined {
  if (!/^\{(?:%|\{[<%#/])/.test(text)) return undefined;
  let joined = text;
  for (let lines = 0; lines <= MAX_SHORTCODE_LINES; lines++) {
    const tags = shortcodesIn(joined);
    const last = tags.at(-1);
    if (last?.end === joined.length) {
      const between = tags.map(({ start }, index) =>
        joined.slice(tags[index - 1]?.end ?? 0, start),
      );
      if (between.some((words) => words.trim() !== "")) return undefined;
      source.at += lines;
      return joined;
    }
    if (/[%>}]\}/.test(joined.slice(-200)) || readAhead.left <= 0) return undefined;
    const next = source.ahead(lines);
    if (next === undefined || next.trim() === "") return undefined;
    readAhead.left -= joined.length;
    joined += `\n${next.trim()}`;
  }
  return undefined;
}

/** A shortcode whose body is code, unless the body has a fence of its own. */
function openCode(document: MarkupDocument, shortcode: Shortcode, column: number): boolean {
  if (isFence(document.lines.nextText()?.trim() ?? "")) return false;
  const { name, words } = shortcode;
  const end = new RegExp(`\\{(?:%|\\{[<%])-?\\s*(?:end|/\\s*)${name}`);
  document.writeBlock(labelOf(shortcode), column);
  const prefix = document.frames.top.prefix + document.frames.indentOf(column);
  document.code = {
    end,
    strip: column,
    prefix,
    isQuoted: false,
    isHidden: false,
    ending: "`````",
  };
  document.write(`${prefix}\`\`\`\`\`${/^[\w+#-]+$/.test(words[0] ?? "") ? words[0] : ""}`);
  return true;
}

/** Code between braces that begins and ends with a line. Its words are text. */
function readExpression(document: MarkupDocument, text: string): boolean {
  const { lines: source, dialect } = document;
  const { readAhead } = dialect;
  let joined = text;
  for (let lines = 0; lines <= MAX_CODE_LINES && readAhead.left > 0; lines++) {
    readAhead.left -= joined.length;
    const end = endOfBraces(joined, 0);
    if (end !== undefined) {
      if (end < joined.length || lines === 0) return false;
      source.at += lines;
      document.readText(joined, 0);
      return true;
    }
    const next = source.ahead(lines);
    if (next === undefined) return false;
    joined += `\n${next}`;
  }
  return false;
}
