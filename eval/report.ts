import type { BaselineRow } from "./baseline/measure.ts";
import { comparedCells } from "./baseline/report.ts";
import { auroc, mean, percentile, share } from "./metrics.ts";
import type { JudgedAnswer } from "./passages/judge.ts";
import { decimal, printTable } from "./print.ts";
import { rounded, type Row } from "./report-file.ts";
import { slicesOf } from "./slices.ts";
import { bootstrap, meanOf } from "./statistics/bootstrap.ts";
import {
  WAY_NAMES,
  type ChatRow,
  type RankingScores,
  type RetrievalRow,
  type Way,
} from "./measure.ts";
import type { Question } from "./sets/question.ts";
import type { Failure } from "./target.ts";

export interface Measured {
  questions: Question[];
  retrieval: Map<string, RetrievalRow>;
  chat: Map<string, ChatRow>;
  /** Of the answerable questions that the chat was asked. */
  answers?: Map<string, JudgedAnswer>;
  /** Of the answerable questions. */
  baseline?: Map<string, BaselineRow>;
}

type Means = { [Name in keyof RankingScores]: number | null };

export interface RetrievalSummary extends Record<Way, Means> {
  n: number;
  /** The 95 % confidence interval over the choice of questions. */
  fused_ndcg_at_10_interval: (number | null)[] | null;
  /** The fused nDCG@10 minus that of the better leg, on the same questions. */
  over_better_leg: {
    leg: Exclude<Way, "fused">;
    difference: number | null;
    /** The 95 % confidence interval. */
    interval: (number | null)[];
  } | null;
}

export interface DecisionSummary {
  answerable: number;
  unanswerable: number;
  auroc_answerable: number | null;
  auroc_by_kind: Record<string, number | null>;
}

const MEASURES = [
  "hit_at_1",
  "hit_at_3",
  "recall_at_5",
  "recall_at_10",
  "recall_at_50",
  "ndcg_at_10",
  "mrr_at_10",
] as const satisfies (keyof RankingScores)[];

export interface ChatSummary {
  answerable: Counted<"right" | "right_anywhere" | "wrong" | "abstained" | "other">;
  unanswerable: Counted<"abstained" | "wrong" | "other">;
  /** How many of the right answers with an expected text contain it. */
  contains_answer: { n: number; count: number; share: number | null };
  /** AUROC of the confidence: right answers against wrong answers and all unanswerable questions. */
  auroc_right: number | null;
  /** Milliseconds seen by the client, at the concurrency of the run. */
  latency_ms: { p50: number | null; p95: number | null };
  /** The longest chain of sequential binding calls of one turn. */
  max_sequential: number | null;
  outcomes: Record<string, number>;
  rungs: Record<string, number>;
}

interface Counted<Names extends string> {
  n: number;
  counts: Record<Names, number>;
  shares: Record<Names, number | null>;
}

export function summariseRetrieval({ questions, retrieval }: Measured): RetrievalSummary {
  const scores = questions.flatMap(({ id }) => retrieval.get(id)?.scores ?? []);
  const means = (way: Way): Means => {
    const of = (name: keyof RankingScores): number | null =>
      rounded(mean(scores.map((row) => row[way][name])));
    return Object.fromEntries(MEASURES.map((name) => [name, of(name)])) as Means;
  };
  const interval = bootstrap(
    scores.length,
    meanOf(scores.map((row) => row.fused.ndcg_at_10)),
    0.05,
    1000,
  );
  return {
    n: scores.length,
    keywords: means("keywords"),
    vectors: means("vectors"),
    fused: means("fused"),
    fused_ndcg_at_10_interval: interval && [rounded(interval.low), rounded(interval.high)],
    over_better_leg: overBetterLeg(scores),
  };
}

function overBetterLeg(scores: Record<Way, RankingScores>[]): RetrievalSummary["over_better_leg"] {
  const total = (way: Way): number => scores.reduce((sum, row) => sum + row[way].ndcg_at_10, 0);
  const leg = total("keywords") > total("vectors") ? "keywords" : "vectors";
  const differences = scores.map((row) => row.fused.ndcg_at_10 - row[leg].ndcg_at_10);
  const estimate = bootstrap(differences.length, meanOf(differences), 0.05, 1000);
  if (!estimate) return null;
  const { value, low, high } = estimate;
  return { leg, difference: rounded(value), interval: [rounded(low), rounded(high)] };
}

