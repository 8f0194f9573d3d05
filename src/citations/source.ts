import type { Passage } from "../retrieval/passages.ts";

/** A document that an answer may cite, with passages of it. */
export interface Source {
  /** Its number in the answer, from 1. */
  n: number;
  externalId: string;
  title: string;
  url: string | null;
  /** The served version that the passages were read from, and the version of the reader that made them. */
  version: number;
  readerVersion: number;
  /** The passages that retrieval found, best first, and then neighbours of them. */
  passages: SourcePassage[];
}

export type SourcePassage = Pick<Passage, "chunkId" | "headingPath" | "text" | "ordinal">;

/** The fields of a source that a reader is shown. */
export type SourceReference = Pick<Source, "n" | "externalId" | "title" | "url">;

/** A source that supports the answer, with the span of its stored text that does. */
export interface Citation extends SourceReference {
  quote: string;
  /** Page of the quote, for a file with pages. */
  page?: number;
}
