import type { Api } from "../../cli/api.ts";
import type { Evidence } from "../../src/retrieval/answerability.ts";
import { MOST_PASSAGES, type SearchAnswer, chat } from "../ask.ts";
import { FEATURES } from "../decision-cases.ts";
import { measureConversations } from "../measure-conversations.ts";
import { forEachQuestion, judgeChat } from "../measure.ts";
import { ndcgAt, rankDocuments, recallAt } from "../metrics.ts";
import { aurocOf } from "../statistics/bootstrap.ts";
import { CommandError } from "../../cli/command.ts";
import type { AblationSet } from "./sets.ts";

/** One measure of one run, as a function of how often each unit (a question or a conversation) is drawn. */
export interface Measurement {
  units: number;
  statistic: (counts: Uint32Array) => number | null;
}

export const MEASURES = ["nDCG@10", "recall@10", "AUROC", "right", "text"] as const;
export type Measure = (typeof MEASURES)[number];

/** The measures of a set, and each question's evidence for the decision as numbers in the order of {@link FEATURES}. */
export interface Run {
  measures: Partial<Record<Measure, Measurement>>;
  evidence: { features: number[]; answerable: boolean }[];
}

/** Concurrent questions. */
const CONCURRENCY = 4;

export async function measureSet(api: Api, set: AblationSet): Promise<Run> {
  const searched = await searchAll(api, set);
  const talked = await talk(api, set);
  return { measures: { ...searched.measures, ...talked }, evidence: searched.evidence };
}

async function searchAll(api: Api, { questions }: AblationSet): Promise<Run> {
  if (questions.length === 0) return { measures: {}, evidence: [] };
  const { rows, failures } = await forEachQuestion(
    "search",
    api,
    questions,
    CONCURRENCY,
    async ({ text, relevant }) => {
      // `search` would take a leg that is switched off for a failed one.
      const { body } = await api.post<SearchAnswer>("/v1/search", {
        query: text,
        limit: MOST_PASSAGES,
        explain: true,
      });
      const ranking = rankDocuments(body.results);
      return {
        ndcg: ndcgAt(ranking, relevant, 10),
        recall: recallAt(ranking, relevant, 10),
        confidence: body.answerability,
        features: FEATURES.map((name) => body.evidence?.[name as keyof Evidence] ?? Number.NaN),
      };
    },
  );
  refuseFailures(failures);
  const found = questions.map((one) => ({ ...one, ...mustHave(rows, one.id) }));
  const answerable = found.filter((one) => one.answerable);
  const labels = found.map((one) => one.answerable);
  const scores = found.map(({ confidence }) => confidence);
  const hasBoth = answerable.length < found.length;
  // Where a question needs many documents, recall says more than their order.
  const isMany = answerable.some(({ relevant }) => relevant.size > 5);
  return {
    measures: {
      "nDCG@10": meanOver(answerable.map(({ ndcg }) => ndcg)),
      ...(isMany && { "recall@10": meanOver(answerable.map(({ recall }) => recall)) }),
      ...(hasBoth && { AUROC: { units: found.length, statistic: aurocOf(scores, labels) } }),
    },
    evidence: found.map(({ features, answerable }) => ({ features, answerable })),
  };
}

async function talk(api: Api, set: AblationSet): Promise<Run["measures"]> {
  if (!set.chat) return {};
  if (set.conversations.length > 0) {
    const { rows, failures } = await measureConversations(api, set.conversations, CONCURRENCY);
    refuseFailures(failures);
    const turns = set.conversations.map(({ id }) => mustHave(rows, id));
    const right = turns.map((some) => some.filter((row) => row.right).length);
    return {
      right: ratioOver(
        right,
        turns.map((some) => some.length),
      ),
    };
  }
  const { rows, failures } = await forEachQuestion(
    "chat",
    api,
    set.questions,
    CONCURRENCY,
    async (question) => {
      const { answer, ms } = await chat(api, question.text);
      return judgeChat(question, answer, ms);
    },
  );
  refuseFailures(failures);
  const judged = set.questions.map((one) => ({ ...one, ...mustHave(rows, one.id) }));
  return {
    right: meanOver(
      judged.map(({ answerable, verdict }) =>
        verdict === (answerable ? "right" : "abstained") ? 1 : 0,
      ),
    ),
    text: meanOver(
      judged
        .filter((one) => one.answerable)
        .map(({ contains_answer }) => (contains_answer === true ? 1 : 0)),
    ),
  };
}

function meanOver(values: number[]): Measurement {
  return ratioOver(
    values,
    values.map(() => 1),
  );
}

function ratioOver(values: number[], sizes: number[]): Measurement {
  return {
    units: values.length,
    statistic: (counts) => {
      let sum = 0;
      let size = 0;
      for (const [i, count] of counts.entries()) {
        sum += count * (values[i] ?? 0);
        size += count * (sizes[i] ?? 0);
      }
      return size > 0 ? sum / size : null;
    },
  };
}

function mustHave<Row>(rows: Map<string, Row>, id: string): Row {
  const row = rows.get(id);
  if (row === undefined) throw new CommandError(`${id} was not measured.`);
  return row;
}

function refuseFailures(failures: { id: string; reason: string }[]): void {
  const [first] = failures;
  if (first)
    throw new CommandError(`${failures.length} failed, such as ${first.id}: ${first.reason}`);
}
