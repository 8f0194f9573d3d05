import type { Evidence } from "../src/retrieval/answerability.ts";
import { collectCases, FEATURE_SIGNS, FEATURES } from "./decision-cases.ts";
import { fit, type Example, type Model } from "./logistic.ts";
import { isInFirstHalf } from "./sample.ts";
import { readSet } from "./sets/read-set.ts";
import { ingest, withTarget, type TargetOptions } from "./target.ts";

/** The defaults of `npm run eval:fit`. */
export const L2 = 0.1;
export const BESIDE_WEIGHT = 0.3;

/** The questions of a set whose ids hash to an even number. Together they weigh a share of the first set's cases. */
export async function collectBeside(
  target: TargetOptions,
  beside: { set: string; weight: number; cases: number },
  concurrency: number,
): Promise<Example[]> {
  const set = await readSet(beside.set, {});
  const half = set.questions.filter(({ id }) => isInFirstHalf(id));
  const found = await withTarget(target, async (api) => {
    await ingest(api, set.documents, 8);
    return collectCases(api, half, concurrency, "first result");
  });
  const weight = (beside.weight * beside.cases) / found.length;
  return found.map(({ features, label }) => ({ features, label, weight }));
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
