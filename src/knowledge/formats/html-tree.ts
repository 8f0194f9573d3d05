import type { Element, Properties, Root } from "hast";
import { Parser } from "htmlparser2";
import { runAtOnce, type Steps } from "../../runtime/steps.ts";
import { UnreadableDocument } from "./unreadable-document.ts";

/** Real pages nest a few dozen levels deep. Later stages walk the tree by recursion, so depth costs stack. */
const MAX_DEPTH = 256;
/**
 * Real pages of a megabyte have up to 50,000. A node takes as long as some 70 characters of prose, so this many take as long as four
 * megabytes of it. Each pass over the tree is one step of the work.
 */
const MAX_NODES = 60_000;
const CHARACTERS_PER_STEP = 50_000;
/** In characters. A longer address is left out: a converter repeats it for each block within the link. */
const MAX_ADDRESS = 2000;
/** A cell's rowspan and colspan are cut to this, because each cell that it covers is written out. */
const MAX_SPAN = 50;

/**
 * Parses HTML in one pass and in linear time, whatever the input. A browser reopens formatting elements such as `<b>` in each new
 * paragraph, so that 1 MB can grow into millions of nodes; this parser never does.
 * @throws {UnreadableDocument} when elements nest deeper than any page does, or when there are too many
 */
export function parseHtml(html: string): Root {
  return runAtOnce(parseInSteps(html));
}

/**
 * The same in steps of some tens of milliseconds (`runtime/steps.ts`).
 * @param nodes counts those of several fragments of one document
 */
export function* parseInSteps(html: string, nodes = { count: 0 }): Steps<Root> {
  const root: Root = { type: "root", children: [] };
  const open: (Root | Element)[] = [root];
  const count = (): void => {
    nodes.count += 1;
    if (nodes.count > MAX_NODES) {
      throw new UnreadableDocument(
        `The page has more than ${MAX_NODES} elements and texts, such as paragraphs, links and line breaks. Split it into several documents.`,
      );
    }
  };
  const parser = new Parser({
    onopentag(tagName, attributes) {
      if (open.length > MAX_DEPTH) {
        throw new UnreadableDocument(
          `The HTML nests its elements more than ${MAX_DEPTH} levels deep. Remove some of the nesting.`,
        );
      }
      count();
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
      else {
        count();
        siblings.push({ type: "text", value });
      }
    },
  });
  const source = html.replaceAll("\0", "");
  for (let start = 0; start < source.length; start += CHARACTERS_PER_STEP) {
    parser.write(source.slice(start, start + CHARACTERS_PER_STEP));
    yield;
  }
  parser.end();
  return root;
}

const RENAMED = {
  "aria-label": "ariaLabel",
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
  for (const name of ["href", "src", "title"]) {
    if ((attributes[name]?.length ?? 0) > MAX_ADDRESS) delete properties[name];
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
