import type { Evidence } from "../src/retrieval/answerability.ts";
import { collectCases, FEATURE_SIGNS, FEATURES, type Case } from "./decision-cases.ts";
import { fit, predict, type Example, type Model } from "./logistic.ts";
import { isInFirstHalf } from "./sample.ts";
import { readSet } from "./sets/read-set.ts";
import { ingest, withTarget, type TargetOptions } from "./target.ts";

/** The defaults of `npm run eval:fit`. */
export const L2 = 0.1;
export const BESIDE_WEIGHT = 0.3;

/** Sets whose first halves the shipped decision is trained on, beside the demo: short questions about prose, and long tickets. */
export const BESIDE_SETS = ["squad2-dev", "techqa-half"];

/** The cases of another set in two halves by their ids. Each half weighs a share of the first set's cases. */
export interface Beside {
  set: string;
  halves: [Case[], Case[]];
}

/** @param cases the number of the first set's cases */
export async function collectBeside(
  target: TargetOptions,
  { set: name, weight, cases }: { set: string; weight: number; cases: number },
  concurrency: number,
): Promise<Beside> {
  const set = await readSet(name, {});
  const found = await withTarget(target, async (api) => {
    await ingest(api, set.documents, 8);
    return collectCases(api, set.questions, concurrency, "first result");
  });
  const [first, second] = [true, false].map((isFirst) => {
    const half = found.filter(({ id }) => isInFirstHalf(id) === isFirst);
    return half.map((one) => ({ ...one, weight: (weight * cases) / half.length }));
  }) as [Case[], Case[]];
  return { set: name, halves: [first, second] };
}

/** For each case of a set beside the first one, the prediction of a model that was trained on the other half of its set. */
export function predictBeside(
  examples: Example[],
  beside: Beside[],
  of: Beside,
  l2: number,
): { case: Case; prediction: number }[] {
  return of.halves.flatMap((tested, index) => {
    const trained = beside.flatMap((one) => one.halves[one === of ? 1 - index : 0] ?? []);
    const model = fitDecision([...examples, ...trained], l2);
    return tested.map((one) => ({ case: one, prediction: predict(model, one.features) }));
  });
}

/** Trains on all evidence except the kinds in `without`, which get the weight 0. */
export function fitDecision(
  examples: Example[],
  l2: number,
  leftOut: readonly (keyof Evidence)[] = [],
): Model {
  const used = FEATURES.map((name) => !leftOut.includes(name));
  const keep = <T>(values: readonly T[]): T[] => values.filter((_, index) => used[index]);
  const { bias, weights } = fit(
    examples.map((one) => ({ ...one, features: keep(one.features) })),
    keep(FEATURE_SIGNS),
    l2,
  );
  return { bias, weights: used.map((isUsed) => (isUsed ? (weights.shift() ?? 0) : 0)) };
}
