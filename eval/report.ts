import { auroc, mean, percentile, share } from "./metrics.ts";
import {
  WAY_NAMES,
  type ChatRow,
  type RankingScores,
  type RetrievalRow,
  type Way,
} from "./measure.ts";
import type { Question } from "./sets.ts";
import type { Failure } from "./target.ts";

export interface Measured {
  questions: Question[];
  retrieval: Map<string, RetrievalRow>;
  chat: Map<string, ChatRow>;
}

type Means = { [Name in keyof RankingScores]: number | null };

export interface RetrievalSummary extends Record<Way, Means> {
  n: number;
}

export interface ChatSummary {
  answerable: Counted<"right" | "right_anywhere" | "wrong" | "abstained" | "other">;
  unanswerable: Counted<"abstained" | "wrong" | "other">;
  /** Of the right answers that have an expected text: how many contain it. */
  contains_answer: { n: number; count: number; share: number | null };
  /** Confidence of answerable against unanswerable questions. */
  auroc_answerable: number | null;
  /** Confidence of right answers against wrong answers and all unanswerable questions. */
  auroc_right: number | null;
  /** Milliseconds as the client sees them, at the concurrency of the run. */
  latency_ms: { p50: number | null; p95: number | null };
  /** Most bindings that one turn waited for one after the other. */
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
  const rows = questions.flatMap(({ id }) => retrieval.get(id) ?? []);
  const means = (way: Way): Means => {
    const of = (name: keyof RankingScores): number | null =>
      mean(rows.map((row) => row.scores[way][name]));
    return {
      hit_at_1: of("hit_at_1"),
      hit_at_3: of("hit_at_3"),
      recall_at_5: of("recall_at_5"),
      ndcg_at_10: of("ndcg_at_10"),
      mrr_at_10: of("mrr_at_10"),
    };
  };
  return {
    n: rows.length,
    keywords: means("keywords"),
    vectors: means("vectors"),
    fused: means("fused"),
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
      share: share(containing, checked.length),
    },
    auroc_answerable: auroc(confidence(answerable), confidence(unanswerable)),
    auroc_right: auroc(confidence(right), confidence([...misled, ...unanswerable])),
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
    shares[name] = share(counts[name], rows.length);
  }
  return { n: rows.length, counts, shares };
}

function tally(values: string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const value of values) counts[value] = (counts[value] ?? 0) + 1;
  return counts;
}

/** The same measures for the questions of each kind, in the order of their first appearance. */
export function byKind(measured: Measured): Record<string, Measured> {
  const kinds = Map.groupBy(measured.questions, (question) => question.kind);
  const named = [...kinds].flatMap(([kind, questions]) =>
    kind ? [[kind, { ...measured, questions }] as const] : [],
  );
  return Object.fromEntries(named);
}

export function questionRows({ questions, retrieval, chat }: Measured): object[] {
  return questions.map(({ id, text, answerable, relevant, answer, kind, topic }) => ({
    id,
    question: text,
    answerable,
    relevant: Object.fromEntries(relevant),
    answer: answer?.parts,
    kind,
    topic,
    retrieval: retrieval.get(id) ?? null,
    chat: chat.get(id) ?? null,
  }));
}

export function printRetrieval(summary: RetrievalSummary): void {
  console.log(`\nRetrieval, ${summary.n} answerable questions, documents by their best passage`);
  const names = ["hit_at_1", "hit_at_3", "recall_at_5", "ndcg_at_10", "mrr_at_10"] as const;
  printTable(
    ["", ...names],
    WAY_NAMES.map((way) => [way, ...names.map((name) => decimal(summary[way][name]))]),
  );
}

export function printChat(summary: ChatSummary, concurrency: number): void {
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
    `  AUROC of confidence: ${decimal(summary.auroc_answerable)} answerable against unanswerable`,
  );
  console.log(
    `                       ${decimal(summary.auroc_right)} right against wrong or unanswerable`,
  );
  const { p50, p95 } = summary.latency_ms;
  console.log(
    `  latency p50 ${p50 ?? "–"} ms, p95 ${p95 ?? "–"} ms, ${concurrency} at a time; at most ${summary.max_sequential ?? "–"} sequential binding calls`,
  );
  console.log(`  outcomes ${listed(summary.outcomes)}; rungs ${listed(summary.rungs)}`);
}

export function printKinds(kinds: Record<string, Measured>): void {
  if (Object.keys(kinds).length === 0) return;
  console.log("\nBy kind");
  const rows = Object.entries(kinds).map(([kind, measured]) => {
    const { n, fused } = summariseRetrieval(measured);
    const { answerable, unanswerable, contains_answer: contains } = summariseChat(measured);
    const total = (name: "wrong" | "abstained" | "other"): number =>
      answerable.counts[name] + unanswerable.counts[name];
    return [
      kind,
      `${measured.questions.length}`,
      n > 0 ? decimal(fused.hit_at_1) : "",
      n > 0 ? decimal(fused.ndcg_at_10) : "",
      answerable.n > 0 ? `${answerable.counts.right}` : "",
      ...(["wrong", "abstained", "other"] as const).map((name) => `${total(name)}`),
      contains.n > 0 ? `${contains.count}/${contains.n}` : "",
    ];
  });
  printTable(
    [
      "kind",
      "n",
      "fused hit_at_1",
      "fused ndcg_at_10",
      "right",
      "wrong",
      "abstained",
      "other",
      "text",
    ],
    rows,
  );
}

const LISTED = 20;

export function printFailures(failures: Failure[], retries: number): void {
  if (retries > 0) console.log(`\n${retries} requests had to be repeated.`);
  if (failures.length === 0) return;
  console.log(`\n${failures.length} failed; what was not measured is in no number above:`);
  for (const { stage, id, reason } of failures.slice(0, LISTED))
    console.log(`  ${stage} ${id}: ${reason}`);
  if (failures.length > LISTED)
    console.log(`  … and ${failures.length - LISTED} more (all are in the --report)`);
}

export function printTable(head: string[], rows: string[][]): void {
  const widths = head.map((_, column) =>
    Math.max(...[head, ...rows].map((row) => (row[column] ?? "").length)),
  );
  for (const row of [head, ...rows]) {
    const cells = widths.map((width, column) =>
      column === 0 ? (row[column] ?? "").padEnd(width) : (row[column] ?? "").padStart(width),
    );
    console.log(`  ${cells.join("  ")}`.trimEnd());
  }
}

export function decimal(value: number | null): string {
  return value === null ? "–" : value.toFixed(3);
}

function listed(counts: Record<string, number>): string {
  return (
    Object.entries(counts)
      .map(([name, n]) => `${name} ${n}`)
      .join(", ") || "none"
  );
}
