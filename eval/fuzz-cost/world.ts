import type { Source } from "../../src/citations/source.ts";
import { firstGeneration } from "../../src/generations/generation.ts";
import { presentAt } from "../../src/language/times/asked-time.ts";
import type { Candidates } from "../../src/retrieval/candidates.ts";
import type { Passage } from "../../src/retrieval/passages.ts";
import { queryTerms } from "../../src/retrieval/query-terms.ts";

/** The ordinary other side of a hostile input: a question where the document is hostile, a passage where the question is. */
export const QUESTION = "How long do I have to return an item, and what does shipping cost?";

export const PASSAGE: Passage = {
  chunkId: 1,
  externalId: "returns",
  title: "Returns",
  url: "https://help.example.com/returns",
  version: 1,
  readerVersion: 1,
  headingPath: ["Returns", "Deadlines"],
  text: "You can return any item within 30 days of delivery. It does not cost anything.\n\nRefunds take 5 working days.",
  ordinal: 0,
  language: "en",
  times: { opening: "Returns", validSince: null, validBefore: null, updatedAt: null },
  goesOn: 0,
  neighbours: [],
};

export const SOURCE: Source = {
  n: 1,
  externalId: "returns",
  title: "Returns",
  url: "https://help.example.com/returns",
  version: 1,
  readerVersion: 1,
  passages: [PASSAGE],
};

/** What retrieval has found for a question, as far as its words matter. */
export function candidatesFor(text: string): Candidates {
  const { words, repeats } = queryTerms(text);
  const generation = firstGeneration("ws", "@cf/baai/bge-small-en-v1.5");
  const subQueries = [{ text, vector: null }];
  return {
    question: { text, corrections: new Map(), synonyms: new Map(), subQueries, generation },
    asked: presentAt(0),
    legs: ["keywords"],
    vectors: [],
    keywords: {
      matches: [],
      chunkCounts: new Map(words.map((word) => [word, 1])),
      totalChunks: 100,
      repeats,
    },
    failedLegs: [],
  };
}
