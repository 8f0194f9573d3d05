import type { Element, ElementContent, Parents, Text } from "hast";

// At each text, the converter looks for what follows it, through all elements that show nothing; and it joins texts that it finds side
// by side one by one. Thousands of empty elements, or of texts beside each other, take it quadratic time. So they are merged first.

/** Elements that end a line of text, as the converter lists them (hast-util-minify-whitespace, block.js). */
export const BLOCKS = new Set(
  (
    "address article aside blockquote body br caption center col colgroup dd dialog dir div dl dt figcaption figure footer form h1 h2 " +
    "h3 h4 h5 h6 head header hgroup hr html legend li listing main menu nav ol optgroup option p plaintext pre section summary table " +
    "tbody td tfoot th thead tr ul wbr xmp"
  ).split(" "),
);
/** Their white space counts. */
const VERBATIM = new Set(["pre", "listing", "plaintext", "xmp"]);
/** Elements that show something although they hold no text. */
const EMBEDDED = new Set(["img", "image", "picture"]);
/** Elements that become markup, by the markup. Within the same markup they add nothing. */
const MARKUP: Record<string, string> = {
  a: "link",
  b: "strong",
  strong: "strong",
  i: "emphasis",
  em: "emphasis",
  mark: "emphasis",
  u: "emphasis",
  del: "delete",
  s: "delete",
  strike: "delete",
  code: "code",
  kbd: "code",
  samp: "code",
  tt: "code",
  var: "code",
};
/** A link around more blocks than this is dropped, because each of them would repeat the address. */
const MAX_LINKED_BLOCKS = 20;
const BLANK = /^[\t\n\f\r ]*$/;

/** What was read before a node. */
interface Line {
  /** The text so far ends in white space, so that more of it shows nothing. */
  ends: boolean;
  /** The markup that is open. */
  open: Set<string>;
}

/**
 * Leaves out what shows nothing and merges texts that stand side by side: empty inline elements, white space after white space, and
 * elements such as `<span>`, which become their content.
 */
export function mergeInline(tree: Parents): void {
  tree.children = merged(tree.children as ElementContent[], { ends: false, open: new Set() });
}

function merged(children: ElementContent[], line: Line): ElementContent[] {
  const kept: ElementContent[] = [];
  mergeInto(kept, children, line);
  return kept;
}

function mergeInto(kept: ElementContent[], children: ElementContent[], line: Line): void {
  for (const child of children) {
    if (child.type === "text") pushText(kept, child.value, line);
    else if (child.type === "element") pushElement(kept, child, line);
  }
}

function pushText(kept: ElementContent[], value: string, line: Line): void {
  const isBlank = BLANK.test(value);
  if (isBlank && (line.ends || value === "")) return;
  line.ends = isBlank || /[\t\n\f\r ]$/.test(value.slice(-1));
  const last = kept.at(-1);
  if (last?.type === "text") last.value += value;
  else kept.push({ type: "text", value });
}

function pushElement(kept: ElementContent[], element: Element, line: Line): void {
  const { tagName, children } = element;
  const markup = Object.hasOwn(MARKUP, tagName) ? MARKUP[tagName] : undefined;
  if (tagName === "wbr") pushText(kept, "\u200B", line);
  else if (tagName === "q") mergeInto(kept, [quote(), ...children, quote()], line);
  else if (VERBATIM.has(tagName) || EMBEDDED.has(tagName)) {
    kept.push({ ...element, children: verbatim(children) });
    line.ends = false;
  } else if (BLOCKS.has(tagName)) {
    line.ends = false;
    kept.push({ ...element, children: merged(children, line) });
    line.ends = false;
  } else if (markup === undefined || line.open.has(markup) || line.open.has("code")) {
    mergeInto(kept, children, line);
  } else pushMarkup(kept, element, markup, line);
}

/** The content of code: its texts as one, with line breaks; blocks, and the element that may name the language, stay. */
function verbatim(children: ElementContent[]): ElementContent[] {
  const kept: ElementContent[] = [];
  for (const child of children) {
    if (child.type === "text") join(kept, child);
    if (child.type !== "element") continue;
    const inner = child.tagName === "br" ? [] : verbatim(child.children);
    if (child.tagName === "br") join(kept, { type: "text", value: "\n" });
    else if (BLOCKS.has(child.tagName) || child.tagName === "code")
      kept.push({ ...child, children: inner });
    else for (const one of inner) join(kept, one);
  }
  return kept;
}

function pushMarkup(kept: ElementContent[], element: Element, markup: string, line: Line): void {
  line.open.add(markup);
  const children = merged(element.children, line);
  line.open.delete(markup);
  const [only] = children;
  const isBlank = children.length < 2 && (only === undefined || isBlankText(only));
  const isRepeated = markup === "link" && blocksIn(children) > MAX_LINKED_BLOCKS;
  if (!isBlank && !isRepeated) kept.push({ ...element, children });
  else if (only?.type === "text" && isBlank) join(kept, only);
  else for (const child of children) join(kept, child);
}

function join(kept: ElementContent[], child: ElementContent): void {
  const last = kept.at(-1);
  if (child.type === "text" && last?.type === "text") last.value += child.value;
  else kept.push(child.type === "text" ? { ...child } : child);
}

function blocksIn(children: ElementContent[]): number {
  return children.reduce((sum, child) => {
    if (child.type !== "element") return sum;
    const isBlock = BLOCKS.has(child.tagName) && child.tagName !== "br";
    return sum + (isBlock ? 1 : 0) + blocksIn(child.children);
  }, 0);
}

function isBlankText(node: ElementContent): boolean {
  return node.type === "text" && BLANK.test(node.value);
}

function quote(): Text {
  return { type: "text", value: '"' };
}
