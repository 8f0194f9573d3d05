// `npm run eval:fit`: trains the answer-or-abstain decision of src/retrieval/answerability.ts on the calibration questions.
import type { Api } from "../cli/api.ts";
import { CommandError, readArguments, readCount, runCommand, UsageError } from "../cli/command.ts";
import {
  chooseClarifyFrom,
  chooseThreshold,
  crossValidate,
  FOLDS,
  tradeOff,
} from "./cross-validation.ts";
import {
  collectCases,
  countCases,
  FEATURES,
  TOP,
  type Case,
  type JudgedBy,
} from "./decision-cases.ts";
import { measureEmbedding, writeVars } from "./embedding-vars.ts";
import {
  BESIDE_SETS,
  BESIDE_WEIGHT,
  collectBeside,
  fitDecision,
  L2,
  predictBeside,
  type Beside,
} from "./decision-training.ts";
import { predict, type Model } from "./logistic.ts";
import { auroc, logLoss, share } from "./metrics.ts";
import { decimal, printTable } from "./print.ts";
import { rounded } from "./report-file.ts";
import { readShare } from "./share-option.ts";
import { controlRisk, type RiskGuarantee } from "./statistics/risk-control.ts";
import { answersFrom, publishRelease, writeFit } from "./release.ts";
import type { Release } from "../src/releases/release.ts";
import type { Evidence } from "../src/retrieval/answerability.ts";
import type { EvaluationSet } from "./sets/question.ts";
import { readSet } from "./sets/read-set.ts";
import { ingest, needsWrangler, withTarget } from "./target.ts";

/** Answerable questions that may meet silence, where the share of silence among the others is compared. */
const FALSE_SILENCE = 0.05;

const HELP = `
Usage: npm run eval:fit -- [set] [options]

Trains the logistic regression that decides between answering and abstaining, on the evidence that a running instance
reports for each question, and picks its threshold on cross-validated predictions. Deterministic. With --alpha, the threshold
is the lowest one that is shown to keep the share of wrong answers below alpha (method: Learn then Test). Without it, the
threshold is the lowest one that can be expected to abstain from 85 % of new unanswerable questions.

  set                  a path, demo (default), or a folder of ../shared/data
  --beside <set>       trains on half of this set's questions, too, so that the decision carries over to other documents; its
                       other half stays for measuring. The threshold is chosen on the first set alone. May be repeated; the
                       shipped decision is that of demo ${BESIDE_SETS.map((set) => `--beside ${set}`).join(" ")}
  --weight <n>         with --beside: the total weight of each set's questions, relative to the first set's; default ${BESIDE_WEIGHT}
  --questions <file>   the set's file of questions to train on; default calibration.jsonl
  --url <address>      asks this instance; without it, one in this process
  --wrangler           without --url: a throwaway instance under wrangler
  --key <sk_…>         a secret key with the scope documents; default sk_local_demo
  --no-ingest          with --url: the instance holds the documents already
  --l2 <n>             strength of the regularisation, more than 0; default ${L2}
  --concurrency <n>    requests at a time; default 4
  --alpha <share>      the limit for the share of wrong answers among the given ones, such as 0.1
  --delta <share>      with --alpha: the probability, over the draw of the questions, that the limit is exceeded; default 0.1
  --embedding <file>   trains for another embedding model: measures the cosines of the one that LOCAL_EMBEDDING_URL and
                       LOCAL_EMBEDDING_MODEL name (default: the local model), trains with them, and writes both into this file
                       as variables of the application. LOCAL_VARS=<file> npm start uses it, and npm run eval, too
  --write              writes src/releases/default.json and docs/evaluation/decision-fit.json; without it, the weights are
                       printed only

Exit code: 0 done, 1 something failed (nothing is written), 2 wrong usage.
`;

type Options = ReturnType<typeof readOptions>;

