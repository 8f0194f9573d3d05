import type { Root as HastRoot } from "hast";
import { toMdast } from "hast-util-to-mdast";
import type { Root, RootContent } from "mdast";
import { PAUSE, runAtOnce, withPauses, type Steps } from "../../../runtime/steps.ts";
import { mergeInline } from "./html-inline.ts";
import { sliceBlocks } from "./html-slices.ts";
import { parseInSteps } from "./html-tree.ts";
import { nameMarks } from "./html-icons.ts";
import { prepareForMarkdown } from "./html-structure.ts";
import { writeLabels } from "./html-labels.ts";
import { dropHidden } from "./html-visible.ts";
import type { LeftOut } from "./left-out.ts";
import { keepMainContent } from "./main-content.ts";
import { simplify, writeMarkdown } from "../markdown/markdown-tree.ts";

/**
 * A page → slices of the stored Markdown dialect, to be joined with line feeds. Keeps the main content without navigation, footers and the
 * like. See {@link PAUSE}.
 * @param leftOut is told what was not read
 */
export function* cleanHtml(content: string, leftOut: LeftOut[] = []): Generator<string> {
  const page = yield* withPauses(parseInSteps(content));
  // Before what only screen readers skip is dropped: the icons of a comparison are among it.
  nameMarks(page);
  yield PAUSE;
  const panels = yield* withPauses(dropHidden(page, leftOut));
  yield PAUSE;
  yield* withPauses(keepMainContent(page, leftOut));
  yield PAUSE;
  writeLabels(page, panels);
  yield PAUSE;
  yield* hastToSlices(page);
}

/** A fragment without navigation or footers, such as a CMS's rich text → the stored Markdown dialect. */
export function htmlToMarkdown(fragment: string): string {
  return runAtOnce(htmlInSteps(fragment));
}

/** The same in steps of some tens of milliseconds (`runtime/steps.ts`). */
export function* htmlInSteps(fragment: string): Steps<string> {
  return yield* hastInSteps(yield* visibleInSteps(fragment));
}

/** Counts the elements of all the HTML of a document, and what of it was not read. */
export interface HtmlOfDocument {
  count: number;
  leftOut: LeftOut[];
}

/** What visitors see or can reveal of a fragment. */
function* visibleInSteps(
  fragment: string,
  nodes?: HtmlOfDocument,
  isPart = false,
): Steps<HastRoot> {
  const tree = yield* parseInSteps(fragment, nodes);
  nameMarks(tree);
  yield;
  const panels = yield* dropHidden(tree, nodes?.leftOut ?? [], isPart);
  yield;
  writeLabels(tree, panels, isPart);
  yield;
  return tree;
}

export function* hastInSteps(tree: HastRoot): Steps<string> {
  const slices: string[] = [];
  for (const slice of hastToSlices(tree)) {
    if (slice) slices.push(slice);
    yield;
  }
  return slices.join("\n");
}

function* hastToSlices(tree: HastRoot): Generator<string> {
  for (const markdown of hastToMdast(tree)) {
    simplify(markdown);
    yield writeMarkdown(markdown);
  }
}

/** HTML within Markdown → a Markdown tree. */
export function htmlToTree(fragment: string): Root {
  return { type: "root", children: runAtOnce(htmlToBlocks(fragment)) };
}

/** HTML within Markdown → the blocks of a Markdown tree. @param nodes counts the elements of all the document's HTML */
export function* htmlToBlocks(fragment: string, nodes?: HtmlOfDocument): Steps<RootContent[]> {
  const blocks: RootContent[] = [];
  for (const tree of hastToMdast(yield* visibleInSteps(fragment, nodes, true))) {
    blocks.push(...tree.children);
    yield;
  }
  return blocks;
}

/** Slices of the Markdown tree. An empty one ends a step, and becomes a {@link PAUSE} when it is written. */
function* hastToMdast(tree: HastRoot): Generator<Root> {
  prepareForMarkdown(tree);
  yield { type: "root", children: [] };
  mergeInline(tree);
  yield { type: "root", children: [] };
  for (const children of sliceBlocks(tree.children as Parameters<typeof sliceBlocks>[0])) {
    // Without `document`, text or a line break at the root makes the writer put all blocks on one line.
    const markdown = toMdast({ type: "root", children }, { document: true });
    if (markdown.type === "root") yield markdown;
  }
}
