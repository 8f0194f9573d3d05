import { parseMarkdown } from "../knowledge/formats/markdown/markdown-tree.ts";
import { readableText } from "../knowledge/formats/readable-text.ts";

/** In characters. A longer text is not read as Markdown: no answer without a model is longer. */
const MAX_CHARACTERS = 12_000;
const MARKUP = /[\\`*_~[\]<>|#&]|^[^\S\n]*\d{1,9}[.)]/m;
/**
 * What of Markdown is not shown by a renderer, or only as a target, a language or a number that the list counts itself. White space is that of
 * one line: with line feeds, a run of them would be read from each of its lines.
 */
const NOT_SHOWN =
  /\]\([^()\s]*\)|^[ \t>]*(?:`{3,}|~{3,})[\w+#.-]*[ \t]*$|^[ \t>]*\d{1,9}[.)](?=\s)/gm;

/**
 * The text of Markdown as the passages of a source hold it. It is undefined if a word of the Markdown is missing in it, or stands in it less
 * often, such as one in a comment: nobody would look for that word in the source.
 */
export function plainText(markdown: string): string | undefined {
  if (!MARKUP.test(markdown)) return markdown;
  if (markdown.length > MAX_CHARACTERS) return undefined;
  const plain = Array.from(parseMarkdown(markdown), readableText).filter(Boolean).join("\n");
  const kept = countWords(plain);
  const written = countWords(markdown.replace(NOT_SHOWN, " "));
  return written.entries().every(([word, times]) => times <= (kept.get(word) ?? 0))
    ? plain
    : undefined;
}

function countWords(text: string): Map<string, number> {
  const counts = new Map<string, number>();
  for (const [word] of text.matchAll(/[\p{L}\p{M}\p{N}]+/gu))
    counts.set(word, (counts.get(word) ?? 0) + 1);
  return counts;
}
