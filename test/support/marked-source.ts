import type { Source } from "../../src/citations/source.ts";
import { normalise } from "../../src/knowledge/formats/normalise.ts";
import { chunkMarkdown } from "../../src/knowledge/ingest/chunk.ts";
import { toStored } from "../../src/text/stored-marks.ts";

/** A document as ingestion stores it and an answer is given it, with all its passages. */
export function markedSource(content: string, contentType = "text/markdown", url?: string): Source {
  return {
    n: 1,
    externalId: "a",
    title: "Garden",
    url: url ?? null,
    version: 1,
    readerVersion: 1,
    passages: chunkMarkdown("Garden", normalise(content, contentType)).map((chunk, ordinal) => ({
      chunkId: ordinal + 1,
      ordinal,
      headingPath: chunk.headingPath,
      text: chunk.text,
      marks: chunk.spans.length > 0 ? JSON.stringify(toStored(chunk.spans)) : null,
    })),
  };
}
