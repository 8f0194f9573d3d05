import { htmlToMarkdown } from "../html.ts";
import { cleanMarkdown } from "../markdown.ts";
import { slateToMarkdown } from "./slate.ts";
import { isObject } from "./tree.ts";

/** Hygraph's rich text → Markdown: whichever of `raw` (or `json`), `html`, `markdown` and `text` the query asked for. */
export function hygraphToMarkdown(value: unknown): string {
  const forms = isObject(value) ? value : {};
  const { raw = forms["json"], html, markdown, text } = forms;
  if (raw !== undefined && raw !== null) return slateToMarkdown(raw, "Hygraph rich text");
  if (typeof html === "string") return htmlToMarkdown(html);
  if (typeof markdown === "string") return cleanMarkdown(markdown);
  if (typeof text === "string") return cleanMarkdown(text);
  return slateToMarkdown(value, "Hygraph rich text");
}
