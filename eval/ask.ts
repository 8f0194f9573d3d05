import { ApiError, type Api } from "../cli/api.ts";
import type { Evidence } from "../src/retrieval/decide.ts";

export type Leg = "keywords" | "vectors";

export interface SearchAnswer {
  results: { external_id: string; score: number }[];
  answerability: number;
  evidence?: Evidence;
  failed_legs: Leg[];
}

export interface ChatAnswer {
  text: string;
  outcome: string;
  confidence: number;
  rung: string;
  release: string;
  model: string | null;
  citations: { external_id: string; quote: string }[];
  binding_calls: { sequential: number };
}

/** As many passages as the API gives. */
const LIMIT = 50;

/** A search in which a leg fails is answered from the other one; measured, that would pass for both. */
const TRIES_FOR_LEGS = 3;

/** @throws ApiError also when a leg keeps failing */
export async function search(api: Api, query: string, legs: Leg[]): Promise<SearchAnswer> {
  for (let attempt = 1; ; attempt++) {
    const { body } = await api.post<SearchAnswer>("/v1/search", {
      query,
      limit: LIMIT,
      explain: true,
      legs,
    });
    if (body.failed_legs.length === 0) return body;
    if (attempt >= TRIES_FOR_LEGS) {
      throw new ApiError("http", `Searching by ${body.failed_legs.join(" and ")} failed`, 200);
    }
    await api.backOff(attempt);
  }
}

/** One question in a conversation of its own, with its duration as the client sees it. */
export async function chat(api: Api, message: string): Promise<{ answer: ChatAnswer; ms: number }> {
  const { body, ms } = await api.post<ChatAnswer>("/v1/chat", {
    message,
    // So that whoever reads the instance's conversations can tell these from visitors'.
    metadata: { source: "eval" },
  });
  return { answer: body, ms };
}