await runCommand(HELP, async (args) => {
  const options = readOptions(args);
  const set = await readSet(options.set, { questionFile: options.questions });
  const measured = options.embedding === undefined ? undefined : await measureEmbedding(set);
  // The threshold of another process cannot be lifted, so its first citation is not known for every question.
  const isOwn = options.url === undefined && !options.wrangler && !needsWrangler();
  const judgedBy: JudgedBy = options.promise && isOwn ? "first citation" : "first result";
  const target = { ...options, vars: measured?.vars };
  const cases = await withTarget(target, (api) => collectFrom(api, set, options, judgedBy));
  const beside: Beside[] = [];
  for (const one of options.beside) {
    const from = { set: one, weight: options.weight, cases: cases.length };
    beside.push(await collectBeside(target, from, options.concurrency));
  }
  const halves = beside.flatMap((one) => one.halves[0]);
  const predictions = crossValidate(cases, options.l2, halves);
  const model = fitDecision([...cases, ...halves], options.l2);
  const guarantee = options.promise && promiseRisk(cases, predictions, options.promise, judgedBy);
  const threshold = guarantee?.threshold ?? chooseThreshold(cases, predictions);
  const clarifyFrom = chooseClarifyFrom(cases, predictions, threshold);
  printFit(cases, predictions, model, threshold, options.l2);
  printBeside(cases, beside, threshold, options.l2);
  console.log(`A clarifying question instead of silence from ${decimal(clarifyFrom)} up.`);
  if (guarantee) printGuarantee(guarantee);

  const decision = {
    thresholds: { answer: threshold, clarify: clarifyFrom },
    bias: rounded(model.bias),
    weights: weightsOf(model),
  };
  console.log(`\n"decision": ${JSON.stringify(decision, null, 2)}\n`);
  if (measured && options.embedding !== undefined)
    await writeVars(options.embedding, measured.vars, { decision });
  const fit = describeFit(trainedOn(set, options), cases, predictions, options.l2, guarantee);
  if (options.write) await writeDecision(decision, fit);
  else if (!measured) console.log("Not written: --write puts this into src/releases/default.json.");
  return 0;
});

async function collectFrom(
  api: Api,
  set: EvaluationSet,
  options: Options,
  judgedBy: JudgedBy,
): Promise<Case[]> {
  if (judgedBy === "first citation") await publishRelease(api, answersFrom(0));
  const failures = options.ingest ? await ingest(api, set.documents, 8) : [];
  for (const { id, reason } of failures) console.error(`  ${id}: ${reason}`);
  if (failures.length > 0)
    throw new CommandError(`${failures.length} documents failed: nothing is trained on the rest.`);
  return collectCases(api, set.questions, options.concurrency, judgedBy);
}

function trainedOn({ name, questionFile }: EvaluationSet, { beside, weight }: Options): string {
  const own = `${name}/${questionFile}`;
  return [own, ...beside.map((set) => `half of ${set} at ${weight} of its weight`)].join(", and ");
}

async function writeDecision(decision: Partial<Release["decision"]>, fit: object): Promise<void> {
  const isNew = await writeFit(
    "decision",
    (release) => ({ ...release, decision: { ...release.decision, ...decision } }),
    fit,
  );
  console.log(`src/releases/default.json ${isNew ? "written" : "is as it was"}.`);
}

