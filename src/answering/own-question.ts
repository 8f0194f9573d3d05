import type { Release } from "../releases/release.ts";
import { answerability, decisionEvidence } from "../retrieval/answerability.ts";
import type { FoundPassage, Ranking, Searched } from "../retrieval/candidates.ts";
import { lexicalEvidence, questionWords, readText } from "../retrieval/lexical-evidence.ts";

/** Shares of a message's words, by their weight. Chosen on the open dialogues of the demo. */
const ENOUGH = 0.3;
const LITTLE = 0.1;
/** Difference of probabilities; chosen there, too: from .1 on down, turns of the dialogues are lost. */
const AHEAD = 0.2;

/**
 * A message that may be a question of its own is one where what it finds alone answers it, and comes first with the question before, too; or
 * where only what it finds alone holds its words ("forgot pasword" after a question about fees), or surely answers it ("how old must I be?"). Then nothing of that question is carried over.
 */
export function ownQuestion(ranking: Ranking, rule: Release["decision"]): Ranking {
  const alone = foundAlone(ranking);
  const [first] = ranking.passages;
  if (!ranking.candidates.question.isUncertain || !alone || !first) return ranking;
  const [best] = alone.passages;
  if (!best) return ranking;
  const isSame = best.externalId === first.externalId;
  const confidence = answerability(decisionEvidence(alone.candidates, alone.passages, rule), rule);
  const isOwn = isSame
    ? confidence >= rule.thresholds.answer
    : isForeign(alone, best, first) || isAhead(alone, first, confidence, rule);
  if (!isOwn) return ranking;
  const superseded = new Set(ranking.superseded.map(({ chunkId }) => chunkId));
  const passages = alone.passages.filter(({ chunkId }) => !superseded.has(chunkId));
  const { candidates, personal } = alone;
  return { ...ranking, candidates, passages, variants: [], personal };
}

/** Whether what the message says stands in what it finds alone, and not in what it finds with the question before. */
function isForeign({ candidates }: Searched, best: FoundPassage, first: FoundPassage): boolean {
  const covered = (passage: FoundPassage): number => {
    const text = readText(passage);
    return Math.max(
      ...questionWords(candidates).map((words) => lexicalEvidence(words, text).share),
    );
  };
  return covered(best) >= ENOUGH && covered(first) < LITTLE;
}

/** Whether the message alone is surely answered, and hardly by what it finds with the question before. */
function isAhead(
  { candidates, passages }: Searched,
  first: FoundPassage,
  confidence: number,
  rule: Release["decision"],
): boolean {
  if (confidence < rule.sure) return false;
  const own = passages.find(({ chunkId }) => chunkId === first.chunkId);
  const other = own ? answerability(decisionEvidence(candidates, passages, rule, own), rule) : 0;
  return confidence - other >= AHEAD;
}

/** What the message alone found, of a follow-up. */
export function foundAlone({ candidates, variants }: Ranking): Searched | undefined {
  const at = candidates.question.variants?.findIndex(({ kind }) => kind === "alone") ?? -1;
  return at < 0 ? undefined : variants[at];
}
