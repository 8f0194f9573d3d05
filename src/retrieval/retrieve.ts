import type { Release } from "../releases/release.ts";
import type { Candidates, FoundPassage, Leg, Query } from "./candidates.ts";
import type { Reader, View } from "./visibility.ts";
import { askedTime, type AskedTime } from "../language/times/asked-time.ts";
import type { Services } from "../runtime/services.ts";
import { chunkIdOf, spaceOf, vectorId } from "../generations/generation.ts";
import { withTimeout } from "../models/deadline.ts";
import { cosine } from "../text/vectors.ts";
import type { VectorMatch } from "../models/ports.ts";
import { fuse } from "./fuse.ts";
import { NOTHING, searchKeywords, type KeywordMatch, type KeywordResult } from "./keywords.ts";
import { readPassages } from "./passages.ts";
import { foldTerm, queryTerms, withFurther } from "./query-terms.ts";
import { synonymsFor } from "./synonyms.ts";

/** Matches asked of each leg: the most that Vectorize returns, and a number that a keyword search ranks at low cost. */
const VECTOR_DEPTH = 100;
const KEYWORD_DEPTH = 50;

/** After this time a leg has failed. Embedding, search and reranking together leave a turn the time for a model (conversations/timer.ts). */
const LEG_MS = 8000;

/** Searches keywords and vectors at the same time. If one leg fails or is late, the other one is used; if both fail, it throws. */
export async function retrieve(
  deps: Pick<Services, "db" | "vectors">,
  reader: Reader,
  query: Query,
  { fields }: Release["retrieval"],
  legs: Leg[] = ["keywords", "vectors"],
): Promise<Candidates> {
  const asked = askedTime([query.added, query.text, query.message], reader.now);
  const [keywords, vectors] = await Promise.allSettled([
    legs.includes("keywords")
      ? withTimeout(
          byKeywords(deps, viewOf(reader, asked), query, fields),
          LEG_MS,
          "The search for keywords",
        )
      : NOTHING,
    legs.includes("vectors")
      ? withTimeout(byVectors(deps, query), LEG_MS, "The search for vectors")
      : undefined,
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
  return {
    question: query,
    asked,
    legs,
    keywords: keywords.status === "fulfilled" ? keywords.value : NOTHING,
    vectors: vectors.status === "fulfilled" ? vectors.value : undefined,
    failedLegs,
  };
}

/**
 * Reads the text of each leg's best matches that the reader may see, and fuses them. Best first. Meanwhile it reads the vectors of what
 * keywords found: so no number depends on how deep the vector leg reached, which hidden matches decide.
 * @param limit passages of each leg
 */
export async function read(
  deps: Pick<Services, "db" | "vectors">,
  reader: Reader,
  candidates: Candidates,
  limit: number,
  { fusion }: Release["retrieval"],
): Promise<FoundPassage[]> {
  const { keywords, vectors, question } = candidates;
  const byLeg = [
    keywords.matches.map(({ chunkId }) => chunkId),
    (vectors ?? []).flatMap(({ id }) => chunkIdOf(id) ?? []),
  ];
  const [passages, cosines] = await Promise.all([
    readPassages(deps.db, viewOf(reader, candidates.asked), byLeg, limit, question),
    vectors ? cosinesOf(deps, question, keywords.matches.slice(0, limit)) : new Map(),
  ]);
  const passageOf = new Map(passages.map((passage) => [passage.chunkId, passage]));
  const shown = (leg: number, chunkId: number | undefined): boolean =>
    typeof passageOf.get(chunkId ?? -1)?.places[leg] === "number";
  const matches = fuse(
    { ...keywords, matches: keywords.matches.filter(({ chunkId }) => shown(0, chunkId)) },
    vectors?.filter(({ id }) => shown(1, chunkIdOf(id))),
    cosines,
    fusion,
    question.generation.model,
    question.subQueries.length > 1,
  );
  return matches.flatMap((match): FoundPassage[] => {
    const passage = passageOf.get(match.chunkId);
    return passage ? [{ ...passage, ...match }] : [];
  });
}

/** The cosines of matches of the keyword leg, as the vector leg computes them: those of the nearest sub-query. Without any where that fails. */
async function cosinesOf(
  { vectors }: Pick<Services, "vectors">,
  { generation, subQueries }: Query,
  matches: KeywordMatch[],
): Promise<Map<number, number>> {
  const ids = matches
    .filter(({ vectorVisible }) => vectorVisible)
    .map(({ chunkId }) => vectorId(generation, chunkId));
  if (ids.length === 0) return new Map();
  try {
    const stored = vectors.values(generation.index, ids);
    const values = await withTimeout(stored, LEG_MS, "The read of vectors");
    const asked = subQueries.map(({ vector }) => Float32Array.from(vector ?? []));
    return new Map(
      values.flatMap(({ id, values: own }) => {
        const chunkId = chunkIdOf(id);
        const nearest = Math.max(...asked.map((vector) => cosine(vector, own)));
        return chunkId === undefined ? [] : [[chunkId, nearest] as const];
      }),
    );
  } catch (error) {
    console.warn("retrieval: vectors of keyword matches could not be read", {
      error: String(error),
    });
    return new Map();
  }
}

function byKeywords(
  { db }: Pick<Services, "db">,
  view: View,
  query: Query,
  fields: Release["retrieval"]["fields"],
): Promise<KeywordResult> {
  const asked = queryTerms(query.text);
  const meant = asked.words.flatMap((word) => query.corrections.get(word) ?? []);
  const same = synonymsFor(query.text, query.synonyms);
  const terms = {
    ...withFurther(asked, [...meant, ...same.values()].flat()),
    words: [...new Set([...asked.words, ...meant.map(foldTerm)])],
    equivalents: new Map(Array.from(same, ([term, others]) => [term, others.map(foldTerm)])),
  };
  return searchKeywords(db, view, terms, fields, KEYWORD_DEPTH, query.generation);
}

/** The earliest time of `Date`. */
const EARLIEST = -8.64e15;

/** The reader of a question: what was valid in the past that it names is shown, too. */
export function viewOf(reader: Reader, { periods, isPast }: AskedTime): View {
  const named = isPast ? EARLIEST : Math.min(reader.now, ...periods.map(({ from }) => from));
  return { ...reader, since: Math.max(EARLIEST, named) };
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
  const nearest = new Map<string, VectorMatch>();
  for (const match of found.flat()) {
    const known = nearest.get(match.id);
    if (!known || match.score > known.score) nearest.set(match.id, match);
  }
  return [...nearest.values()]
    .toSorted((a, b) => b.score - a.score || (chunkIdOf(a.id) ?? 0) - (chunkIdOf(b.id) ?? 0))
    .slice(0, VECTOR_DEPTH);
}
