import type { Document } from "../../cli/document.ts";
import { chunksOf } from "./cases.ts";

/** Characters, at least as many as a chunk repeats of the one before (`OVERLAP_TOKENS` in `src/knowledge/ingest/chunk.ts`). */
const MAX_OVERLAP = 200;
/** Characters that two texts hardly share by chance. */
const MIN_OVERLAP = 20;
const ITEM = /^(?:-|\d+\.) /;

/** The text that was read of a document without its title, with each heading once and without what a chunk repeats of the one before. */
export async function readText(document: Document): Promise<string> {
  const lines: string[] = [];
  let path: string[] = [];
  let before = "";
  for (const { headingPath, text } of await chunksOf(document)) {
    const changed = headingPath.findIndex((heading, depth) => heading !== path[depth]);
    const fresh = headingPath.slice(changed < 0 ? path.length : changed);
    const isSame = fresh.length === 0 && headingPath.length === path.length;
    lines.push(...fresh);
    if (text !== headingPath.at(-1)) lines.push(text.slice(isSame ? overlap(before, text) : 0));
    [path, before] = [headingPath, text];
  }
  return lines.join("\n");
}

/**
 * How many of the last characters of a chunk, from the start of a word on, are the first ones of the next chunk; or the length of the first
 * line of a list's item, which each piece of the item repeats.
 */
function overlap(before: string, text: string): number {
  const [line = ""] = text.split("\n", 1);
  if (ITEM.test(line) && before.split("\n").includes(line)) return line.length;
  const tail = before.slice(-MAX_OVERLAP);
  for (const { index } of tail.matchAll(/(?<!\S)\S/g))
    if (tail.length - index >= MIN_OVERLAP && text.startsWith(tail.slice(index)))
      return tail.length - index;
  return 0;
}
