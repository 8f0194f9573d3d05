import type { Root as HastRoot } from "hast";
import { toMdast } from "hast-util-to-mdast";
import type { Root, RootContent } from "mdast";
import { PAUSE, runAtOnce, withPauses, type Steps } from "../../runtime/steps.ts";
import { mergeInline } from "./html-inline.ts";
import { sliceBlocks } from "./html-slices.ts";
import { parseInSteps } from "./html-tree.ts";
import { nameMarks } from "./html-marks.ts";
import { prepareForMarkdown } from "./html-structure.ts";
import { dropBoilerplate, mainContent } from "./main-content.ts";
import { simplify, writeMarkdown } from "./markdown-tree.ts";

/**
 * A page → slices of the stored Markdown dialect, to be joined with line feeds. Keeps the main content without navigation, footers and the
 * like. See {@link PAUSE}.
 */
export function* cleanHtml(content: string): Generator<string> {
  const main = mainContent(yield* withPauses(parseInSteps(content)));
  yield PAUSE;
  // Before elements that only screen readers skip are dropped: the icons of a comparison are among them.
  nameMarks(main);
  dropBoilerplate(main);
  yield PAUSE;
  yield* hastToSlices({ type: "root", children: main.children as HastRoot["children"] });
}

/** A fragment without navigation or footers, such as a CMS's rich text → the stored Markdown dialect. */
export function htmlToMarkdown(fragment: string): string {
  return runAtOnce(htmlInSteps(fragment));
}

/** The same in steps of some tens of milliseconds (`runtime/steps.ts`). */
export function* htmlInSteps(fragment: string): Steps<string> {
  return yield* hastInSteps(yield* parseInSteps(fragment));
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
export function* htmlToBlocks(fragment: string, nodes?: { count: number }): Steps<RootContent[]> {
  const blocks: RootContent[] = [];
  for (const tree of hastToMdast(yield* parseInSteps(fragment, nodes))) {
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
