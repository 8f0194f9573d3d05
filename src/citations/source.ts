import type { Passage } from "../retrieval/passages.ts";

/** A document that the answer may draw on, with the passages of it that were found. Numbered from 1 in the answer. */
export interface Source {
  n: number;
  externalId: string;
  title: string;
  url: string | null;
  /** The served version that the passages were read from. */
  version: number;
  /** Those that were found, best first, and then their neighbours. */
  passages: SourcePassage[];
}

export type SourcePassage = Pick<Passage, "chunkId" | "headingPath" | "text" | "ordinal">;

/** What a reader is shown of a source. */
export type SourceReference = Pick<Source, "n" | "externalId" | "title" | "url">;

/** A source that supports the answer, with the span of stored text that does. */
export interface Citation extends SourceReference {
  quote: string;
  /** Where it stands in a file that has pages. */
  page?: number;
}
