import type { Nodes, PhrasingContent, Root } from "mdast";
import { fromMarkdown } from "mdast-util-from-markdown";
import { gfmFromMarkdown, gfmToMarkdown } from "mdast-util-gfm";
import { toMarkdown, type Unsafe } from "mdast-util-to-markdown";
import { SKIP, visit } from "unist-util-visit";
import { readableText } from "./readable-text.ts";
import { sliceMarkdown } from "./markdown-slices.ts";
import { boundedMarkdown, type ParserWork } from "./markdown-syntax.ts";

/** Without the transforms, which look for addresses in what is text: some of their patterns take quadratic time. */
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
 * A bracket that closes nothing makes the parser look for its beginning through all that came before it in the paragraph:
 * 24 KB of them took 16 s. Escaped, it costs nothing.
 */
const UNSAFE: Unsafe[] = [
  { character: "]", inConstruct: ["phrasing"] },
  // A line of text that begins like a callout is none, and reads as text again.
  { character: ":", atBreak: true, after: ":" },
  { character: "!", atBreak: true, after: "!" },
];

/** Writes the one dialect that is stored; {@link parseMarkdown} reads it back to the same text. */
export function writeMarkdown(tree: Root): string {
  return toMarkdown(tree, {
    extensions: [gfmToMarkdown({ tablePipeAlign: false })],
    bullet: "-",
    fences: true,
    unsafe: UNSAFE,
  });
}

/** Written out, every row of a table is as wide as its widest: 1 MB can hold one that is billions of cells wide. */
const MAX_TABLE_CELLS = 50_000;

/** Leaves only what is text. Works for trees from Markdown and from HTML. */
export function simplify(tree: Root): void {
  visit(tree, (node: Nodes, index, parent) => {
    tighten(node);
    dissolveHugeTable(node);
    if (!parent || index === undefined) return undefined;
    const replacement = simplified(node);
    if (!replacement) return undefined;
    (parent.children as Nodes[]).splice(index, 1, ...replacement);
    return [SKIP, index];
  });
  visit(tree, (node: Nodes) => {
    if (!("children" in node)) return;
    Object.assign(node, { children: (node.children as Nodes[]).filter(saysSomething) });
  });
}

function saysSomething(node: Nodes): boolean {
  return node.type !== "paragraph" || readableText(node).trim() !== "";
}

/** Blank lines in a list part the paragraphs of an item and nothing else. */
function tighten(node: Nodes): void {
  if (node.type === "list") node.spread = false;
  if (node.type !== "listItem") return;
  node.spread = node.children.filter((child) => child.type === "paragraph").length > 1;
}

/** Such a table becomes a paragraph a row. */
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

function simplified(node: Nodes): PhrasingContent[] | undefined {
  switch (node.type) {
    case "image":
    case "imageReference":
      return node.alt ? [{ type: "text", value: node.alt }] : [];
    // What is between two inline tags is text of its own; only a line break says anything by itself.
    case "html":
      return /^<br\s*\/?>$/i.test(node.value) ? [{ type: "text", value: " " }] : [];
    case "linkReference":
      return node.children;
    case "definition":
      return [];
    default:
      return undefined;
  }
}
