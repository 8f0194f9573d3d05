const BEFORE_HTML = String.raw`^(?:\s|<\?xml[^>]*>|<!--(?:(?!-->)[^])*-->)*`;
const HTML_PAGE = new RegExp(`${BEFORE_HTML}<(?:!doctype\\s+html|html)[\\s>]`, "i");
/** An element with a closing tag, so that a text which only mentions an element is not read as HTML. */
const HTML_BLOCK = new RegExp(
  `${BEFORE_HTML}<(address|article|aside|blockquote|body|details|div|dl|fieldset|figure|footer|form|h[1-6]|head|header|main|nav|ol|p|pre|section|table|ul)(?:\\s[^>]*)?>[^]*</\\1\\s*>`,
  "i",
);
const MARKDOWN = /^#{1,6} \S|^```|^\|.*\|\s*$|\]\((?:https?:|\/|#)|\*\*\S[^*\n]*\*\*/m;

/**
 * A text is Markdown only if it has a heading, link, fence or table, because plain text that is read as Markdown loses its `*`,
 * `_` and `<`. Markdown may begin with a block of HTML, but a whole HTML page is never Markdown.
 */
export function guessType(text: string): string {
  if (HTML_PAGE.test(text)) return "text/html";
  if (MARKDOWN.test(text)) return "text/markdown";
  return HTML_BLOCK.test(text) ? "text/html" : "text/plain";
}
