import type { Release } from "../releases/release.ts";
import type { Services } from "../runtime/services.ts";
import type { Candidates, Leg, Query, Searched } from "./candidates.ts";
import { read, retrieve } from "./retrieve.ts";
import type { Reader } from "./visibility.ts";

type Deps = Pick<Services, "db" | "vectors">;

/** Searches a question and its variants at the same time. What is found for the question itself comes first. */
export function retrieveAll(
  deps: Deps,
  reader: Reader,
  question: Query,
  rule: Release["retrieval"],
  legs?: Leg[],
): Promise<Candidates[]> {
  const queries = [question, ...(question.variants ?? []).map(({ query }) => query)];
  return Promise.all(
    queries.map(async (query) => {
      const [found, personal] = await Promise.all([
        retrieve(deps, reader, query, rule, legs),
        query.personal && retrieve(deps, reader, query.personal, rule, ["keywords"]),
      ]);
      // It has the same embeddings.
      const { vectors } = found;
      return personal ? { ...found, personal: { ...personal, vectors } } : found;
    }),
  );
}

/** Reads the passages that were found for a question and its variants, at the same time. */
export function readAll(
  deps: Deps,
  reader: Reader,
  all: Candidates[],
  limit: number,
  rule: Release["retrieval"],
): Promise<Searched[]> {
  return Promise.all(
    all.map(async ({ personal, ...candidates }) => {
      const readOne = async (one: Candidates): Promise<Searched> => ({
        candidates: one,
        passages: await read(deps, reader, one, limit, rule),
      });
      const [own, preferring] = await Promise.all([
        readOne(candidates),
        personal && readOne(personal),
      ]);
      return { ...own, personal: preferring };
    }),
  );
}
