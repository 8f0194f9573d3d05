import type { Source } from "../../src/citations/source.ts";

/** The first source of an answer, with one passage for each text. */
export function citedSource(...texts: string[]): Source {
  return {
    n: 1,
    externalId: "a",
    title: "A",
    url: null,
    version: 1,
    readerVersion: 1,
    passages: texts.map((text, ordinal) => ({
      chunkId: ordinal + 1,
      ordinal,
      headingPath: [],
      text,
    })),
  };
}
