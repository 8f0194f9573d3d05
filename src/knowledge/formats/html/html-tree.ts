import type { Element, Properties, Root } from "hast";
import { type Handler, Parser } from "htmlparser2";
import type { Steps } from "../../../runtime/steps.ts";
import { UnreadableDocument } from "../unreadable-document.ts";

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
/** In characters of an icon's path: enough to tell two icons apart. */
const MAX_OUTLINE = 120;
/** A cell's rowspan and colspan are cut to this, because each cell that it covers is written out. */
const MAX_SPAN = 50;

/**
 * Parses HTML in one pass and in linear time, whatever the input. A browser reopens formatting elements such as `<b>` in each new
 * paragraph, so that 1 MB can grow into millions of nodes; this parser never does. It works in steps of some tens of milliseconds
 * (`runtime/steps.ts`).
 * @throws {UnreadableDocument} when elements nest deeper than any page does, or when there are too many
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
  const handler: Partial<Handler> = {
    onopentag(tagName, attributes) {
      if (open.length > MAX_DEPTH) {
        throw new UnreadableDocument(
          `The HTML nests its elements more than ${MAX_DEPTH} levels deep. Remove some of the nesting.`,
        );
      }
      count();
      const properties = toProperties(attributes);
      const value = attributes["value"] ?? "";
      // A browser shows the content of such a template at once.
      const isShadow = tagName === "template" && attributes["shadowrootmode"] !== undefined;
      const isButton = tagName === "input" && BUTTON_TYPES.test(attributes["type"] ?? "");
      const element: Element = {
        type: "element",
        tagName: isButton ? "button" : isShadow ? "div" : tagName,
        properties,
        children: isButton && value !== "" ? [{ type: "text", value }] : [],
      };
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
  };
  const parser = new Parser(handler);
  const source = withoutCdata(html.replaceAll("\0", ""));
  for (let start = 0; start < source.length; start += CHARACTERS_PER_STEP) {
    parser.write(source.slice(start, start + CHARACTERS_PER_STEP));
    yield;
  }
  parser.end();
  return root;
}

/** Code and text of a feed, of XHTML or of a wiki's storage format stand between these marks, which a parser of HTML takes for a comment. */
const CDATA_START = "<![CDATA[";
const CDATA_END = "]]>";
/** Their content is text and no markup. */
const LITERAL_PARENT =
  /<(?:ac:plain-text-body|ac:plain-text-link-body|pre|code)(?:\s[^<>]*)?>\s*$/i;

/** Keeps what stands in CDATA sections. */
function withoutCdata(html: string): string {
  const parts: string[] = [];
  let from = 0;
  for (let at = html.indexOf(CDATA_START); at >= 0; at = html.indexOf(CDATA_START, from)) {
    const end = html.indexOf(CDATA_END, at);
    const before = html.slice(from, at);
    const content = html.slice(at + CDATA_START.length, end < 0 ? html.length : end);
    const isLiteral = LITERAL_PARENT.test(before.slice(-200));
    parts.push(
      before,
      isLiteral ? content.replaceAll("&", "&amp;").replaceAll("<", "&lt;") : content,
    );
    from = end < 0 ? html.length : end + CDATA_END.length;
  }
  parts.push(html.slice(from));
  return parts.join("");
}

const BUTTON_TYPES = /^(?:button|submit|reset)$/i;
const KEPT = "id role href src alt title start align style for open type media".split(" ");
const RENAMED = {
  "aria-hidden": "ariaHidden",
  "aria-controls": "ariaControls",
  "aria-expanded": "ariaExpanded",
  "aria-selected": "ariaSelected",
  "aria-label": "ariaLabel",
  "aria-labelledby": "ariaLabelledBy",
  "data-codename": "dataCodename",
};

