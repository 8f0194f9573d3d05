import type { EmbeddedText } from "../retrieval/candidates.ts";
import type { Citation, SourceReference } from "../citations/source.ts";
import type { KeyAccess } from "../auth/access.ts";
import type { Credentials } from "../auth/credentials.ts";
import type { Caller } from "../auth/keys.ts";
import type { BindingCallReport } from "../runtime/binding-calls.ts";
import type { Allowance } from "../limits/quotas.ts";
import type { Generation } from "../generations/generation.ts";
import type { TokenUsage } from "../models/ports.ts";
import type { Corrections } from "../retrieval/spelling.ts";
import type { Synonyms } from "../retrieval/synonyms.ts";

/** One question as it came in. */
export interface ChatRequest {
  credentials: Credentials;
  /** What the route asks of the key. */
  access: KeyAccess;
  /** Of the network, for the burst limit only; never stored. */
  address: string;
  message: string;
  conversationId: string | undefined;
  metadata: Record<string, unknown>;
}

/** What is known when the question's meaning is worked out. */
export interface Turn {
  caller: Caller;
  conversationId: string;
  isNewConversation: boolean;
  /** What opens the conversation from now on; null when it belongs to a visitor, whom only a JWT proves. */
  conversationToken: string | null;
  messageId: string;
  message: string;
  metadata: Record<string, unknown>;
  history: HistoryMessage[];
  previousQuestion: { standalone: string; vector: number[] | null } | undefined;
  /** Titles that the last answer, a clarifying question, offered to choose from; else empty. */
  options: string[];
  /** What the workspace allows, and what it used today. */
  allowance: Allowance;
  /** What misspelt words of the message probably meant. */
  corrections: Corrections;
  /** What the workspace says means the same as words of the message. */
  synonyms: Synonyms;
  /** Embedding of the message as typed; null when the model could not be reached. */
  vector: number[] | null;
  /** The questions of a message that asks several things, with their embeddings; empty where it asks one. */
  parts: EmbeddedText[];
  /** The pieces of a message that is too long for one embedding and asks no more than one thing; else empty. */
  segments: EmbeddedText[];
  /** The vectors that are searched, and the model of the embedding. */
  generation: Generation;
}

export interface HistoryMessage {
  role: "visitor" | "assistant";
  text: string;
}

export type Outcome = "answered" | "clarified" | "abstained" | "handed_over" | "small_talk";
export type Rung = "model" | "small_model" | "cached" | "extractive" | "none";

/** How a turn ended, as every protocol reports it and as history keeps it. */
export interface TurnResult {
  conversation_id: string;
  conversation_token: string | null;
  message_id: string;
  text: string;
  outcome: Outcome;
  confidence: number;
  rung: Rung;
  release: string;
  model: string | null;
  /** What ordered the passages: `text`, or the reranker model's id; null where none were looked for. */
  reranker: string | null;
  citations: Citation[];
  sources: SourceReference[];
  usage: TokenUsage;
  timings_ms: Record<string, number>;
  binding_calls: BindingCallReport;
}

/** What happens during a turn, in order. The first `start` means that the question is stored. */
export type AnswerEvent =
  | { type: "start"; conversationId: string; conversationToken: string | null; messageId: string }
  | { type: "sources"; sources: SourceReference[] }
  | { type: "text"; delta: string }
  /** What was streamed so far is void: its model failed, and another rung starts over. */
  | { type: "restart" }
  | { type: "outcome"; result: TurnResult }
  | { type: "finish" };

export type Emit = (event: AnswerEvent) => void;
