import { isTrainedOn } from "./ranking-examples.ts";
import { isInFirstHalf, sample } from "./sample.ts";
import type { EvaluationSet } from "./sets/question.ts";
import { readSet } from "./sets/read-set.ts";

/** SQuAD2 with the questions, or a sample of them, on which neither the order by text nor the decision was trained. */
export async function readUnseenSquad(most: number): Promise<EvaluationSet> {
  const set = await readSet("squad2-dev");
  const unseen = set.questions.filter(
    (one) => !isInFirstHalf(one.id) && !(one.answerable && isTrainedOn(one)),
  );
  return { ...set, questions: sample(unseen, most) };
}
