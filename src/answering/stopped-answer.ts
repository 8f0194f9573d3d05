import type { Source } from "../citations/source.ts";
import type { Finding } from "../retrieval/candidates.ts";
import type { Answer } from "./answer.ts";
import type { Draft } from "./draft.ts";
import type { Understood } from "./understand.ts";

interface Ending extends Pick<Understood, "standalone" | "intent"> {
  draft: Draft;
  sources: Source[];
  findings: Finding[];
  confidence: number;
  applied: Answer["applied"];
  language: Answer["language"];
}

/**
 * The answer that the reader has stopped: its text is what was shown until then, without another word of ours. It answers the message if
 * what was shown has a citation that holds.
 */
export function stoppedAnswer({
  draft,
  sources,
  findings,
  confidence,
  standalone,
  intent,
  language,
  applied,
}: Ending): Answer {
  const { text, citations, rung, model, usage, wasted } = draft;
  return {
    text: text.trim(),
    own: "",
    language,
    outcome: citations.length > 0 ? "answered" : "abstained",
    confidence: Math.round(confidence * 1000) / 1000,
    rung,
    model,
    reranker: findings[0]?.reranker ?? null,
    citations: citations.toSorted((a, b) => a.n - b.n),
    sources,
    choices: [],
    usage,
    wasted,
    standalone,
    personWanted: intent === "person",
    applied,
    stopped: true,
  };
}