/** The attributes that later stages read, under their hast names. */
function toProperties(attributes: Record<string, string>): Properties {
  const properties: Properties = {};
  for (const name of KEPT) if (attributes[name] !== undefined) properties[name] = attributes[name];
  for (const name of ["href", "src", "title"]) {
    if ((attributes[name]?.length ?? 0) > MAX_ADDRESS) delete properties[name];
  }
  const { class: className, colspan, rowspan, d: outline = attributes["points"] } = attributes;
  if (outline !== undefined) properties.outline = outline.slice(0, MAX_OUTLINE);
  if (className !== undefined) properties.className = className.split(/\s+/).filter(Boolean);
  if (colspan !== undefined) properties.colSpan = span(colspan);
  if (rowspan !== undefined) properties.rowSpan = span(rowspan);
  if (attributes["hidden"] !== undefined) properties.hidden = true;
  for (const [name, property] of Object.entries(RENAMED)) {
    if (attributes[name] !== undefined) properties[property] = attributes[name];
  }
  return Object.assign(properties, switchProperties(attributes));
}

/** In characters. A name by which one element shows another is short. */
const MAX_NAME = 100;
const MAX_SCRIPT = 300;
const POINTS_TO =
  /^(?:aria-controls|aria-describedby|aria-owns|popovertarget|commandfor|for|value|rel|data-.+)$/;
const ON_CLICK = /^(?:on(?:click|change|toggle)|@click.*|v-on:click.*|x-on:click.*|ng-click)$/;
const SHOWN_IF = /^(?:x-show|v-show|ng-show|ng-if|x-if|v-if|popover)$/;
const OPENER = /^(?:tab|pill|collapse|modal|popover|offcanvas|toggle|dropdown|accordion)$/;

/**
 * `names`: by what the element points to others, or is pointed to. `isClickable`: a script waits for a click. `isOpener`: it opens a
 * panel by a framework's attribute. `isConditional`: a script shows it at times.
 */
function switchProperties(attributes: Record<string, string>): Properties {
  const properties: Properties = {};
  const names = new Set<string>();
  const href = attributes["href"];
  if (href?.startsWith("#") && href.length > 1 && href.length < MAX_NAME) names.add(href.slice(1));
  for (const [name, value] of Object.entries(attributes)) {
    if (POINTS_TO.test(name) && value.length < MAX_NAME)
      for (const part of value.split(/[\s,]+/)) if (part) names.add(part.replace(/^#/, ""));
    const isClick = ON_CLICK.test(name);
    const isCondition = SHOWN_IF.test(name);
    if (isClick) properties.isClickable = true;
    if (isCondition) properties.isConditional = true;
    if ((isClick || isCondition) && value.length < MAX_SCRIPT)
      for (const [, quoted = ""] of value.matchAll(/['"`]#?([^'"`\s]{1,60})['"`]/g))
        names.add(quoted);
    if (/^data-(?:bs-)?toggle$/.test(name) && OPENER.test(value)) properties.isOpener = true;
  }
  const tip = tipOf(attributes);
  if (tip !== undefined && tip.length <= MAX_TIP) properties.tip = tip;
  if (names.size > 0) properties.names = [...names];
  return properties;
}

const MAX_TIP = 500;
const TIP_TEXTS =
  "data-tooltip data-tippy-content data-tip data-tooltip-content data-bs-content data-content data-bs-title data-original-title title".split(
    " ",
  );
const OWN_TIP = 4;

/** Text that appears beside the element when it is pointed at. */
function tipOf(attributes: Record<string, string>): string | undefined {
  const toggle = attributes["data-bs-toggle"] ?? attributes["data-toggle"] ?? "";
  const names = /^(?:tooltip|popover)$/.test(toggle) ? TIP_TEXTS : TIP_TEXTS.slice(0, OWN_TIP);
  const tip = names.map((name) => attributes[name]?.trim()).find(Boolean);
  return tip !== undefined && /\s/.test(tip) && !tip.includes("<") ? tip : undefined;
}

function span(value: string): number {
  return Math.min(MAX_SPAN, Math.max(1, Number.parseInt(value, 10) || 1));
}
