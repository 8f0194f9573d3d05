import { answerability, decisionEvidence, type Evidence } from "../retrieval/answerability.ts";
import type { FoundPassage, Leg, Query } from "../retrieval/candidates.ts";
import { LEG_PASSAGES, rank } from "../retrieval/rank.ts";
import { read, retrieve } from "../retrieval/retrieve.ts";
import type { Reader } from "../retrieval/visibility.ts";
import type { EngineInput } from "./engine-input.ts";

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
  const candidates = await retrieve(deps, reader, question, release.retrieval, legs);
  const found = await read(
    deps,
    reader,
    candidates,
    Math.max(limit, LEG_PASSAGES),
    release.retrieval,
  );
  const { passages, superseded, reranker } =
    legs.length < 2
      ? { passages: found, superseded: [], reranker: null }
      : await rank(deps, candidates, found, release.retrieval);
  const evidence = decisionEvidence(candidates, passages, release.decision);
  return {
    passages: [...passages, ...superseded],
    reranker,
    answerability: answerability(evidence, release.decision),
    evidence,
    failedLegs: candidates.failedLegs,
  };
}
