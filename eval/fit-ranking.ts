// `npm run eval:fit-ranking`: trains the order by text of src/retrieval/rerank.ts on questions whose article is known.
import { writeFile } from "node:fs/promises";
import path from "node:path";
import type { Api } from "../cli/api.ts";
import { readArguments, readCount, runCommand } from "../cli/command.ts";
import { forEachConcurrently } from "../cli/concurrently.ts";
import { startProgress } from "../cli/progress.ts";
import { ANSWER_PASSAGES, type RankEvidence } from "../src/retrieval/rerank.ts";
import { search, type Passage } from "./ask.ts";
import { fit, type Example, type Sign } from "./logistic.ts";
import { decimal, printTable } from "./print.ts";
import { isInFirstHalf } from "./sample.ts";
import type { Question } from "./sets/question.ts";
import { readSet } from "./sets/read-set.ts";
import { ingest, withTarget } from "./target.ts";

const HELP = `
Usage: npm run eval:fit-ranking -- [options]

Trains the weights by which passages are ordered: a logistic regression on the differences between the best passage of a right
document and the passages of wrong ones, on the demo's calibration questions and on the questions about one half of SQuAD2's
paragraphs, each set counting the same. No weight may be negative. Deterministic.

  --l2 <n>             strength of the regularisation; default 0.01
  --concurrency <n>    questions at a time; default 4
  --write              writes src/retrieval/rerank-weights.json; without it, the weights are printed only

Exit code: 0 done, 1 something failed (nothing is written), 2 wrong usage.
`;

const WEIGHTS_FILE = path.resolve(import.meta.dirname, "../src/retrieval/rerank-weights.json");
/** Wrong passages that a right one is compared with: those that were found nearest. */
const MOST_RIVALS = 10;

/** A piece of evidence that is missing here does not compile. */
const SIGNS: Record<keyof RankEvidence, Sign> = {
  keywordShare: 1,
  cosine: 1,
  sentence: 1,
  pairs: 1,
  document: 1,
};
const NAMES = Object.keys(SIGNS) as (keyof RankEvidence)[];

await runCommand(HELP, async (args) => {
  const { values } = readArguments(args, {
    l2: { type: "string", default: "0.01" },
    concurrency: { type: "string" },
    write: { type: "boolean" },
  });
  const concurrency = readCount(values.concurrency, "--concurrency", 4);
  const demo = await examplesOf("demo", "calibration.jsonl", () => true, concurrency);
  const isOfFirstHalf = ({ relevant }: Question): boolean =>
    isInFirstHalf([...relevant.keys()][0] ?? "");
  const squad = await examplesOf("squad2-dev", undefined, isOfFirstHalf, concurrency);
  const { weights } = fit(
    [...demo, ...squad],
    NAMES.map((name) => SIGNS[name]),
    Number(values.l2),
  );
  const legs = (weights[0] ?? 0) + (weights[1] ?? 0);
  const scaled = weights.map((weight) => Math.round((weight / legs) * 1000) / 1000);
  printTable(
    ["evidence", "weight"],
    NAMES.map((name, index) => [name, decimal(scaled[index] ?? 0)]),
  );
  const file = {
    trainedOn: ["demo/calibration.jsonl", "squad2-dev, the questions about half of its paragraphs"],
    method: "pairwise logistic regression, no weight below 0, keywordShare + cosine = 1",
    weights: Object.fromEntries(NAMES.map((name, index) => [name, scaled[index]])),
  };
  if (values.write) await writeFile(WEIGHTS_FILE, `${JSON.stringify(file, null, 2)}\n`);
  return 0;
});

/** Each pair of a right and a wrong passage as two mirrored examples, so that no bias is learned; a set counts 1 for each of 100. */
async function examplesOf(
  name: string,
  questionFile: string | undefined,
  isWanted: (question: Question) => boolean,
  concurrency: number,
): Promise<Example[]> {
  const set = await readSet(name, questionFile === undefined ? {} : { questionFile });
  const questions = set.questions.filter((one) => one.answerable && isWanted(one));
  const pairs = await withTarget(
    { url: undefined, key: undefined, wrangler: false },
    async (api) => {
      await ingest(api, set.documents, 8);
      return pairsOf(api, questions, concurrency);
    },
  );
  const total = pairs.reduce((sum, { weight = 1 }) => sum + weight, 0);
  return pairs.map((pair) => ({ ...pair, weight: ((pair.weight ?? 1) * 100) / total }));
}

async function pairsOf(api: Api, questions: Question[], concurrency: number): Promise<Example[]> {
  const found = new Map<string, Example[]>();
  const progress = startProgress("Searching", questions.length);
  await forEachConcurrently(questions, concurrency, async ({ id, text, relevant }) => {
    const { results } = await search(api, text, ["keywords", "vectors"], ANSWER_PASSAGES);
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
    const features = NAMES.map((name) => valueOf(right, name) - valueOf(rival, name));
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
