import type { Finding, Decision, Candidates, FoundPassage } from "../retrieval/candidates.ts";
import type { Services } from "../runtime/services.ts";
import { wordsOf } from "../text/words.ts";
import { decide } from "../retrieval/answerability.ts";
import { isContentWord as isTelling } from "../retrieval/query-terms.ts";
import { rerank } from "../retrieval/rerank.ts";
import { asks } from "./split-question.ts";

/**
 * Orders each question's passages by their text and decides on them.
 * @param mayClarify false after a clarifying question: a second one would lead a visitor in circles
 */
export async function judge(
  services: Services,
  candidates: Candidates[],
  passages: FoundPassage[][],
  mayClarify: boolean,
): Promise<Finding[]> {
  return Promise.all(
    candidates.map(async (of, index) => {
      const ranking = await rerank(services, of, passages[index] ?? []);
      const { text, generation } = of.question;
      const { action, confidence } = decide(of, ranking.passages, generation.model);
      const decision = { action: limited(action, text, mayClarify), confidence };
      return { ...ranking, question: of.question, candidates: of, decision };
    }),
  );
}

function limited(
  action: Decision["action"],
  message: string,
  mayClarify: boolean,
): Decision["action"] {
  if (!mayClarify) return action === "clarify" ? "abstain" : action;
  return action === "answer" && saysTooLittle(message) ? "clarify" : action;
}

/** "The parcel", "it is broken": something is near, whatever it is, and nothing says what about it is asked. */
function saysTooLittle(message: string): boolean {
  const words = wordsOf(message.toLowerCase()).filter(isTelling);
  return words.length <= 1 && !/\p{N}/u.test(message) && !asks(message);
}

/**
 * One decision for the whole message: answered as soon as one of its questions is, with the confidence of the least certain
 * of those.
 */
export function decideAll(findings: Finding[]): Decision {
  const answered = findings.filter(({ decision }) => decision.action === "answer");
  const confidences = (of: Finding[]): number[] => of.map(({ decision }) => decision.confidence);
  if (answered.length > 0)
    return { action: "answer", confidence: Math.min(...confidences(answered)) };
  const isUnclear = findings.some(({ decision }) => decision.action === "clarify");
  return {
    action: isUnclear ? "clarify" : "abstain",
    confidence: Math.max(0, ...confidences(findings)),
  };
}