/** How well the confidence separates answerable from unanswerable questions, and from each kind of these. */
export function summariseDecision({ questions, retrieval }: Measured): DecisionSummary {
  const rows = questions.flatMap(({ id, answerable, kind }) => {
    const row = retrieval.get(id);
    return row ? [{ answerable, kind, confidence: row.answerability }] : [];
  });
  const positives = rows.filter((row) => row.answerable).map((row) => row.confidence);
  const against = (some: typeof rows): number | null =>
    rounded(
      auroc(
        positives,
        some.map((row) => row.confidence),
      ),
    );
  const unanswerable = rows.filter((row) => !row.answerable);
  const kinds = Map.groupBy(unanswerable, (row) => row.kind);
  return {
    answerable: positives.length,
    unanswerable: unanswerable.length,
    auroc_answerable: against(unanswerable),
    auroc_by_kind: Object.fromEntries(
      [...kinds].flatMap(([kind, some]) => (kind ? [[kind, against(some)]] : [])),
    ),
  };
}

export function summariseChat({ questions, chat }: Measured): ChatSummary {
  const rows = questions.flatMap(({ id, answerable, answer }) => {
    const row = chat.get(id);
    return row ? [{ ...row, answerable, hasAnswer: answer !== undefined }] : [];
  });
  const answerable = rows.filter((row) => row.answerable);
  const unanswerable = rows.filter((row) => !row.answerable);
  const checked = answerable.filter((row) => row.contains_answer !== null);
  const containing = checked.filter((row) => row.contains_answer).length;
  const confidence = (some: ChatRow[]): number[] => some.map((row) => row.confidence);
  const right = answerable.filter((row) => row.verdict === "right");
  const misled = answerable.filter((row) => row.verdict === "wrong");
  const durations = rows.map((row) => row.ms);
  return {
    answerable: count(answerable, {
      right: (row) => row.verdict === "right",
      right_anywhere: (row) => row.right_anywhere,
      wrong: (row) => row.verdict === "wrong",
      abstained: (row) => row.verdict === "abstained",
      other: (row) => row.verdict === "other",
    }),
    unanswerable: count(unanswerable, {
      abstained: (row) => row.verdict === "abstained",
      wrong: (row) => row.verdict === "wrong",
      other: (row) => row.verdict === "other",
    }),
    contains_answer: {
      n: checked.length,
      count: containing,
      share: rounded(share(containing, checked.length)),
    },
    auroc_right: rounded(auroc(confidence(right), confidence([...misled, ...unanswerable]))),
    latency_ms: { p50: percentile(durations, 50), p95: percentile(durations, 95) },
    max_sequential: rows.length > 0 ? Math.max(...rows.map((row) => row.sequential)) : null,
    outcomes: tally(rows.map((row) => row.outcome)),
    rungs: tally(rows.map((row) => row.rung)),
  };
}

function count<Names extends string>(
  rows: ChatRow[],
  tests: Record<Names, (row: ChatRow) => boolean>,
): Counted<Names> {
  const counts = {} as Record<Names, number>;
  const shares = {} as Record<Names, number | null>;
  for (const name of Object.keys(tests) as Names[]) {
    counts[name] = rows.filter(tests[name]).length;
    shares[name] = rounded(share(counts[name], rows.length));
  }
  return { n: rows.length, counts, shares };
}

function tally(values: string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const value of values) counts[value] = (counts[value] ?? 0) + 1;
  return counts;
}

/** The rows by which two reports are compared. They hold numbers and no text of the questions. */
export function questionRows({ questions, retrieval, chat, answers, baseline }: Measured): Row[] {
  return questions.map((question) => {
    const { id, answerable } = question;
    const { scores, answerability } = retrieval.get(id) ?? {};
    const { topic = null, kind = null, language = null, length = null } = slicesOf(question);
    const answer = chat.get(id);
    return {
      id,
      answerable,
      topic,
      kind,
      language,
      length,
      traits: question.traits?.join(",") ?? null,
      keywords_ndcg_at_10: rounded(scores?.keywords.ndcg_at_10),
      vectors_ndcg_at_10: rounded(scores?.vectors.ndcg_at_10),
      fused_ndcg_at_10: rounded(scores?.fused.ndcg_at_10),
      fused_hit_at_1: rounded(scores?.fused.hit_at_1),
      fused_recall_at_10: rounded(scores?.fused.recall_at_10),
      fused_recall_at_50: rounded(scores?.fused.recall_at_50),
      answerability: rounded(answerability),
      verdict: answer?.verdict ?? null,
      contains_answer: answer?.contains_answer ?? null,
      ...comparedCells(answers?.get(id), baseline?.get(id)),
    };
  });
}

