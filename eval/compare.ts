import { UsageError } from "../cli/command.ts";
import type { ReportFile, Row } from "./report-file.ts";
import { DIMENSIONS } from "./slices.ts";
import {
  aurocOf,
  bootstrap,
  holm,
  meanOf,
  RESAMPLES,
  type Estimate,
} from "./statistics/bootstrap.ts";

export interface Difference {
  metric: string;
  /** "all", or a dimension and its slice. */
  slice: string;
  n: number;
  before: number;
  after: number;
  /** After minus before. */
  difference: Estimate;
  /** Significant after correction for the number of comparisons. */
  verdict: "better" | "worse" | "same" | "too few";
}

interface Metric {
  name: string;
  better: "higher" | "lower";
  /** The question's value; null where the metric is not defined. */
  of: (row: Row) => number | null;
  /** If given, the metric is not the mean but the AUROC of the value for this label. */
  label?: (row: Row) => boolean;
}

const number = (row: Row, name: string): number | null => {
  const value = row[name];
  return typeof value === "number" ? value : null;
};
/** 1 or 0 for the rows whose question was asked in the chat and is answerable or unanswerable, as given. */
const verdictIs = (row: Row, answerable: boolean, ...verdicts: string[]): number | null => {
  if (row["answerable"] !== answerable || typeof row["verdict"] !== "string") return null;
  return verdicts.includes(row["verdict"]) ? 1 : 0;
};

const METRICS: Metric[] = [
  ...["keywords_ndcg_at_10", "vectors_ndcg_at_10", "fused_ndcg_at_10"].map(higher),
  ...["fused_hit_at_1", "fused_recall_at_10", "fused_recall_at_50"].map(higher),
  {
    name: "auroc_answerable",
    better: "higher",
    of: (row) => number(row, "answerability"),
    label: (row) => row["answerable"] === true,
  },
  { name: "right", better: "higher", of: (row) => verdictIs(row, true, "right") },
  { name: "wrong", better: "lower", of: (row) => verdictIs(row, true, "wrong") },
  { name: "silent", better: "higher", of: (row) => verdictIs(row, false, "abstained") },
  higher("turn_right"),
];
/** Of reports by the same noted words only. */
const PASSAGE_METRICS: Metric[] = ["right_passage", "whole_procedure"].map(higher);

function higher(name: string): Metric {
  return { name, better: "higher", of: (row) => number(row, name) };
}

/** With fewer questions, a bootstrap interval is not reliable. */
const LEAST_QUESTIONS = 10;

/**
 * Every metric over all questions and over each slice, after minus before, with paired bootstrap intervals. Two families of
 * comparisons, all questions and the slices, each keep the chance of any false alarm below `alpha` (Holm).
 * @throws UsageError when the reports did not measure the same thing
 */
export function compareReports(
  before: ReportFile,
  after: ReportFile,
  alpha: number,
  resamples = RESAMPLES,
): Difference[] {
  const pairs = pairRows(before, after);
  const metrics = before.words === after.words ? [...METRICS, ...PASSAGE_METRICS] : METRICS;
  const families = [
    [{ slice: "all", pairs }],
    DIMENSIONS.flatMap((dimension) => {
      const slices = Map.groupBy(pairs, (pair) => pair.before[dimension]);
      if (slices.size < 2) return [];
      return [...slices]
        .filter(([slice]) => typeof slice === "string")
        .map(([slice, members]) => ({ slice: `${dimension}: ${String(slice)}`, pairs: members }));
    }).concat(sliceByTrait(pairs)),
  ];
  return families.flatMap((groups) => {
    const differences = groups.flatMap(({ slice, pairs: members }) =>
      metrics.flatMap((metric) => differenceOf(metric, slice, members, alpha, resamples) ?? []),
    );
    const tested = differences.filter((one) => one.n >= LEAST_QUESTIONS);
    const significant = holm(
      tested.map((one) => one.difference.p),
      alpha,
    );
    for (const [index, one] of tested.entries()) {
      const isBetter = one.difference.value > 0 === (one.better === "higher");
      one.verdict = !significant[index] ? "same" : isBetter ? "better" : "worse";
    }
    return differences;
  });
}

