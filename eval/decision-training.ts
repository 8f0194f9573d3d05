import type { Evidence } from "../src/retrieval/answerability.ts";
import { collectCases, FEATURE_SIGNS, FEATURES } from "./decision-cases.ts";
import { fit, type Example, type Model } from "./logistic.ts";
import { isInFirstHalf } from "./sample.ts";
import { readSet } from "./sets/read-set.ts";
import { ingest, withTarget, type TargetOptions } from "./target.ts";

/** What `npm run eval:fit` takes unless told. */
export const L2 = 0.1;
export const BESIDE_WEIGHT = 0.3;

/** The half of a set whose questions' ids hash to an even number; together they weigh a share of the first set's cases. */
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

/** Trains on all evidence but what is left out, whose weight is then 0. */
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
