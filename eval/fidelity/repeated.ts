import type { Block } from "./block.ts";

/** Pages, at least, that tell what a site repeats. */
const PAGES = 5;
/** A block on more than this share of the pages is machinery. */
const SHARE = 0.5;

/** Takes the blocks that most pages of a site repeat for machinery. */
export function markRepeated(pages: Block[][]): void {
  if (pages.length < PAGES) return;
  const counts = new Map<string, number>();
  for (const blocks of pages)
    for (const text of new Set(blocks.map((block) => block.text)))
      counts.set(text, (counts.get(text) ?? 0) + 1);
  for (const block of pages.flat())
    if (block.state === "content" && (counts.get(block.text) ?? 0) > pages.length * SHARE)
      block.state = "machinery";
}
