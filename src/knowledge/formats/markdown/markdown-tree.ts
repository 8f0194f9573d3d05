import type { LinkReference, Nodes, PhrasingContent, Root } from "mdast";
import { fromMarkdown } from "mdast-util-from-markdown";
import { gfmFromMarkdown, gfmToMarkdown } from "mdast-util-gfm";
import { toMarkdown, type Unsafe } from "mdast-util-to-markdown";
import { SKIP, visit } from "unist-util-visit";
import { MAX_TABLE_CELLS } from "../limits.ts";
import { completeTables } from "../tables/markdown-tables.ts";
import { isCalloutLabel } from "../markup/component.ts";
import { readableText } from "../readable-text.ts";
import { sliceMarkdown, UNKNOWN_TARGET } from "./markdown-slices.ts";
import { boundedMarkdown, type ParserWork } from "./markdown-syntax.ts";
import { altOf, replacePictures, textOfImage } from "./pictures.ts";

/** Without the transforms that look for addresses in text, because some of their patterns take quadratic time. */
const TREE_EXTENSIONS = gfmFromMarkdown().map((extension) => ({ ...extension, transforms: [] }));

/**
 * Parses GitHub-flavoured Markdown, a long document slice by slice. Any string is valid Markdown, so this never fails.
 */
export function* parseMarkdown(markdown: string): Generator<Root> {
  const work: ParserWork = { steps: 0 };
  for (const slice of sliceMarkdown(markdown)) {
    yield fromMarkdown(slice, {
      extensions: boundedMarkdown(work),
      mdastExtensions: TREE_EXTENSIONS,
    });
  }
}

/**
 * Characters that are always escaped. At a `]` without a `[`, the parser searches the whole paragraph before it: 24 KB of them
 * took 16 s. Escaped, they cost nothing.
 */
const ALWAYS_ESCAPED: Unsafe[] = [
  { character: "]", inConstruct: ["phrasing"] },
  // Text that looks like the start of a callout must stay text when it is read again.
  { character: ":", atBreak: true, after: ":" },
  { character: "!", atBreak: true, after: "!" },
];

/** Writes the stored dialect. {@link parseMarkdown} reads the same text back. */
export function writeMarkdown(tree: Root): string {
  return toMarkdown(tree, {
    extensions: [gfmToMarkdown({ tablePipeAlign: false })],
    bullet: "-",
    fences: true,
    unsafe: ALWAYS_ESCAPED,
  });
}

/**
 * Removes all that is not text: images, HTML, link definitions, empty paragraphs. What refers to a definition becomes a link. For trees from
 * Markdown and from HTML.
 */
export function simplify(tree: Root): void {
  completeTables(tree);
  resolveReferences(tree);
  visit(tree, (node: Nodes, index, parent) => {
    tighten(node);
    dissolveHugeTable(node);
    if (node.type === "paragraph") replacePictures(node);
    if (!parent || index === undefined) return undefined;
    const replacement = simplified(node, parent.children as Nodes[], index);
    if (!replacement) return undefined;
    (parent.children as Nodes[]).splice(index, 1, ...replacement);
    return [SKIP, index];
  });
  visit(tree, (node: Nodes) => {
    if (!("children" in node)) return;
    const children = (node.children as Nodes[]).filter((child) => hasText(child, node));
    Object.assign(node, { children: joinLabels(children) });
  });
}

/** Writes the label of a callout in front of its text, so that neither is cut or quoted without the other. */
function joinLabels(children: Nodes[]): Nodes[] {
  const joined: Nodes[] = [];
  for (const child of children) {
    const label = joined.at(-1);
    const isLabelled =
      child.type === "paragraph" &&
      label?.type === "paragraph" &&
      isCalloutLabel(readableText(label));
    if (isLabelled) label.children.push({ type: "text", value: " " }, ...child.children);
    else joined.push(child);
  }
  return joined;
}

function resolveReferences(tree: Root): void {
  const targets = new Map<string, string>();
  visit(tree, "definition", ({ identifier, url }) => {
    if (!targets.has(identifier)) targets.set(identifier, url);
  });
  if (targets.size === 0) return;
  visit(tree, "linkReference", (node: LinkReference, index, parent) => {
    if (!parent || index === undefined) return;
    const url = targets.get(node.identifier) ?? UNKNOWN_TARGET;
    const link: PhrasingContent[] =
      url === UNKNOWN_TARGET ? node.children : [{ type: "link", url, children: node.children }];
    (parent.children as Nodes[]).splice(index, 1, ...link);
  });
}

function hasText(node: Nodes, parent: Nodes): boolean {
  if (node.type === "paragraph") return readableText(node).trim() !== "";
  // The items of an ordered list keep their numbers.
  const isNumbered = node.type === "listItem" && parent.type === "list" && parent.ordered === true;
  return (node.type !== "list" && node.type !== "listItem") || isNumbered || !isBlank(node);
}

/** Whether nothing stands in it, such as an item whose links were navigation. */
function isBlank(node: Nodes): boolean {
  if ("children" in node) return node.children.every(isBlank);
  return !("value" in node) || node.value.trim() === "";
}

/** Writes blank lines in a list only between the paragraphs of an item. */
function tighten(node: Nodes): void {
  if (node.type === "list") node.spread = false;
  if (node.type !== "listItem") return;
  node.spread = node.children.filter((child) => child.type === "paragraph").length > 1;
  const [first] = node.children;
  const [text] = first?.type === "paragraph" ? first.children : [];
  // White space behind a box to tick would be written as a character reference.
  if (typeof node.checked === "boolean" && text?.type === "text")
    text.value = text.value.trimStart();
}

/** Turns each row of a table that is too large into a paragraph. */
function dissolveHugeTable(node: Nodes): void {
  if (node.type !== "table") return;
  const widest = node.children.reduce((most, row) => Math.max(most, row.children.length), 0);
  if (widest < 20 || widest * node.children.length <= MAX_TABLE_CELLS) return;
  const rows = node.children.map((row): Nodes => ({
    type: "paragraph",
    children: row.children.flatMap((cell): PhrasingContent[] => [
      ...cell.children,
      { type: "text", value: " " },
    ]),
  }));
  Object.assign(node, { type: "blockquote", children: rows });
}

function simplified(node: Nodes, siblings: Nodes[], index: number): PhrasingContent[] | undefined {
  switch (node.type) {
    case "image":
    case "imageReference": {
      // One without an address has been looked at with its paragraph.
      if (node.type === "image" && node.url === "") return undefined;
      const alt = altOf(node);
      return alt ? [{ type: "text", value: textOfImage(alt, siblings, index) }] : [];
    }
    // A node holds one tag; the text between two tags is in nodes of its own. Tags that begin a line part its words.
    case "html":
      return /^<\/?(?:br|p|div|li|ul|ol|d[ltd]|t[rdh]|h[1-6])\b/i.test(node.value)
        ? [{ type: "text", value: " " }]
        : [];
    case "definition":
      return [];
    default:
      return undefined;
  }
}
