import type { Decision } from "../retrieval/candidates.ts";
import type { Source } from "../citations/source.ts";
import type { Services } from "../runtime/services.ts";
import { clarification } from "./clarify.ts";
import { NO_TOKENS, type Draft } from "./generate.ts";
import { linkPolicy } from "../guards/output-filter.ts";
import { toReference } from "./sources.ts";
import type { Timer } from "./timer.ts";
import type { Emit, Outcome, Turn, TurnResult } from "./turn.ts";

export const ABSTENTION =
  "I couldn't find an answer to that in our help centre, and I don't want to guess. Could you put it another way, or contact our support team?";

interface Ending {
  decision: Decision | { action: "small_talk"; confidence: number };
  draft: Draft | undefined;
  sources: Source[];
  reranker: string | null;
  smallTalk: string | undefined;
  timer: Timer;
  emit: Emit;
}

/**
 * Says how the turn ended. An answer that no citation supports is an abstention (design, invariant 3), whatever was streamed:
 * its text is replaced in the result, in history and, by clients that read the outcome, on the screen.
 */
export function conclude(services: Services, turn: Turn, ending: Ending): TurnResult {
  const { draft, decision, timer, emit } = ending;
  const supported = draft !== undefined && draft.citations.length > 0;
  const outcome = outcomeOf(ending, supported);
  const text = textOf(turn, ending, outcome);
  if (!supported) {
    if (draft?.text) emit({ type: "restart" });
    timer.lap("first_text");
    emit({ type: "text", delta: text });
  }
  return {
    conversation_id: turn.conversationId,
    conversation_token: turn.conversationToken,
    message_id: turn.messageId,
    text,
    outcome,
    confidence: round(decision.confidence),
    rung: draft?.rung ?? "none",
    release: services.config.release,
    model: draft?.model ?? null,
    reranker: ending.reranker,
    citations: supported ? draft.citations.toSorted((a, b) => a.n - b.n) : [],
    sources: ending.sources.map(toReference),
    usage: draft?.usage ?? NO_TOKENS,
    timings_ms: timer.report(),
    binding_calls: services.calls.report(),
  };
}

function outcomeOf({ decision, sources }: Ending, supported: boolean): Outcome {
  if (decision.action === "small_talk") return "small_talk";
  if (supported) return "answered";
  return decision.action === "clarify" && sources.length > 0 ? "clarified" : "abstained";
}

function textOf(turn: Turn, { smallTalk, draft, sources }: Ending, outcome: Outcome): string {
  if (outcome === "answered") return draft?.text.trim() ?? "";
  if (outcome === "clarified")
    return clarification(sources, linkPolicy(turn.allowance.settings.link_hosts, sources));
  return smallTalk ?? ABSTENTION;
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}
