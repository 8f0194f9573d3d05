import { sha256Hex } from "../../crypto/hash.ts";
import { embeddedText, type Chunk } from "./chunk.ts";
import type { Draft } from "./draft.ts";

/** How a draft's chunks differ from the stored ones. */
export interface Diff {
  kept: { id: number; ordinal: number; moved: boolean }[];
  added: (Chunk & { documentId: number; ordinal: number; hash: string })[];
}

/** Pairs new chunks with stored ones of the same text. A text that occurs twice is paired twice. */
export async function diffChunks({ work, chunks }: Draft): Promise<Diff> {
  const free = Map.groupBy(work.chunks, (row) => row.hash);
  const changes: Diff = { kept: [], added: [] };
  for (const [ordinal, chunk] of chunks.entries()) {
    const text = embeddedText(work.title, chunk);
    const hash = await sha256Hex(JSON.stringify([chunk.headingPath, text]));
    const match = free.get(hash)?.shift();
    if (match) changes.kept.push({ id: match.id, ordinal, moved: match.ordinal !== ordinal });
    else changes.added.push({ ...chunk, documentId: work.documentId, ordinal, hash });
  }
  return changes;
}
