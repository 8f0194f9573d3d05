import type { Release } from "../releases/release.ts";
import { answerability, decisionEvidence } from "../retrieval/answerability.ts";
import type { Ranking, Searched } from "../retrieval/candidates.ts";

/**
 * A message that may be a question of its own is one where what it finds alone answers it, and comes first with the question before, too:
 * then nothing of that question is carried over.
 */
export function ownQuestion(ranking: Ranking, rule: Release["decision"]): Ranking {
  const alone = foundAlone(ranking);
  const [first] = ranking.passages;
  if (!ranking.candidates.question.isUncertain || !alone || !first) return ranking;
  const [best] = alone.passages;
  const isSame = best?.externalId === first.externalId;
  const confidence = answerability(decisionEvidence(alone.candidates, alone.passages, rule), rule);
  if (!isSame || confidence < rule.thresholds.answer) return ranking;
  const superseded = new Set(ranking.superseded.map(({ chunkId }) => chunkId));
  const passages = alone.passages.filter(({ chunkId }) => !superseded.has(chunkId));
  const { candidates, personal } = alone;
  return { ...ranking, candidates, passages, variants: [], personal };
}

/** What the message alone found, of a follow-up. */
export function foundAlone({ candidates, variants }: Ranking): Searched | undefined {
  const at = candidates.question.variants?.findIndex(({ kind }) => kind === "alone") ?? -1;
  return at < 0 ? undefined : variants[at];
}
