import { sha256Hex } from "../../crypto/hash.ts";
import { toStored } from "../../text/stored-marks.ts";
import { embeddedText, type ChunkText } from "./chunk.ts";
import type { Draft } from "./draft.ts";
import { termCounts, type TermCounts } from "./term-counts.ts";

/** How a draft's chunks differ from the stored ones. */
export interface Diff {
  /** Those that stay; `changed`: at another place, or shown in another way. */
  kept: { id: number; ordinal: number; marks: string | null; changed: boolean }[];
  added: AddedChunk[];
}

export interface AddedChunk extends ChunkText, TermCounts {
  documentId: number;
  ordinal: number;
  hash: string;
  marks: string | null;
}

/** Pairs new chunks with stored ones of the same text. A text that occurs twice is paired twice. */
export async function diffChunks({ work, chunks }: Draft): Promise<Diff> {
  const free = Map.groupBy(work.chunks, (row) => row.hash);
  const changes: Diff = { kept: [], added: [] };
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
    } else {
      const counts = termCounts(work.title, chunk);
      changes.added.push({
        ...chunk,
        ...counts,
        documentId: work.documentId,
        ordinal,
        hash,
        marks,
      });
    }
  }
  return changes;
}
