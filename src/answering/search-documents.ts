import { answerability, likeliestEvidence, type Evidence } from "../retrieval/answerability.ts";
import type { FoundPassage, Leg, Query, Ranking } from "../retrieval/candidates.ts";
import { LEG_PASSAGES, rank } from "../retrieval/rank.ts";
import { readAll, retrieveAll } from "../retrieval/variants.ts";
import type { Reader } from "../retrieval/visibility.ts";
import type { EngineInput } from "./engine-input.ts";
import { ownQuestion } from "./own-question.ts";

interface SearchInput extends Pick<EngineInput, "release"> {
  reader: Reader;
  question: Query;
  deps: Pick<EngineInput["deps"], "db" | "vectors" | "reranker">;
  /** With a single leg, the passages stay in that leg's order. */
  legs: Leg[];
  /** The number of passages that are wanted. */
  limit: number;
}

export interface Found {
  /** Best first, and last those that an answer would not use because of their time; may be more than were wanted. */
  passages: FoundPassage[];
  /** What ordered them: `text`, or the reranker model's id; null for a single leg. */
  reranker: string | null;
  /** Probability, 0 to 1, that the first ones answer the question. */
  answerability: number;
  evidence: Evidence;
  /** Legs that failed. */
  failedLegs: Leg[];
}

/** Flow 1 without an answer: retrieve → read → rank → the probability of an answer. */
export async function searchDocuments(input: SearchInput): Promise<Found> {
  const { reader, question, release, deps, legs, limit } = input;
  const all = await retrieveAll(deps, reader, question, release.retrieval, legs);
  const depth = Math.max(limit, LEG_PASSAGES);
  const [own, ...variants] = await readAll(deps, reader, all, depth, release.retrieval);
  if (!own) throw new Error("A question is searched at least once");
  const { candidates } = own;
  const ranking: Omit<Ranking, "reranker"> & { reranker: string | null } =
    legs.length < 2
      ? { candidates, passages: own.passages, superseded: [], variants: [], reranker: null }
      : ownQuestion(
          await rank(deps, candidates, own.passages, release.retrieval, variants),
          release.decision,
        );
  const { passages, superseded, reranker } = ranking;
  const evidence = likeliestEvidence(ranking, release.decision);
  return {
    passages: [...passages, ...superseded],
    reranker,
    answerability: answerability(evidence, release.decision),
    evidence,
    failedLegs: candidates.failedLegs,
  };
}
