import { parseMarkdown } from "../knowledge/formats/markdown/markdown-tree.ts";
import { readableText } from "../knowledge/formats/readable-text.ts";

/** In characters. A longer text is not read as Markdown: no answer without a model is longer. */
const MAX_CHARACTERS = 12_000;
const MARKUP = /[\\`*_~[\]<>|#&]|^\s*\d{1,9}[.)]/m;
/** What of Markdown is not shown by a renderer, or only as a target or a language. */
const NOT_SHOWN = /\]\([^()\s]*\)|^[\s>]*(?:`{3,}|~{3,})[\w+#.-]*[ \t]*$/gm;

/**
 * The text of Markdown as the passages of a source hold it. It is undefined if a word of the Markdown is missing in it, such as one in a
 * comment: nobody would look for that word in the source.
 */
export function plainText(markdown: string): string | undefined {
  if (!MARKUP.test(markdown)) return markdown;
  if (markdown.length > MAX_CHARACTERS) return undefined;
  const plain = Array.from(parseMarkdown(markdown), readableText).filter(Boolean).join("\n");
  const kept = wordsIn(plain);
  return wordsIn(markdown.replace(NOT_SHOWN, " ")).isSubsetOf(kept) ? plain : undefined;
}

function wordsIn(text: string): Set<string> {
  return new Set(text.match(/[\p{L}\p{M}\p{N}]+/gu));
}
