import type { Candidates, Query, Variant } from "../retrieval/candidates.ts";
import { retrieve } from "../retrieval/retrieve.ts";
import type { EngineInput } from "./engine-input.ts";

/** What the question that a model completed finds, as one more variant of the question. */
interface Found {
  variant: Variant;
  candidates: Candidates;
}

/**
 * Searches keywords with the question that a model completed. Its embedding would be one wait more, and the variants have theirs.
 * @param question the follow-up that was completed
 * @returns undefined where the model was late
 */
export async function searchRewritten(
  { deps, reader, release, rewriting }: EngineInput,
  question: Query | undefined,
): Promise<Found | undefined> {
  const text = await rewriting;
  if (text === undefined || !question) return undefined;
  const { corrections, synonyms, generation, only } = question;
  const query = {
    text,
    corrections,
    synonyms,
    generation,
    ...(only && { only }),
    subQueries: [{ text, vector: null }],
  };
  const { retrieval } = release;
  const candidates = await retrieve(deps, reader, query, retrieval, ["keywords"]);
  return {
    variant: { kind: "rewritten", query, weight: retrieval.variants.rewritten },
    candidates,
  };
}

/** Adds what the completed question found to what the question and its variants found. */
export function withRewritten(
  [own, ...others]: Candidates[],
  found: Found | undefined,
): Candidates[] {
  if (!own) return [];
  if (!found) return [own, ...others];
  const variants = [...(own.question.variants ?? []), found.variant];
  return [{ ...own, question: { ...own.question, variants } }, ...others, found.candidates];
}
