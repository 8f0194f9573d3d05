import type { Source } from "../citations/source.ts";
import { linkPolicy } from "../guards/output-filter.ts";
import { fillPlaceholders } from "../releases/sentences.ts";
import type { Decision, Finding } from "../retrieval/candidates.ts";
import type { Answer, Emit, Outcome } from "./answer.ts";
import { clarification } from "./clarify.ts";
import type { EngineInput } from "./engine-input.ts";
import { NO_TOKENS, type Draft } from "./generate.ts";
import type { Understood } from "./understand.ts";

interface Ending extends Pick<Understood, "smallTalk" | "standalone"> {
  decision: Decision | { action: "small_talk"; confidence: number };
  draft: Draft | undefined;
  sources: Source[];
  findings: Finding[];
}

/**
 * Decides the outcome and the final text. A draft without a verified citation has no support and becomes an abstention, even after it was
 * streamed: the abstention replaces its text in the result, in the history and, in clients that read the outcome, on the screen.
 */
export function conclude(input: EngineInput, ending: Ending, emit: Emit): Answer {
  const { draft, decision, sources, findings, standalone } = ending;
  const supported = draft !== undefined && draft.citations.length > 0;
  const outcome = outcomeOf(ending, supported);
  const text = textOf(input, ending, outcome);
  if (!supported) {
    if (draft?.shown) emit({ type: "restart" });
    emit({ type: "text", delta: text });
  }
  return {
    text,
    outcome,
    confidence: Math.round(decision.confidence * 1000) / 1000,
    rung: draft?.rung ?? "none",
    model: draft?.model ?? null,
    reranker: findings[0]?.reranker ?? null,
    citations: supported ? draft.citations.toSorted((a, b) => a.n - b.n) : [],
    sources,
    usage: draft?.usage ?? NO_TOKENS,
    wasted: draft?.wasted ?? [],
    standalone,
  };
}

function outcomeOf({ decision, sources }: Ending, supported: boolean): Outcome {
  if (decision.action === "small_talk") return "small_talk";
  if (supported) return "answered";
  return decision.action === "clarify" && sources.length > 0 ? "clarified" : "abstained";
}

function textOf(
  { release: { sentences }, deps }: EngineInput,
  { smallTalk, draft, sources }: Ending,
  outcome: Outcome,
): string {
  if (outcome === "answered") return draft?.text.trim() ?? "";
  const contact = deps.contact ?? sentences.contact;
  if (smallTalk) return fillPlaceholders(sentences[smallTalk], { contact });
  if (outcome !== "clarified") return fillPlaceholders(sentences.abstention, { contact });
  return clarification(sources, sentences, contact, linkPolicy(deps.linkHosts, sources));
}
