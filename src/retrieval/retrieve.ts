import type { Release } from "../releases/release.ts";
import type { Candidates, FoundPassage, Leg, Query, Reader } from "./candidates.ts";
import type { Services } from "../runtime/services.ts";
import { spaceOf } from "../generations/generation.ts";
import type { VectorMatch } from "../models/ports.ts";
import { fuse } from "./fuse.ts";
import { NOTHING, searchKeywords, type KeywordResult } from "./keywords.ts";
import { readPassages } from "./passages.ts";
import { queryTerms } from "./query-terms.ts";
import { synonymsFor } from "./synonyms.ts";

/** Matches asked of each leg: the most that Vectorize returns, and a number that a keyword search ranks at low cost. */
export const VECTOR_DEPTH = 100;
const KEYWORD_DEPTH = 50;

/** Searches keywords and vectors at the same time and fuses the matches. If one leg fails, the other one is used; if both fail, it throws. */
export async function retrieve(
  deps: Pick<Services, "db" | "vectors">,
  reader: Reader,
  query: Query,
  { fields, fusion }: Release["retrieval"],
  legs: Leg[] = ["keywords", "vectors"],
): Promise<Candidates> {
  const [keywords, vectors] = await Promise.allSettled([
    legs.includes("keywords") ? byKeywords(deps, reader, query, fields) : NOTHING,
    legs.includes("vectors") ? byVectors(deps, query) : [],
  ]);
  if (keywords.status === "rejected" && vectors.status === "rejected") throw keywords.reason;
  const failedLegs: Leg[] = [];
  for (const [leg, result] of [
    ["keywords", keywords],
    ["vectors", vectors],
  ] as const) {
    if (result.status === "fulfilled") continue;
    failedLegs.push(leg);
    console.warn("retrieval: a leg failed", { leg, error: String(result.reason) });
  }
  const keywordResult = keywords.status === "fulfilled" ? keywords.value : NOTHING;
  const vectorResult = vectors.status === "fulfilled" ? vectors.value : [];
  const matches = fuse(keywordResult, vectorResult, fusion.keywords, query.subQueries.length > 1);
  return { question: query, legs, matches, keywords: keywordResult, failedLegs };
}

/** Reads the text of the best candidates, without those that the reader may not see. Best first. */
export async function read(
  { db }: Pick<Services, "db">,
  reader: Reader,
  candidates: Candidates,
  limit: number,
): Promise<FoundPassage[]> {
  const { workspaceId, audience } = reader;
  const ids = candidates.matches.map((match) => match.chunkId);
  const passages = await readPassages(db, workspaceId, audience, ids, limit);
  const matchOf = new Map(candidates.matches.map((match) => [match.chunkId, match]));
  return passages.flatMap((passage): FoundPassage[] => {
    const match = matchOf.get(passage.chunkId);
    return match ? [{ ...passage, ...match }] : [];
  });
}

function byKeywords(
  { db }: Pick<Services, "db">,
  reader: Reader,
  query: Query,
  fields: Release["retrieval"]["fields"],
): Promise<KeywordResult> {
  const { words, phrases, repeats } = queryTerms(query.text);
  const meant = words.flatMap((word) => query.corrections.get(word) ?? []);
  const equivalents = synonymsFor(query.text, query.synonyms);
  const terms = { words: [...new Set([...words, ...meant])], phrases, repeats, equivalents };
  return searchKeywords(db, reader.workspaceId, reader.audience, terms, fields, KEYWORD_DEPTH);
}

/** Searches each sub-query. A passage's score is that of its nearest sub-query. */
async function byVectors(
  { vectors }: Pick<Services, "vectors">,
  query: Query,
): Promise<VectorMatch[]> {
  const space = spaceOf(query.generation);
  const found = await Promise.all(
    query.subQueries.map(({ vector }) => {
      if (vector === null) throw new Error("The question could not be embedded");
      return vectors.query(space, vector, VECTOR_DEPTH);
    }),
  );
  const [only] = found;
  if (only && found.length === 1) return only;
  const nearest = new Map<string, VectorMatch>();
  for (const match of found.flat()) {
    const known = nearest.get(match.id);
    if (!known || match.score > known.score) nearest.set(match.id, match);
  }
  return [...nearest.values()].toSorted((a, b) => b.score - a.score).slice(0, VECTOR_DEPTH);
}
