import { labelOf, noteOf } from "./component.ts";
import type { Dialect } from "./dialect.ts";
import { spaced } from "./spaced.ts";
import { readTag } from "./tags.ts";

/** Attributes that mean something in Markdown and HTML. */
const HTML_ATTRIBUTES = ["href", "src", "alt", "title", "colspan", "rowspan", "start"];

/** Tags of components → their labels. Tags of HTML lose the attributes that are code. */
export function withoutTags(text: string, dialect: Dialect, opened: string[]): string {
  let read = "";
  let at = 0;
  for (
    let start = text.indexOf("<");
    start >= 0;
    start = text.indexOf("<", Math.max(at, start + 1))
  ) {
    if (text.charAt(start - 1) === "\\") continue;
    if (dialect.isMdx && /^<\/?>/.test(text.slice(start, start + 3))) {
      read += text.slice(at, start);
      at = text.indexOf(">", start) + 1;
      continue;
    }
    const isComponent = /^<\/?[A-Z]/.test(text.slice(start, start + 3));
    if (!isComponent && !(dialect.isMdx && /^<[a-z]/.test(text.slice(start, start + 2)))) continue;
    const tag = readTag(text, start, dialect.readAhead);
    if (!tag) continue;
    if (!isComponent && tag.expressions.size === 0) continue;
    const before = text.charAt(start - 1);
    read += text.slice(at, start);
    at = tag.end;
    if (!isComponent) {
      const kept = HTML_ATTRIBUTES.filter((name) => tag.attributes.has(name));
      const attributes = kept.map(
        (name) => ` ${name}="${tag.attributes.get(name)?.replaceAll('"', "&quot;")}"`,
      );
      read += `<${tag.name}${attributes.join("")}${tag.opens ? "" : " /"}>`;
      continue;
    }
    if (tag.closes) read += opened.pop() ?? "";
    else {
      const label = labelOf(tag);
      if (tag.opens) opened.push(noteOf(tag));
      read += spaced(before, label, text.charAt(at));
    }
  }
  return read + text.slice(at);
}
