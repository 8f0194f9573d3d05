import type { Steps } from "../../../runtime/steps.ts";
import { htmlInSteps } from "../html/html.ts";
import { markdownInSteps } from "../markdown.ts";
import { slateToMarkdown } from "./slate.ts";
import { isObject } from "./tree.ts";

/** Hygraph's rich text → Markdown: whichever of `raw` (or `json`), `html`, `markdown` and `text` the query asked for. */
export function hygraphToMarkdown(value: unknown): Steps<string> {
  const forms = isObject(value) ? value : {};
  const { raw = forms["json"], html, markdown, text } = forms;
  if (raw !== undefined && raw !== null) return slateToMarkdown(raw, "Hygraph rich text");
  if (typeof html === "string") return htmlInSteps(html);
  if (typeof markdown === "string") return markdownInSteps(markdown);
  if (typeof text === "string") return markdownInSteps(text);
  return slateToMarkdown(value, "Hygraph rich text");
}