function readOptions(args: string[]) {
  const { values, positionals } = readArguments(args, {
    questions: { type: "string", default: "calibration.jsonl" },
    beside: { type: "string", multiple: true },
    embedding: { type: "string" },
    weight: { type: "string", default: `${BESIDE_WEIGHT}` },
    url: { type: "string" },
    key: { type: "string" },
    "no-ingest": { type: "boolean" },
    alpha: { type: "string" },
    delta: { type: "string" },
    wrangler: { type: "boolean" },
    l2: { type: "string", default: `${L2}` },
    concurrency: { type: "string" },
    write: { type: "boolean" },
  });
  if (positionals.length > 1) throw new UsageError("Name one set.");
  if (values.url === undefined && (values.key !== undefined || values["no-ingest"])) {
    throw new UsageError("--key and --no-ingest go with --url.");
  }
  const l2 = Number(values.l2);
  if (!(l2 > 0 && l2 < 1e6))
    throw new UsageError(`--l2 takes a number above 0, not "${values.l2}".`);
  const weight = Number(values.weight);
  if (!(weight > 0 && weight < 100))
    throw new UsageError(`--weight takes a number above 0, not "${values.weight}".`);
  if (values.beside !== undefined && values.url !== undefined)
    throw new UsageError("--beside needs an instance of its own: it goes without --url.");
  const { embedding } = values;
  if (embedding !== undefined && (values.url !== undefined || values.wrangler || values.write))
    throw new UsageError("--embedding goes without --url, --wrangler and --write.");
  return {
    embedding,
    beside: values.beside ?? [],
    weight,
    set: positionals[0] ?? "demo",
    questions: values.questions,
    url: values.url,
    key: values.key,
    ingest: !values["no-ingest"],
    wrangler: values.wrangler ?? false,
    concurrency: readCount(values.concurrency, "--concurrency", 4),
    l2,
    promise: readPromise(values.alpha, values.delta),
    write: values.write ?? false,
  };
}

function readPromise(
  alpha: string | undefined,
  delta: string | undefined,
): RiskGuarantee | undefined {
  if (alpha === undefined && delta !== undefined)
    throw new UsageError("--delta goes with --alpha.");
  if (alpha === undefined) return undefined;
  return { alpha: readShare(alpha, "--alpha"), delta: readShare(delta ?? "0.1", "--delta") };
}

interface Guarantee extends RiskGuarantee {
  threshold: number;
  /** Upper confidence bound on the share of wrong answers, at 1 − delta. */
  bound: number;
  questions: number;
  answered: number;
  errors: number;
  coverage: number;
  judgedBy: JudgedBy;
  /** Each question was judged by a model trained without it, not by the model that is written. */
  predictions: "cross-validated";
}

/** @throws CommandError when no threshold can be shown to keep the guarantee */
function promiseRisk(
  cases: Case[],
  predictions: number[],
  promise: RiskGuarantee,
  judgedBy: JudgedBy,
): Guarantee {
  const outcomes = cases.map(({ canAnswer, wrong }, i) => ({
    canAnswer,
    wrong,
    confidence: predictions[i] ?? 0,
  }));
  const controlled = controlRisk(outcomes, promise);
  if (!controlled) {
    throw new CommandError(
      `No threshold can be shown to keep wrong answers under ${promise.alpha} of the given ones with confidence ${1 - promise.delta}: only answering nothing would. Allow more errors, or label more questions.`,
    );
  }
  const { threshold, bound, tested } = controlled;
  const { questions, answered, errors, coverage } = tested;
  return {
    ...promise,
    threshold,
    bound: rounded(bound),
    questions,
    answered,
    errors,
    coverage: rounded(coverage),
    judgedBy,
    predictions: "cross-validated",
  };
}

function printGuarantee(guarantee: Guarantee): void {
  const { alpha, delta, threshold, bound, questions, answered, errors, coverage } = guarantee;
  console.log(
    `\nFrom ${threshold} up ${errors} of ${answered} answers are wrong, so with confidence ${1 - delta} at most ${decimal(bound)} (promised: ${alpha}). Of ${questions} questions ${decimal(coverage)} are answered.`,
  );
}

