import type { Parents, Root, RootContent } from "mdast";
import { runAtOnce, withPauses, type Steps } from "../../runtime/steps.ts";
import { htmlToBlocks, type HtmlOfDocument } from "./html/html.ts";
import type { LeftOut } from "./html/left-out.ts";
import { refuseCostlyMarkdown, refuseDeepTree } from "./markdown/markdown-limits.ts";
import { completeTableSource } from "./markup/markdown-table-source.ts";
import { readMarkup } from "./markup/read-markup.ts";
import { parseMarkdown, simplify, writeMarkdown } from "./markdown/markdown-tree.ts";

/**
 * Authors' Markdown → the stored dialect. Front matter is dropped, since the API has fields for it; the CLI fills these from it.
 * Images become their text, the markup of site generators becomes its labels and words, and HTML becomes Markdown.
 * @throws {UnreadableDocument} when the document nests too deep or has too many lines
 */
export function cleanMarkdown(content: string, mend?: (tree: Root) => void): string {
  return runAtOnce(markdownInSteps(content, mend));
}

/** The same in steps of some tens of milliseconds (`runtime/steps.ts`). */
export function* markdownInSteps(content: string, mend?: (tree: Root) => void): Steps<string> {
  const slices: string[] = [];
  for (const slice of markdownSlices(content, [], mend)) {
    if (slice) slices.push(slice);
    yield;
  }
  return slices.join("\n");
}

/**
 * The same in slices, to be joined with line feeds. An empty slice only ends a step.
 * @param leftOut is told what of the HTML was not read
 * @param mend is called with the tree of each slice, before it is written
 */
export function* markdownSlices(
  content: string,
  leftOut: LeftOut[] = [],
  mend: (tree: Root) => void = () => {},
): Generator<string> {
  const { frontMatter, body } = splitFrontMatter(content);
  const source = completeTableSource(yield* withPauses(readMarkup(body, frontMatter)));
  refuseCostlyMarkdown(source);
  const nodes = { count: 0, leftOut };
  for (const tree of parseMarkdown(source)) {
    refuseDeepTree(tree);
    yield* withPauses(convertHtmlBlocks(tree, nodes));
    mend(tree);
    simplify(tree);
    yield writeMarkdown(tree);
  }
}

const FRONT_MATTER =
  /^\s{0,100}(---|\+\+\+|;;;)(?:json|toml|yaml)?[ \t]*\r?\n((?:[\s\S]*?\r?\n)?)(?:\1|\.\.\.)[ \t]*(?:\r?\n|$)/;
const FIELD = /^[ \t]*["']?[\w$-][\w$. -]*["']?[ \t]*[:=]/m;
/** Text between two rules: `Note: text` after a blank line is no field. */
const BETWEEN_RULES = /^\s*\n\s*[A-Z]/;

/** Splits off YAML, TOML or JSON in front of the text, which other parts read. */
function splitFrontMatter(content: string): { frontMatter: string; body: string } {
  const text = content.replace(/^\uFEFF/, "");
  const [whole = "", , frontMatter = ""] = FRONT_MATTER.exec(text) ?? [];
  const isFields =
    frontMatter.trim() === "" || (FIELD.test(frontMatter) && !BETWEEN_RULES.test(frontMatter));
  return isFields
    ? { frontMatter, body: text.slice(whole.length) }
    : { frontMatter: "", body: text };
}

/** Replaces blocks of HTML (`<details>`, `<table>`) with the Markdown for them. */
function* convertHtmlBlocks(container: Parents, nodes: HtmlOfDocument): Steps<void> {
  const children: RootContent[] = [];
  for (const node of container.children as RootContent[]) {
    if (node.type === "html")
      for (const block of yield* htmlToBlocks(node.value, nodes)) children.push(block);
    else children.push(node);
  }
  container.children = children;
  for (const child of children)
    if ("children" in child && CONTAINERS.has(child.type)) yield* convertHtmlBlocks(child, nodes);
}

/** Nodes whose children are blocks. In other nodes, HTML is a tag within a line. */
const CONTAINERS = new Set(["blockquote", "list", "listItem", "footnoteDefinition"]);
