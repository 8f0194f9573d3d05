import { plainText } from "../../citations/plain-text.ts";
import { contentLines } from "../../citations/section-text.ts";
import type { MarkedText } from "../../text/marked-text.ts";
import { escaped, writeInline, type LinkTo } from "./inline-markdown.ts";

/** Without these, a text without styles reads as it is written. */
const MAY_BE_MARKUP = /[\\`*_~[\]<>&#|+=]|^\s*-|\d[.)]|:\/\//;

/** A line with its styles; without what would read as something else. */
export function writeLine(line: MarkedText, linkTo: LinkTo): string {
  if (line.spans.length === 0 && !MAY_BE_MARKUP.test(line.text)) return line.text;
  const wanted = contentLines(line.text);
  const attempts = [
    () => writeInline(line, linkTo, (text) => text),
    () => writeInline(line, linkTo, escaped),
  ];
  for (const attempt of attempts) {
    const written = attempt();
    if (readsAs(written, wanted)) return written;
  }
  return escaped(line.text);
}

/** Whether Markdown says what a text says. @param wanted its lines, as {@link contentLines} gives them */
export function readsAs(markdown: string, wanted: string): boolean {
  const plain = plainText(markdown);
  return plain !== undefined && contentLines(plain) === wanted;
}