function printFit(
  cases: Case[],
  predictions: number[],
  model: Model,
  threshold: number,
  l2: number,
): void {
  const { found, missed, unanswerable } = countCases(cases);
  console.log(
    `\n${cases.length} questions: ${found} with their answer among the first ${TOP} results, ${missed} without, ${unanswerable} unanswerable`,
  );
  const { auroc: area, logLoss: loss } = quality(cases, predictions);
  const trained = quality(
    cases,
    cases.map((one) => predict(model, one.features)),
  );
  console.log(
    `${FOLDS}-fold cross-validated: AUROC ${decimal(area)}, log loss ${decimal(loss)} (on what it was trained on: ${decimal(trained.auroc)}, ${decimal(trained.logLoss)}); l2 ${l2}\n`,
  );
  printTable(
    ["feature", "weight", "mean if found", "mean if not"],
    FEATURES.map((name, i) => [
      name,
      decimal(model.weights[i] ?? 0),
      ...([1, 0] as const).map((label) =>
        decimal(
          meanOf(
            cases.filter((one) => one.label === label),
            i,
          ),
        ),
      ),
    ]),
  );
  console.log(`  bias ${decimal(model.bias)}\n`);
  const steps = Array.from({ length: 19 }, (_, index) => (index + 1) / 20);
  const thresholds = [...new Set([...steps, threshold])].toSorted((a, b) => a - b);
  printTable(
    [
      "threshold",
      "answered if found",
      "abstained if unanswerable",
      "answered though missed",
      "balanced accuracy",
      "",
    ],
    thresholds.map((at) => {
      const row = tradeOff(cases, predictions, at);
      const cells = [row.threshold, row.answered, row.abstained].map(decimal);
      return [
        ...cells,
        `${row.misled} of ${missed}`,
        decimal(row.balanced),
        at === threshold ? "chosen" : "",
      ];
    }),
  );
}

/** How the decision carries over: each half of a set is judged by a model that was trained on the other one. */
function printBeside(cases: Case[], beside: Beside[], threshold: number, l2: number): void {
  for (const one of beside) {
    const predicted = predictBeside(cases, beside, one, l2);
    const [yes, no] = [true, false].map((answerable) =>
      predicted
        .filter((row) => row.case.answerable === answerable)
        .map(({ prediction }) => prediction)
        .toSorted((a, b) => a - b),
    ) as [number[], number[]];
    const below = (values: number[], at: number): number | null =>
      share(values.filter((value) => value < at).length, values.length);
    const at = yes[Math.floor(FALSE_SILENCE * yes.length)] ?? 0;
    console.log(
      `${one.set}, each half judged by the other: AUROC ${decimal(auroc(yes, no))}; ${decimal(below(no, at))} of ${no.length} unanswerable ones silent where ${decimal(below(yes, at))} of ${yes.length} others are; at the threshold ${decimal(below(no, threshold))} and ${decimal(below(yes, threshold))}`,
    );
  }
}

function quality(
  cases: Case[],
  predictions: number[],
): { auroc: number | null; logLoss: number | null } {
  const of = (label: 0 | 1): number[] => predictions.filter((_, i) => cases[i]?.label === label);
  return {
    auroc: auroc(of(1), of(0)),
    logLoss: logLoss(
      predictions,
      cases.map((one) => one.label),
    ),
  };
}

function meanOf(cases: Case[], feature: number): number | null {
  return share(
    cases.reduce((total, one) => total + (one.features[feature] ?? 0), 0),
    cases.length,
  );
}

function weightsOf({ weights }: Model): Record<keyof Evidence, number> {
  const pairs = FEATURES.map((name, index) => [name, rounded(weights[index] ?? 0)]);
  return Object.fromEntries(pairs) as Record<keyof Evidence, number>;
}

/** What the decision was fitted on, and how well. Independent of time and machine. */
function describeFit(
  trainedOn: string,
  cases: Case[],
  predictions: number[],
  l2: number,
  guarantee: Guarantee | undefined,
): object {
  const { auroc: area, logLoss: loss } = quality(cases, predictions);
  return {
    trainedOn,
    questions: countCases(cases),
    l2,
    crossValidated: { auroc: rounded(area ?? 0), logLoss: rounded(loss ?? 0) },
    ...(guarantee && { guarantee }),
  };
}