function sliceByTrait(pairs: Pair[]): { slice: string; pairs: Pair[] }[] {
  const traitsOf = ({ before }: Pair): string[] =>
    typeof before["traits"] === "string" ? before["traits"].split(",") : [];
  return [...new Set(pairs.flatMap(traitsOf))].map((trait) => ({
    slice: `trait: ${trait}`,
    pairs: pairs.filter((pair) => traitsOf(pair).includes(trait)),
  }));
}

interface Pair {
  /** The resampling unit: a whole conversation, because its turns depend on each other. */
  unit: string;
  before: Row;
  after: Row;
}

function pairRows(before: ReportFile, after: ReportFile): Pair[] {
  for (const field of ["kind", "set", "question_file", "fingerprint"] as const) {
    if (before[field] === after[field]) continue;
    const what = field === "fingerprint" ? "documents or questions" : field.replace("_", " ");
    throw new UsageError(
      `The reports did not measure the same ${what}: ${before[field]} against ${after[field]}.`,
    );
  }
  const afterOf = rowsById(after);
  const beforeOf = rowsById(before);
  const lost = [...beforeOf.keys()].filter((id) => !afterOf.has(id));
  const added = [...afterOf.keys()].filter((id) => !beforeOf.has(id));
  if (lost.length + added.length > 0) {
    throw new UsageError(
      `The reports did not measure the same questions: ${lost.length} are only in the first, ${added.length} only in the second, such as ${lost[0] ?? added[0]}.`,
    );
  }
  return [...beforeOf].map(([id, row]) => ({
    unit: typeof row["conversation"] === "string" ? row["conversation"] : id,
    before: row,
    after: afterOf.get(id) as Row,
  }));
}

function rowsById(report: ReportFile): Map<string, Row> {
  const rows = new Map(report.rows.map((row) => [String(row["id"]), row]));
  if (rows.size !== report.rows.length || rows.size === 0)
    throw new UsageError(`A report of ${report.set} has no rows, or two with the same id.`);
  return rows;
}

function differenceOf(
  metric: Metric,
  slice: string,
  pairs: Pair[],
  alpha: number,
  resamples: number,
): (Difference & Pick<Metric, "better">) | undefined {
  const valued = pairs.flatMap((pair) => {
    const before = metric.of(pair.before);
    const after = metric.of(pair.after);
    return before === null || after === null ? [] : [{ ...pair, values: { before, after } }];
  });
  const units = new Map([...new Set(valued.map((pair) => pair.unit))].map((unit, i) => [unit, i]));
  const unitOf = valued.map((pair) => units.get(pair.unit) ?? 0);
  const statistic = (side: "before" | "after"): ((counts: Uint32Array) => number | null) => {
    const values = valued.map((pair) => pair.values[side]);
    const { label } = metric;
    const of = label
      ? aurocOf(
          values,
          valued.map((pair) => label(pair[side])),
        )
      : meanOf(values);
    return (counts) => of(Uint32Array.from(unitOf, (unit) => counts[unit] ?? 0));
  };
  const [of, toward] = [statistic("before"), statistic("after")];
  const minus = (counts: Uint32Array): number | null => {
    const [left, right] = [of(counts), toward(counts)];
    return left === null || right === null ? null : right - left;
  };
  const once = new Uint32Array(units.size).fill(1);
  const [before, after] = [of(once), toward(once)];
  const difference = bootstrap(units.size, minus, alpha, resamples);
  if (before === null || after === null || difference === null) return undefined;
  const { name, better } = metric;
  return {
    metric: name,
    better,
    slice,
    n: units.size,
    before,
    after,
    difference,
    verdict: "too few",
  };
}

export function hasRegression(differences: readonly Difference[]): boolean {
  return differences.some((one) => one.verdict === "worse");
}
