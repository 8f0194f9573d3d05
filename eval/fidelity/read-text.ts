import type { Document } from "../../cli/document.ts";
import { chunksOf } from "./cases.ts";

/** Characters, at least as many as a chunk repeats of the one before (`OVERLAP_TOKENS` in `src/knowledge/ingest/chunk.ts`). */
const MAX_OVERLAP = 300;
const SENTENCE_START = /(?<=[.!?…:]["'”)\]]*\s+|\n)\S|^\S/g;

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

/** The length of the whole sentences that end a chunk and begin the next one. */
function overlap(before: string, text: string): number {
  const tail = before.slice(-MAX_OVERLAP);
  for (const { index } of tail.matchAll(SENTENCE_START))
    if (text.startsWith(tail.slice(index))) return tail.length - index;
  return 0;
}