export function printRetrieval(summary: RetrievalSummary): void {
  console.log(`\nRetrieval, ${summary.n} answerable questions, documents by their best passage`);
  printTable(
    ["", ...MEASURES],
    WAY_NAMES.map((way) => [way, ...MEASURES.map((name) => decimal(summary[way][name]))]),
  );
  const [low = null, high = null] = summary.fused_ndcg_at_10_interval ?? [];
  console.log(`  95 % interval of the fused ndcg_at_10: ${decimal(low)} to ${decimal(high)}`);
  if (!summary.over_better_leg) return;
  const { leg, difference, interval } = summary.over_better_leg;
  const [from = null, to = null] = interval;
  console.log(
    `  fused above ${leg}, the better leg: ${decimal(difference)} (${decimal(from)} to ${decimal(to)})`,
  );
}

export function printDecision(summary: DecisionSummary): void {
  if (summary.auroc_answerable === null) return;
  const kinds = Object.entries(summary.auroc_by_kind);
  console.log(
    `\nConfidence, ${summary.answerable} answerable against ${summary.unanswerable} unanswerable questions: AUROC ${decimal(summary.auroc_answerable)}`,
  );
  if (kinds.length > 1)
    console.log(`  against ${kinds.map(([kind, area]) => `${kind} ${decimal(area)}`).join(", ")}`);
}

/** @param concurrency the concurrency of the requests, given if latency is meaningful */
export function printChat(summary: ChatSummary, concurrency: number | undefined): void {
  const { answerable, unanswerable, contains_answer: contains } = summary;
  console.log(`\nAnswers, ${answerable.n + unanswerable.n} questions`);
  const cells = <Names extends string>(
    { counts, shares }: Counted<Names>,
    names: Names[],
  ): string[] => names.map((name) => `${counts[name]} (${decimal(shares[name])})`);
  printTable(
    ["", "n", "right", "right anywhere", "wrong", "abstained", "other"],
    [
      [
        "answerable",
        `${answerable.n}`,
        ...cells(answerable, ["right", "right_anywhere", "wrong", "abstained", "other"]),
      ],
      [
        "unanswerable",
        `${unanswerable.n}`,
        "",
        "",
        ...cells(unanswerable, ["wrong", "abstained", "other"]),
      ],
    ],
  );
  if (contains.n > 0) {
    console.log(
      `  ${contains.count} of ${contains.n} right answers contain the expected text (${decimal(contains.share)})`,
    );
  }
  console.log(
    `  AUROC of confidence, right answers against wrong ones and unanswerable questions: ${decimal(summary.auroc_right)}`,
  );
  const { p50, p95 } = summary.latency_ms;
  if (concurrency !== undefined)
    console.log(`  latency p50 ${p50 ?? "–"} ms, p95 ${p95 ?? "–"} ms, ${concurrency} at a time`);
  console.log(`  at most ${summary.max_sequential ?? "–"} sequential binding calls`);
  console.log(`  outcomes ${listed(summary.outcomes)}; rungs ${listed(summary.rungs)}`);
}

const LISTED = 20;

export function printFailures(failures: Failure[], retries: number): void {
  if (retries > 0) console.log(`\n${retries} requests had to be repeated.`);
  if (failures.length === 0) return;
  console.log(`\n${failures.length} failed; the numbers above do not include them:`);
  for (const { stage, id, reason } of failures.slice(0, LISTED))
    console.log(`  ${stage} ${id}: ${reason}`);
  if (failures.length > LISTED)
    console.log(`  … and ${failures.length - LISTED} more (all are in the --report)`);
}

function listed(counts: Record<string, number>): string {
  return (
    Object.entries(counts)
      .map(([name, n]) => `${name} ${n}`)
      .join(", ") || "none"
  );
}
