import type { RankEvidence } from "../src/retrieval/candidates.ts";
import { ApiError, type Api } from "../cli/api.ts";
import type { Evidence } from "../src/retrieval/answerability.ts";

export type Leg = "keywords" | "vectors";

export interface Passage {
  external_id: string;
  title: string;
  text: string;
  score: number;
  /** The evidence of its rank; absent when a single leg was asked. */
  rank_evidence?: RankEvidence;
}

export interface SearchAnswer {
  results: Passage[];
  answerability: number;
  evidence?: Evidence;
  failed_legs: Leg[];
}

export interface ChatAnswer {
  text: string;
  conversation_id: string;
  outcome: string;
  confidence: number;
  rung: string;
  release: string;
  model: string | null;
  citations: { external_id: string; quote: string }[];
  binding_calls: { sequential: number };
}

/** The most passages that the API returns. */
export const MOST_PASSAGES = 50;

/** If one leg fails, a search is answered from the other. Measured, this would count as both, so it is retried. */
const TRIES_FOR_LEGS = 3;

/** A message of a conversation, as a search takes it. */
export interface HistoryMessage {
  role: "user" | "assistant";
  text: string;
}

/** @throws ApiError also if a leg fails in every attempt */
export async function search(
  api: Api,
  query: string,
  legs: Leg[],
  limit = MOST_PASSAGES,
  history?: HistoryMessage[],
): Promise<SearchAnswer> {
  for (let attempt = 1; ; attempt++) {
    const { body } = await api.post<SearchAnswer>("/v1/search", {
      query,
      limit,
      explain: true,
      legs,
      history,
    });
    if (body.failed_legs.length === 0) return body;
    if (attempt >= TRIES_FOR_LEGS) {
      throw new ApiError("http", `Searching by ${body.failed_legs.join(" and ")} failed`, 200);
    }
    await api.backOff(attempt);
  }
}

/** One turn, by default of a new conversation, with its duration as the client sees it. */
export async function chat(
  api: Api,
  message: string,
  conversationId?: string,
): Promise<{ answer: ChatAnswer; ms: number }> {
  const { body, ms } = await api.post<ChatAnswer>("/v1/chat", {
    message,
    conversation_id: conversationId,
    // This marks the conversation as the evaluation's, not a visitor's.
    metadata: { source: "eval" },
  });
  return { answer: body, ms };
}
