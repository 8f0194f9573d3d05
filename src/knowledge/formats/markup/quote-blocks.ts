import { readQuoted } from "./directive-lines.ts";
import { openQuotedFence } from "./fences.ts";
import type { MarkupDocument } from "./markup-document.ts";

/** A quotation that is a callout, `> [!NOTE]`, or that begins with code. */
export function readQuote(document: MarkupDocument, text: string, column: number): boolean {
  const [, quote = "", content = ""] = /^((?:>[ \t]?)+)[ \t]*(.*)$/.exec(text) ?? [];
  if (/^(?:`{3}|~{3})/.test(content)) {
    document.endParagraph();
    const { frames } = document;
    const isFence = openQuotedFence(document, content, column);
    if (isFence) document.write(frames.top.prefix + frames.indentOf(column) + text);
    return isFence;
  }
  const label = readQuoted(content);
  if (label === undefined) return false;
  document.readText(`${quote}${label}`, column);
  if (label) document.readText(quote.trimEnd(), column);
  return true;
}
