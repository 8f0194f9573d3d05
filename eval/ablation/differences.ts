import { predict, type Model } from "../logistic.ts";
import { aurocOf, bootstrap, type Estimate } from "../statistics/bootstrap.ts";
import { MEASURES, type Measure, type Measurement, type Run } from "./measure.ts";

const ALPHA = 0.05;

/** The difference that a component makes to one measure of one set. */
export interface Difference {
  set: string;
  measure: Measure;
  component: string;
  /** The measure with all components, and with all but this one. */
  full: number;
  without: number;
  /** `full` − `without`, with its paired bootstrap interval. */
  gain: Estimate;
}

export function compareRuns(set: string, component: string, full: Run, without: Run): Difference[] {
  return MEASURES.flatMap((measure) => {
    const [one, other] = [full.measures[measure], without.measures[measure]];
    return one && other ? [{ set, measure, component, ...compare(one, other) }] : [];
  });
}

/** The difference that each kind of evidence makes to the decision: models trained with and without it judge the same evidence. */
export function compareDecisions(
  set: string,
  component: string,
  evidence: Run["evidence"],
  models: { full: Model; without: Model },
): Difference[] {
  const labels = evidence.map(({ answerable }) => answerable);
  if (!labels.includes(true) || !labels.includes(false)) return [];
  const aurocBy = (model: Model): Measurement => ({
    units: evidence.length,
    statistic: aurocOf(
      evidence.map(({ features }) => predict(model, features)),
      labels,
    ),
  });
  const compared = compare(aurocBy(models.full), aurocBy(models.without));
  return [{ set, measure: "AUROC", component, ...compared }];
}

function compare(
  full: Measurement,
  without: Measurement,
): Pick<Difference, "full" | "without" | "gain"> {
  const gain = bootstrap(
    full.units,
    (counts) => {
      const [one, other] = [full.statistic(counts), without.statistic(counts)];
      return one === null || other === null ? null : one - other;
    },
    ALPHA,
  );
  const all = new Uint32Array(full.units).fill(1);
  const [one, other] = [full.statistic(all), without.statistic(all)];
  if (!gain || one === null || other === null) throw new Error("Nothing was measured");
  return { full: one, without: other, gain };
}
