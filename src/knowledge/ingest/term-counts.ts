import { stemsOf } from "../../text/stems.ts";
import type { ChunkText } from "./chunk.ts";

/** What BM25 needs of a chunk besides the index, which says only that a word stands in it (retrieval/keywords.ts). */
export interface TermCounts {
  /** Words of title, headings and text together. */
  wordCount: number;
  /** JSON object: stem that the text has more than once → how often. Null if there is none. */
  repeatedWords: string | null;
}

export function termCounts(title: string, { headingPath, text }: ChunkText): TermCounts {
  const body = stemsOf(text);
  const counts = new Map<string, number>();
  for (const stem of body) counts.set(stem, (counts.get(stem) ?? 0) + 1);
  const repeated = [...counts].filter(([, count]) => count > 1);
  return {
    wordCount: stemsOf([title, ...headingPath].join(" ")).length + body.length,
    repeatedWords: repeated.length > 0 ? JSON.stringify(Object.fromEntries(repeated)) : null,
  };
}
