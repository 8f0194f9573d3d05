import { compareWithBaseline, type Compared } from "./baseline/report.ts";
import { decimal, printTable } from "./print.ts";
import { summariseChat, summariseRetrieval, type Measured } from "./report.ts";
import { sliceQuestions } from "./slices.ts";

/** Our answers beside the baseline's, to the questions that are named. */
export function comparedIn({ questions, retrieval, answers, baseline, chat }: Measured): Compared {
  const only = <Row>(rows: Map<string, Row> | undefined): Map<string, Row> =>
    new Map(
      questions.flatMap(({ id }): [string, Row][] => {
        const row = rows?.get(id);
        return row === undefined ? [] : [[id, row]];
      }),
    );
  const { hit_at_1, ndcg_at_10 } = summariseRetrieval({ questions, retrieval, chat }).fused;
  return compareWithBaseline({ hit_at_1, ndcg_at_10 }, only(answers), only(baseline));
}

/** The same measures for each slice, without those of single legs. */
export function summariseSlices(measured: Measured): object[] {
  return sliceQuestions(measured.questions).map(({ dimension, slice, questions }) => {
    const part = { ...measured, questions };
    const { n, fused } = summariseRetrieval(part);
    const { answerable, unanswerable } = summariseChat(part);
    return {
      dimension,
      slice,
      questions: questions.length,
      ...(n > 0 && { answerable: n, ndcg_at_10: fused.ndcg_at_10, hit_at_1: fused.hit_at_1 }),
      ...(answerable.n > 0 && { right: answerable.shares.right, wrong: answerable.shares.wrong }),
      ...passageShares(comparedIn(part)),
      ...(unanswerable.n > 0 && { silent: unanswerable.shares.abstained }),
    };
  });
}

function passageShares({ ours, baseline }: Compared): object {
  return ours && ours.noting_words > 0
    ? { right_passage: ours.right_passage, baseline_right_passage: baseline.right_passage }
    : {};
}

export function printSlices(measured: Measured): void {
  const slices = sliceQuestions(measured.questions);
  if (slices.length === 0) return;
  console.log("\nBy slice");
  const rows = slices.map(({ dimension, slice, questions }) => {
    const part = { ...measured, questions };
    const { n, fused } = summariseRetrieval(part);
    const { answerable, unanswerable, contains_answer: contains } = summariseChat(part);
    const total = (name: "wrong" | "abstained" | "other"): number =>
      answerable.counts[name] + unanswerable.counts[name];
    return [
      `${dimension}: ${slice}`,
      `${questions.length}`,
      n > 0 ? decimal(fused.hit_at_1) : "",
      n > 0 ? decimal(fused.ndcg_at_10) : "",
      answerable.n > 0 ? `${answerable.counts.right}` : "",
      ...(["wrong", "abstained", "other"] as const).map((name) => `${total(name)}`),
      contains.n > 0 ? `${contains.count}/${contains.n}` : "",
      ...passageCells(comparedIn(part)),
    ];
  });
  printTable(
    [
      "slice",
      "n",
      "hit_at_1",
      "ndcg_at_10",
      "right",
      "wrong",
      "abstained",
      "other",
      "text",
      "right passage",
      "BM25",
      "",
    ],
    rows,
  );
}

function passageCells({ ours, baseline }: Compared): string[] {
  if (!ours || ours.noting_words === 0) return [];
  const isBelow = (ours.right_passage ?? 0) < (baseline.right_passage ?? 0);
  return [decimal(ours.right_passage), decimal(baseline.right_passage), isBelow ? "BELOW" : ""];
}
