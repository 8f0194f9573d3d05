import {
  covered,
  lexicalEvidence,
  questionWords,
  type LexicalEvidence,
} from "./lexical-evidence.ts";
import type { Candidates, FoundPassage } from "./retrieve.ts";
import weights from "./rerank-weights.json" with { type: "json" };

/** What a passage is ordered by, each 0–1. The names are those of `rerank-weights.json`. */
export interface RankEvidence {
  keywordShare: number;
  cosine: number;
  /** Squared: half a question in one sentence is worth less than half of the whole. */
  sentence: number;
  bareSentence: number;
  pairs: number;
  /** Share of the question that the passages of the same document contain together. */
  document: number;
}

/**
 * Orders passages anew by what their text shows. A linear score whose weights `npm run eval:fit-ranking` learns; no binding is
 * asked.
 */
export function rerank(candidates: Candidates, passages: FoundPassage[]): FoundPassage[] {
  const evidence = rankEvidence(candidates, passages);
  return passages
    .map((passage, index) => ({ ...passage, score: score(evidence[index] as RankEvidence) }))
    .toSorted((a, b) => b.score - a.score);
}

/** The evidence for each passage, in their order. */
export function rankEvidence(candidates: Candidates, passages: FoundPassage[]): RankEvidence[] {
  const words = questionWords(candidates);
  const lexical = passages.map((passage) => lexicalEvidence(words, passage));
  const stemsOfDocument = new Map<string, Set<string>>();
  for (const [index, { externalId }] of passages.entries()) {
    const known = stemsOfDocument.get(externalId) ?? new Set();
    stemsOfDocument.set(externalId, known.union(lexical[index]?.stems ?? new Set()));
  }
  return passages.map(({ keywordShare, cosine, externalId }, index) => {
    const { sentence, bareSentence, pairs } = lexical[index] as LexicalEvidence;
    return {
      keywordShare,
      cosine,
      sentence: sentence ** 2,
      bareSentence: bareSentence ** 2,
      pairs,
      document: covered(words.known, stemsOfDocument.get(externalId) ?? new Set()),
    };
  });
}

function score(evidence: RankEvidence): number {
  const names = Object.keys(evidence) as (keyof RankEvidence)[];
  return names.reduce((sum, name) => sum + weights.weights[name] * evidence[name], 0);
}
