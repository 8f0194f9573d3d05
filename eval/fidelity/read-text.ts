import type { Document } from "../../cli/document.ts";
import { chunksOf } from "./cases.ts";
import { wordsOf } from "./words.ts";

/** The most words that a chunk repeats of the chunk before (`src/knowledge/ingest/chunk.ts`). */
const MAX_OVERLAP = 60;

/** The text that was read of a document without its title, with each heading once and without what chunks repeat of their predecessors. */
export async function readText(document: Document): Promise<string> {
  const lines: string[] = [];
  let path: string[] = [];
  let before: string[] = [];
  for (const { headingPath, text } of await chunksOf(document)) {
    const kept = headingPath.findIndex((heading, depth) => heading !== path[depth]);
    const fresh = kept < 0 ? headingPath.slice(path.length) : headingPath.slice(kept);
    const words = wordsOf(text);
    const isSame = fresh.length === 0 && headingPath.length === path.length;
    lines.push(...fresh);
    if (text !== headingPath.at(-1))
      lines.push(words.slice(isSame ? overlap(before, words) : 0).join(" "));
    [path, before] = [headingPath, words];
  }
  return lines.join("\n");
}

/** How many of the first words of a chunk are the last ones of the chunk before. */
function overlap(before: string[], words: string[]): number {
  for (let count = Math.min(MAX_OVERLAP, before.length, words.length); count > 1; count--) {
    const start = before.length - count;
    if (words.slice(0, count).every((word, place) => before[start + place] === word)) return count;
  }
  return 0;
}
