import { decodeHTML } from "entities";
import { Lexer } from "marked";
import type { Document } from "../../cli/document.ts";

/** A heading with the text below it, up to the next heading of any level; or the text before the first heading. */
export interface Section {
  document: string;
  title: string;
  /** As it stands in the document, with its heading: what the baseline quotes. */
  text: string;
}

/** Splits a document at its headings. A heading without text of its own is no section, unless the document has nothing else. */
export function splitSections({
  external_id: document,
  title,
  content,
  content_type,
}: Document): Section[] {
  if (content_type === "text/plain") return [{ document, title, text: content }];
  const markdown = content_type === "text/html" ? headingsOf(content) : content;
  const sections: { text: string; hasBody: boolean }[] = [{ text: "", hasBody: false }];
  for (const token of new Lexer().blockTokens(markdown)) {
    if (token.type === "heading") sections.push({ text: "", hasBody: false });
    const section = sections.at(-1) as (typeof sections)[number];
    section.text += token.raw;
    section.hasBody ||= token.type !== "heading" && token.type !== "space";
  }
  const answering = sections.filter((section) => section.hasBody);
  const kept = answering.length > 0 ? answering : [{ text: markdown }];
  return kept.map(({ text }) => ({ document, title, text: text.trim() }));
}

/** Text of HTML with Markdown's marks for its headings only. */
function headingsOf(html: string): string {
  return decodeHTML(
    html
      .replace(/<(script|style|head)\b[^]*?<\/\1\s*>|<!--[^]*?-->/gi, " ")
      .replace(/<h[1-6]\b[^<>]*>/gi, "\n\n## ")
      .replace(
        /<\/h[1-6]\s*>|<\/?(?:p|div|li|tr|table|ul|ol|br|section|article)\b[^<>]*>/gi,
        "\n\n",
      )
      .replace(/<\/?[a-z][^<>]*>/gi, " ")
      .replace(/\n\s*\n/g, "\n\n"),
  );
}
