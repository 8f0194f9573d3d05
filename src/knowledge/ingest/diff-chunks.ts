import { sha256Hex } from "../../crypto/hash.ts";
import { toStored } from "../../text/stored-marks.ts";
import { embeddedText, type ChunkText } from "./chunk.ts";
import type { Draft } from "./draft.ts";
import { termCounts, type TermCounts } from "./term-counts.ts";

/** How a draft's chunks differ from the stored ones. */
export interface Diff {
  /** Those that stay; `changed`: at another place, or shown in another way. */
  kept: { id: number; ordinal: number; marks: string | null; changed: boolean }[];
  /** Those of the kept ones whose keywords are written anew, because they are of an older reader or for another language. */
  reindexed: (ChunkText & TermCounts & { id: number; ordinal: number })[];
  added: AddedChunk[];
}

export interface AddedChunk extends ChunkText, TermCounts {
  documentId: number;
  ordinal: number;
  hash: string;
  marks: string | null;
}

/** Pairs new chunks with stored ones of the same text. A text that occurs twice is paired twice. */
export async function diffChunks({ work, chunks, language }: Draft): Promise<Diff> {
  const isIndexed = work.isIndexed === 1 && work.indexedLanguage === language;
  const free = Map.groupBy(work.chunks, (row) => row.hash);
  const changes: Diff = { kept: [], reindexed: [], added: [] };
  for (const [ordinal, { spans, ...chunk }] of chunks.entries()) {
    const marks = spans.length > 0 ? JSON.stringify(toStored(spans)) : null;
    const text = embeddedText(work.title, chunk);
    // Of a long title only the beginning is embedded, but all of it is searched.
    const cutTitle = text.startsWith(work.title) ? [] : [work.title];
    const hash = await sha256Hex(JSON.stringify([chunk.headingPath, text, ...cutTitle]));
    const match = free.get(hash)?.shift();
    if (match) {
      const changed = match.ordinal !== ordinal || match.marks !== marks;
      changes.kept.push({ id: match.id, ordinal, marks, changed });
      if (isIndexed) continue;
    }
    const counts = termCounts(work.title, chunk);
    const { documentId } = work;
    if (match) changes.reindexed.push({ ...chunk, ...counts, id: match.id, ordinal });
    else changes.added.push({ ...chunk, ...counts, documentId, ordinal, hash, marks });
  }
  return changes;
}
