import type { Element, Properties, Root } from "hast";
import { Parser } from "htmlparser2";
import { UnreadableDocument } from "./unreadable-document.ts";

/** Real pages nest a few dozen levels deep. Later stages walk the tree by recursion, so depth costs stack. */
const MAX_DEPTH = 256;
/** A cell's rowspan and colspan are cut to this, because each cell that it covers is written out. */
const MAX_SPAN = 50;

/**
 * Parses HTML in one pass and in linear time, whatever the input. A browser reopens formatting elements such as `<b>` in each new
 * paragraph, so that 1 MB can grow into millions of nodes; this parser never does.
 * @throws {UnreadableDocument} when elements nest deeper than any page does
 */
export function parseHtml(html: string): Root {
  const root: Root = { type: "root", children: [] };
  const open: (Root | Element)[] = [root];
  const parser = new Parser({
    onopentag(tagName, attributes) {
      if (open.length > MAX_DEPTH) {
        throw new UnreadableDocument(
          `The HTML nests its elements more than ${MAX_DEPTH} levels deep. Remove some of the nesting.`,
        );
      }
      const properties = toProperties(attributes);
      const element: Element = { type: "element", tagName, properties, children: [] };
      open.at(-1)?.children.push(element);
      open.push(element);
    },
    onclosetag() {
      open.pop();
    },
    ontext(value) {
      const siblings = open.at(-1)?.children ?? root.children;
      const last = siblings.at(-1);
      if (last?.type === "text") last.value += value;
      else siblings.push({ type: "text", value });
    },
  });
  parser.end(html.replaceAll("\0", ""));
  return root;
}

const RENAMED = {
  "aria-hidden": "ariaHidden",
  "aria-controls": "ariaControls",
  "aria-expanded": "ariaExpanded",
  "data-codename": "dataCodename",
};

/** The attributes that later stages read, under their hast names. */
function toProperties(attributes: Record<string, string>): Properties {
  const properties: Properties = {};
  for (const name of ["id", "role", "href", "src", "alt", "title", "start", "align", "style"]) {
    if (attributes[name] !== undefined) properties[name] = attributes[name];
  }
  const { class: className, colspan, rowspan } = attributes;
  if (className !== undefined) properties.className = className.split(/\s+/).filter(Boolean);
  if (colspan !== undefined) properties.colSpan = span(colspan);
  if (rowspan !== undefined) properties.rowSpan = span(rowspan);
  if (attributes["hidden"] !== undefined) properties.hidden = true;
  for (const [name, property] of Object.entries(RENAMED)) {
    if (attributes[name] !== undefined) properties[property] = attributes[name];
  }
  return properties;
}

function span(value: string): number {
  return Math.min(MAX_SPAN, Math.max(1, Number.parseInt(value, 10) || 1));
}
