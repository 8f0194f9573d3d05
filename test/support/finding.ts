import { presentAt } from "../../src/language/times/asked-time.ts";
import { EMBEDDING_MODEL } from "../../local/ai/embedding-model.ts";
import type { Source } from "../../src/citations/source.ts";
import { firstGeneration } from "../../src/generations/generation.ts";
import type { Decision, Finding } from "../../src/retrieval/candidates.ts";
import type { KeywordResult } from "../../src/retrieval/keywords.ts";
import { queryTerms } from "../../src/retrieval/query-terms.ts";

/** What keywords find of a question: nothing, but how often its words occur. */
export function keywordsOf(asked: string): KeywordResult {
  const { words } = queryTerms(asked);
  const chunkCounts = new Map(words.map((word, index) => [word, index % 4]));
  return { matches: [], chunkCounts, totalChunks: 20, repeats: new Map() };
}

/** A question for which all passages of the sources were found. */
export function findingFor(
  asked: string,
  given: Source[],
  keywords = keywordsOf(asked),
  action: Decision["action"] = "answer",
): Finding {
  const finding: Finding = {
    question: {
      text: asked,
      corrections: new Map(),
      synonyms: new Map(),
      subQueries: [],
      generation: firstGeneration("ws", EMBEDDING_MODEL),
    },
    candidates: {} as Finding["candidates"],
    passages: given.flatMap(({ passages, ...document }) =>
      passages.map((passage) => ({
        ...document,
        ...passage,
        score: 1,
        keywordShare: 1,
        cosine: 1,
        language: "en",
        times: { opening: "", validSince: null, validBefore: null, updatedAt: null },
        goesOn: 0,
        neighbours: [],
        keywords: undefined,
        vectors: undefined,
      })),
    ),
    variants: [],
    superseded: [],
    reranker: "text",
    decision: { action, confidence: 1, isSure: true },
  };
  finding.candidates = {
    question: finding.question,
    asked: presentAt(0),
    legs: ["keywords"],
    vectors: [],
    keywords,
    failedLegs: [],
  };
  return finding;
}
