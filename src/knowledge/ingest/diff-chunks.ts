import { sha256Hex } from "../../crypto/hash.ts";
import { embeddedText, type Chunk } from "./chunk.ts";
import type { Draft } from "./draft.ts";
import { termCounts, type TermCounts } from "./term-counts.ts";

/** How a draft's chunks differ from the stored ones. */
export interface Diff {
  kept: { id: number; ordinal: number; moved: boolean }[];
  added: (Chunk & TermCounts & { documentId: number; ordinal: number; hash: string })[];
}

/** Pairs new chunks with stored ones of the same text. A text that occurs twice is paired twice. */
export async function diffChunks({ work, chunks }: Draft): Promise<Diff> {
  const free = Map.groupBy(work.chunks, (row) => row.hash);
  const changes: Diff = { kept: [], added: [] };
  for (const [ordinal, chunk] of chunks.entries()) {
    const text = embeddedText(work.title, chunk);
    // Of a long title only the beginning is embedded, but all of it is searched.
    const cutTitle = text.startsWith(work.title) ? [] : [work.title];
    const hash = await sha256Hex(JSON.stringify([chunk.headingPath, text, ...cutTitle]));
    const match = free.get(hash)?.shift();
    if (match) changes.kept.push({ id: match.id, ordinal, moved: match.ordinal !== ordinal });
    else {
      const counts = termCounts(work.title, chunk);
      changes.added.push({ ...chunk, ...counts, documentId: work.documentId, ordinal, hash });
    }
  }
  return changes;
}
