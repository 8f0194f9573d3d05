import type { Release } from "../releases/release.ts";
import { answerability, decisionEvidence, likeliestEvidence } from "../retrieval/answerability.ts";
import type { Decision, Finding, Ranking } from "../retrieval/candidates.ts";
import { isContentWord, queryTerms } from "../retrieval/query-terms.ts";
import { wordsOf } from "../text/words.ts";
import { foundAlone, ownQuestion } from "./own-question.ts";
import { asksSomething } from "./sub-queries.ts";

/** What limits the decision about a question, beside its passages. */
interface Limits {
  /** False after a clarifying question: a second one would lead a visitor in circles. */
  mayClarify: boolean;
  /** Whether the visitor has named the document to answer from. */
  isNamed: boolean;
}

/**
 * Answer, clarify or abstain, for one question: by the probability that its first passages answer it, and the thresholds of the
 * release.
 */
export function decide(
  together: Ranking,
  rule: Release["decision"],
  { mayClarify, isNamed }: Limits,
): Finding {
  const ranking = ownQuestion(together, rule);
  const { candidates, passages } = ranking;
  const { question } = candidates;
  const confidence = answerability(likeliestEvidence(ranking, rule), rule);
  const likely = isNamed
    ? "answer"
    : restricted(actionAt(confidence, rule), question.text, mayClarify);
  const action = passages.length > 0 && !isUnrelated(ranking, rule) ? likely : "abstain";
  const isSure = isNamed || confidence >= rule.sure;
  return { ...ranking, question, decision: { action, confidence, isSure } };
}

/**
 * "Asdfgh" after a question may be a fragment that completes it, but names nothing that the documents know, and is near nothing in meaning: the
 * question is not answered again.
 */
function isUnrelated(ranking: Ranking, rule: Release["decision"]): boolean {
  const { question, keywords } = ranking.candidates;
  const alone = foundAlone(ranking);
  if (!question.isUncertain || !alone) return false;
  const isKnown = queryTerms(question.added ?? "").words.some(
    (word) => (keywords.chunkCounts.get(word) ?? 0) > 0 || question.corrections.has(word),
  );
  const { similarity } = decisionEvidence(alone.candidates, alone.passages, rule);
  return !isKnown && similarity < rule.choices.similarity;
}

function actionAt(confidence: number, { thresholds }: Release["decision"]): Decision["action"] {
  if (confidence >= thresholds.answer) return "answer";
  return confidence >= thresholds.clarify ? "clarify" : "abstain";
}

function restricted(
  action: Decision["action"],
  message: string,
  mayClarify: boolean,
): Decision["action"] {
  if (!mayClarify) return action === "clarify" ? "abstain" : action;
  return action === "answer" && isTooVague(message) ? "clarify" : action;
}

/** "The parcel", "it is broken": documents match such a message, but it does not say what is asked about them. */
function isTooVague(message: string): boolean {
  const words = wordsOf(message).filter(isContentWord);
  return words.length <= 1 && !/\p{N}/u.test(message) && !asksSomething(message);
}

/**
 * One decision for the whole message. It is answered if one of its questions is, with the lowest confidence among the answered ones.
 */
export function decideAll(findings: Finding[]): Decision {
  const answered = findings.filter(({ decision }) => decision.action === "answer");
  const confidences = (of: Finding[]): number[] => of.map(({ decision }) => decision.confidence);
  if (answered.length > 0)
    return {
      action: "answer",
      confidence: Math.min(...confidences(answered)),
      isSure: answered.every(({ decision }) => decision.isSure),
    };
  const isUnclear = findings.some(({ decision }) => decision.action === "clarify");
  return {
    action: isUnclear ? "clarify" : "abstain",
    confidence: Math.max(0, ...confidences(findings)),
    isSure: false,
  };
}
