import { labelOf, noteOf } from "./component.ts";
import type { Dialect } from "./dialect.ts";
import { replaceAt } from "./replace-at.ts";
import { spaced } from "./spaced.ts";
import { readTag, type Tag } from "./tags.ts";

/** Attributes that mean something in Markdown and HTML. */
const HTML_ATTRIBUTES = ["href", "src", "alt", "title", "colspan", "rowspan", "start"];

/** Tags of components → their labels. Tags of HTML lose the attributes that are code. */
export function withoutTags(text: string, dialect: Dialect, opened: string[]): string {
  return replaceAt(text, "<", (start) => {
    if (text.charAt(start - 1) === "\\") return undefined;
    const begins = text.slice(start, start + 3);
    if (dialect.isMdx && /^<\/?>/.test(begins))
      return { end: text.indexOf(">", start) + 1, shown: "" };
    const isComponent = /^<\/?[A-Z]/.test(begins);
    if (!isComponent && !(dialect.isMdx && /^<[a-z]/.test(begins))) return undefined;
    const tag = readTag(text, start, dialect.readAhead);
    if (!tag) return undefined;
    const { end } = tag;
    if (!isComponent)
      return tag.expressions.size > 0 ? { end, shown: withoutCode(tag) } : undefined;
    if (tag.closes) return { end, shown: opened.pop() ?? "" };
    const label = labelOf(tag);
    if (tag.opens) opened.push(noteOf(tag));
    return { end, shown: spaced(text.charAt(start - 1), label, text.charAt(end)) };
  });
}

/** A tag of HTML with the attributes that mean something. */
function withoutCode(tag: Tag): string {
  const kept = HTML_ATTRIBUTES.filter((name) => tag.attributes.has(name));
  const attributes = kept.map(
    (name) => ` ${name}="${tag.attributes.get(name)?.replaceAll('"', "&quot;")}"`,
  );
  return `<${tag.name}${attributes.join("")}${tag.opens ? "" : " /"}>`;
}
