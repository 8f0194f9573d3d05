import type { RankEvidence } from "../src/retrieval/candidates.ts";
import type { Api } from "../cli/api.ts";
import { forEachConcurrently } from "../cli/concurrently.ts";
import { startProgress } from "../cli/progress.ts";
import { LEG_PASSAGES } from "../src/retrieval/rank.ts";
import { search, type Passage } from "./ask.ts";
import { fit, type Example, type Sign } from "./logistic.ts";
import { isInFirstHalf } from "./sample.ts";
import type { Question } from "./sets/question.ts";
import { readSet } from "./sets/read-set.ts";
import { ingest, OWN_INSTANCE, withTarget } from "./target.ts";

/** The number of wrong passages, the highest-ranked ones, that a right passage is compared with. */
const MOST_RIVALS = 10;

/** Every kind of evidence must be listed here, or this does not compile. */
const SIGNS: Record<keyof RankEvidence, Sign> = {
  similarity: 1,
  sentence: 1,
  pairs: 1,
  document: 1,
};
export const RANK_EVIDENCE = Object.keys(SIGNS) as (keyof RankEvidence)[];

/** The questions that {@link collectRankingExamples} asks. */
export const RANKING_QUESTIONS = [
  "demo/calibration.jsonl",
  "squad2-dev, the questions about half of its paragraphs",
];

export async function collectRankingExamples(concurrency: number): Promise<Example[]> {
  const demo = await examplesOf("demo", "calibration.jsonl", () => true, concurrency);
  const squad = await examplesOf("squad2-dev", undefined, isTrainedOn, concurrency);
  return [...demo, ...squad];
}

/** Whether the order by text was trained on a question of SQuAD2: its paragraph belongs to the first half. */
export function isTrainedOn({ relevant }: Question): boolean {
  return isInFirstHalf([...relevant.keys()][0] ?? "");
}

/** Weights of the order by text, scaled so that that of similarity is 1. Omitted evidence gets 0. */
export function fitRanking(
  examples: Example[],
  l2: number,
  leftOut: readonly (keyof RankEvidence)[] = [],
): Record<keyof RankEvidence, number> {
  const used = RANK_EVIDENCE.filter((name) => !leftOut.includes(name));
  const columns = used.map((name) => RANK_EVIDENCE.indexOf(name));
  const { weights } = fit(
    examples.map((one) => ({ ...one, features: columns.map((at) => one.features[at] ?? 0) })),
    used.map((name) => SIGNS[name]),
    l2,
  );
  const weightOf = (name: keyof RankEvidence): number => weights[used.indexOf(name)] ?? 0;
  const unit = weightOf("similarity") || 1;
  const scaled = RANK_EVIDENCE.map((name) => [
    name,
    Math.round((weightOf(name) / unit) * 1000) / 1000,
  ]);
  return Object.fromEntries(scaled) as Record<keyof RankEvidence, number>;
}

/** Each pair of a right and a wrong passage becomes two mirrored examples, so that the bias stays 0. Each set has the same total weight. */
async function examplesOf(
  name: string,
  questionFile: string | undefined,
  isWanted: (question: Question) => boolean,
  concurrency: number,
): Promise<Example[]> {
  const set = await readSet(name, questionFile === undefined ? {} : { questionFile });
  const questions = set.questions.filter((one) => one.answerable && isWanted(one));
  const pairs = await withTarget(OWN_INSTANCE, async (api) => {
    await ingest(api, set.documents, 8);
    return pairsOf(api, questions, concurrency);
  });
  const total = pairs.reduce((sum, { weight = 1 }) => sum + weight, 0);
  return pairs.map((pair) => ({ ...pair, weight: ((pair.weight ?? 1) * 100) / total }));
}

async function pairsOf(api: Api, questions: Question[], concurrency: number): Promise<Example[]> {
  const found = new Map<string, Example[]>();
  const progress = startProgress("Searching", questions.length);
  await forEachConcurrently(questions, concurrency, async ({ id, text, relevant }) => {
    const { results } = await search(api, text, ["keywords", "vectors"], LEG_PASSAGES);
    const right = results.find(({ external_id }) => relevant.has(external_id));
    const wrong = results.filter(({ external_id }) => !relevant.has(external_id));
    found.set(id, right ? mirrored(right, wrong.slice(0, MOST_RIVALS)) : []);
    progress.update(found.size);
  });
  progress.end();
  return questions.flatMap(({ id }) => found.get(id) ?? []);
}

function mirrored(right: Passage, rivals: Passage[]): Example[] {
  const weight = 1 / rivals.length;
  return rivals.flatMap((rival): Example[] => {
    const features = RANK_EVIDENCE.map((name) => valueOf(right, name) - valueOf(rival, name));
    const opposite = features.map((value) => -value);
    return [
      { features, label: 1, weight },
      { features: opposite, label: 0, weight },
    ];
  });
}

function valueOf({ rank_evidence }: Passage, name: keyof RankEvidence): number {
  if (!rank_evidence) throw new Error("The instance does not say what it orders by");
  return rank_evidence[name];
}
