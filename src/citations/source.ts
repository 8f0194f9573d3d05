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
  /** The passages that retrieval found, best first, then neighbours of them, then the rest of a section that is quoted. */
  passages: SourcePassage[];
  /** No document: `answer` is the owner's own answer, which has no passages; `tool` is what a tool returned in this turn. */
  kind?: "answer" | "tool";
}

export type SourcePassage = Pick<Passage, "chunkId" | "headingPath" | "text" | "marks" | "ordinal">;

/** The fields of a source that a reader is shown. */
export type SourceReference = Pick<Source, "n" | "externalId" | "title" | "url" | "kind">;

/** A source that supports the answer, with the spans of its stored text that do. */
export interface Citation extends SourceReference {
  /** The first of the quotes. */
  quote: string;
  /** In the order in which the answer cites them, each within one passage. */
  quotes: string[];
  /** Page of the first quote, for a file with pages. */
  page?: number;
}
