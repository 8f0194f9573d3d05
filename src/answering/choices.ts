import type { Source } from "../citations/source.ts";
import type { Release } from "../releases/release.ts";
import { answerability, decisionEvidence } from "../retrieval/answerability.ts";
import type { Finding } from "../retrieval/candidates.ts";

/**
 * The documents that a clarifying question offers: those that are nearly as likely as the best one. None is offered where the best one is
 * unlikely, or far from the question in meaning: a choice between articles that have nothing to do with the question is worse than saying
 * that there is none.
 * A question for a value offers the documents of its values.
 * @param sources what was found for the questions that are unclear
 */
export function choicesAmong(
  findings: Finding[],
  sources: Source[],
  rule: Release["decision"],
): Source[] {
  const likely = new Map<string, number>();
  for (const { candidates, passages, decision, values } of findings) {
    if (decision.action !== "clarify") continue;
    const { choices, thresholds } = rule;
    const { similarity, longSimilarity } = decisionEvidence(candidates, passages, rule);
    const isNear =
      decision.confidence >= choices.probability &&
      similarity + longSimilarity >= choices.similarity;
    // A message that names its topic and asks nothing is as likely as an answer.
    if (!isNear && decision.confidence < thresholds.answer) continue;
    if (values) return sources;
    for (const [externalId, [own]] of Map.groupBy(passages, (passage) => passage.externalId)) {
      const probability = answerability(decisionEvidence(candidates, passages, rule, own), rule);
      likely.set(externalId, Math.max(probability, likely.get(externalId) ?? 0));
    }
  }
  const most = Math.max(0, ...sources.map(({ externalId }) => likely.get(externalId) ?? 0));
  return sources.filter(
    ({ externalId }) => (likely.get(externalId) ?? -1) >= rule.choices.share * most,
  );
}
