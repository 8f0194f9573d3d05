import { mean, share } from "../metrics.ts";
import { summariseAnswers, type AnswerShares, type JudgedAnswer } from "../passages/judge.ts";
import { decimal, printTable } from "../print.ts";
import { rounded, type Row } from "../report-file.ts";
import type { BaselineRow } from "./measure.ts";

/** Our answers and the baseline's to the same questions. */
export interface Compared {
  /** Of the instance's search; null for turns of a conversation, which are not searched by themselves. */
  search: { hit_at_1: number | null; ndcg_at_10: number | null } | null;
  /** Null if the chat was asked nothing. */
  ours: AnswerShares | null;
  baseline: BaselineShares;
  /** The measures in which we are below the baseline, which is a bug. */
  below: string[];
}

interface BaselineShares extends AnswerShares {
  hit_at_1: number | null;
  ndcg_at_10: number | null;
  three_sections: { words_held: number | null; words_per_answer: number | null };
  best_document: { words_held: number | null; words_per_answer: number | null };
}

const ANSWER_MEASURES = [
  "right_article",
  "right_passage",
  "words_held",
  "whole_procedure",
] as const satisfies (keyof AnswerShares)[];

/** In the order of the table. A large share of wrong passages may be the price of fewer silences, so it is not compared. */
const SHOWN = [
  "right_article",
  "right_passage",
  "wrong_passage",
  "words_held",
  "whole_procedure",
] as const satisfies (keyof AnswerShares)[];

/**
 * @param search the means of our search over all of the baseline's questions
 * @param ours our answers; the baseline's to other questions do not count towards the shares of answers
 */
export function compareWithBaseline(
  search: Compared["search"],
  ours: ReadonlyMap<string, JudgedAnswer>,
  rows: ReadonlyMap<string, BaselineRow>,
): Compared {
  const asked = ours.size === 0 ? rows : new Map([...rows].filter(([id]) => ours.has(id)));
  const baseline = summariseBaseline([...rows.values()], [...asked.values()]);
  const answered = [...ours].flatMap(([id, row]) => (rows.has(id) ? row : []));
  const answers = answered.length > 0 ? summariseAnswers(answered) : null;
  const isBelow = (mine: number | null | undefined, theirs: number | null): boolean =>
    typeof mine === "number" && theirs !== null && mine < theirs;
  return {
    search,
    ours: answers,
    baseline,
    below: [
      ...(["hit_at_1", "ndcg_at_10"] as const).filter((name) =>
        isBelow(search?.[name], baseline[name]),
      ),
      ...ANSWER_MEASURES.filter((name) => isBelow(answers?.[name], baseline[name])),
    ],
  };
}

function summariseBaseline(all: BaselineRow[], asked: BaselineRow[]): BaselineShares {
  const longer = (name: "three" | "document"): BaselineShares["best_document"] => {
    const judged = asked.filter((row) => row[name].held !== null);
    return {
      words_held: rounded(share(judged.filter((row) => row[name].held).length, judged.length)),
      words_per_answer: rounded(mean(asked.map((row) => row[name].words))),
    };
  };
  return {
    hit_at_1: rounded(mean(all.map((row) => row.hit_at_1))),
    ndcg_at_10: rounded(mean(all.map((row) => row.ndcg_at_10))),
    ...summariseAnswers(asked.map((row) => row.best)),
    three_sections: longer("three"),
    best_document: longer("document"),
  };
}

/** The cells of one question in a report. */
export function comparedCells(
  ours: JudgedAnswer | undefined,
  baseline: BaselineRow | undefined,
): Row {
  const flag = (value: boolean | null | undefined): number | null =>
    typeof value === "boolean" ? Number(value) : null;
  return {
    right_passage: flag(ours?.passage),
    words_held: flag(ours?.held),
    whole_procedure: ours?.isProcedure ? flag(ours.passage) : null,
    answer_words: ours?.words ?? null,
    baseline_hit_at_1: baseline?.hit_at_1 ?? null,
    baseline_ndcg_at_10: rounded(baseline?.ndcg_at_10),
    baseline_right_passage: flag(baseline?.best.passage),
    baseline_words_held: flag(baseline?.best.held),
    baseline_words: baseline?.best.words ?? null,
  };
}

/** @param silent the unanswerable questions, and how many of them got no answer from us */
export function printCompared(
  { search, ours, baseline, below }: Compared,
  silent: { n: number; count: number },
): void {
  const { n, noting_words: noting, procedures } = baseline;
  console.log(
    `\nBeside the baseline: ${n} questions with an answer, of which ${noting} note its words and ${procedures} ask for a procedure`,
  );
  const searched = (some: Compared["search"]): string[] =>
    some ? [decimal(some.hit_at_1), decimal(some.ndcg_at_10)] : ["", ""];
  const answered = (some: AnswerShares): string[] => [
    ...SHOWN.map((name) => decimal(some[name])),
    some.words_per_answer?.toFixed(0) ?? "–",
  ];
  const longer = (name: string, some: BaselineShares["best_document"]): string[] => [
    name,
    "",
    "",
    ...SHOWN.map((measure) => (measure === "words_held" ? decimal(some.words_held) : "")),
    some.words_per_answer?.toFixed(0) ?? "–",
  ];
  const silence = silent.n > 0 ? `${silent.count} of ${silent.n}` : "–";
  const head = ["hit_at_1", "ndcg_at_10", ...SHOWN, "words", "silent"];
  printTable(
    ["", ...head.map(titleOf)],
    [
      ["ours", ...searched(search), ...(ours ? [...answered(ours), silence] : [])],
      ["BM25, best section", ...searched(baseline), ...answered(baseline), "none"],
      ...(noting > 0
        ? [
            longer("BM25, three best sections", baseline.three_sections),
            longer("BM25, best document", baseline.best_document),
          ]
        : []),
    ],
  );
  console.log(
    below.length > 0
      ? `  BELOW THE BASELINE, which is a bug: ${below.map(titleOf).join(", ")}`
      : "  Nowhere below the baseline.",
  );
}

function titleOf(measure: string): string {
  return measure.includes("_at_") ? measure : measure.replaceAll("_", " ");
}
