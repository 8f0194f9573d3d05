// `npm run eval`: measures the retrieval and the answers of an instance on a set of questions, or compares two such reports.
import path from "node:path";
import type { Api } from "../cli/api.ts";
import { readArguments, readCount, runCommand, UsageError } from "../cli/command.ts";
import { measureBaseline } from "./baseline/measure.ts";
import { printCompared } from "./baseline/report.ts";
import { compareReports, hasRegression } from "./compare.ts";
import { countQuestions, describeRun, modelsSeen } from "./describe-run.ts";
import { writeExplanation } from "./explain.ts";
import {
  compareTurns,
  conversationRows,
  measureConversations,
  printConversations,
  summariseConversations,
} from "./measure-conversations.ts";
import { measureChat, measureRetrieval } from "./measure.ts";
import { judgeAnswers } from "./passages/judge.ts";
import { printDifferences } from "./print-differences.ts";
import { checkWritable, fingerprint, readReport, writeReport } from "./report-file.ts";
import {
  printChat,
  printDecision,
  printFailures,
  printRetrieval,
  questionRows,
  summariseChat,
  summariseDecision,
  summariseRetrieval,
  type Measured,
} from "./report.ts";
import { sample, SEED } from "./sample.ts";
import { readShare } from "./share-option.ts";
import { readConversations } from "./sets/conversations.ts";
import { comparedIn, printSlices, summariseSlices } from "./slice-report.ts";
import type { EvaluationSet } from "./sets/question.ts";
import { readSet } from "./sets/read-set.ts";
import { compareDocuments, ingest, needsWrangler, withTarget, type Failure } from "./target.ts";

const HELP = `
Usage: npm run eval -- [set] [options]
       npm run eval -- compare <before.json> <after.json> [--alpha <share>]

Measures an instance on a set of questions: the rankings of each search leg and of both together, and the chat's answers.

  set                    a path, demo (default), or a folder of ../shared/data; docs/evaluation/sets.md has the formats
  --questions <file>     the file of questions about the set's documents, such as calibration.jsonl; default golden.jsonl
  --off-topic <folder>   adds off-topic utterances, such as clinc150, as unanswerable questions
  --conversations <file> replays conversations instead of asking single questions
  --url <address>        measures this instance; without it, one in this process, or one under wrangler if a chat model is set
  --wrangler             without --url: always a throwaway instance under wrangler; only there is latency meaningful
  --key <sk_…>           a secret key with the scopes documents and chat; default sk_local_demo
  --no-ingest            with --url: the instance holds the documents already
  --pending <share>      measures as right after an upload: the index shows no vector of this share of the documents; 1 is all
  --limit <n>            this many questions, drawn with a fixed seed; default all
  --chat <n>             this many of them are asked in the chat, drawn with a fixed seed; default 600, 0 asks none
  --concurrency <n>      requests at a time; default 4. Latency is measured under this load
  --report <file>        writes the numbers, with a row for each question, as JSON
  --explain <file>       writes the questions that went worst, with each leg's results, as Markdown

compare prints the differences between two reports, with paired bootstrap intervals, and fails on a significant regression.
  --alpha <share>        chance of a false alarm; default 0.05

CHAT_MODEL, LOCAL_CHAT_URL and similar variables apply to the throwaway instance as to npm start.
Exit code: 0 all measured, or no regression; 1 something failed, or a regression; 2 wrong usage, or reports that cannot be
compared.
`;

/** Concurrent uploads. In this process there is only one, so that chunk numbers, and thus the order of ties, are the same in every run. */
const UPLOADS = 8;
/** The default of --chat. */
const CHAT_DEFAULT = 600;

await runCommand(HELP, async (args) =>
  args[0] === "compare" ? compare(args.slice(1)) : measure(args),
);

async function compare(args: string[]): Promise<number> {
  const { values, positionals } = readArguments(args, {
    alpha: { type: "string", default: "0.05" },
  });
  const [before, after, ...more] = positionals;
  if (before === undefined || after === undefined || more.length > 0)
    throw new UsageError("compare takes two reports.");
  const alpha = readShare(values.alpha, "--alpha");
  const differences = compareReports(await readReport(before), await readReport(after), alpha);
  printDifferences(differences, alpha);
  return hasRegression(differences) ? 1 : 0;
}

async function measure(args: string[]): Promise<number> {
  const options = readOptions(args);
  for (const file of [options.report, options.explain]) if (file) await checkWritable(file);
  const set = await readSet(options.set, {
    questionFile: options.questions,
    offTopic: options.offTopic,
  });
  if (options.conversations !== undefined)
    return playConversations(options, options.conversations, set);
  const questions = sample(set.questions, options.limit);
  describeSet(set, questions);
  return withTarget(options, (api) => measureQuestions(api, options, { ...set, questions }));
}

async function measureQuestions(api: Api, options: Options, set: EvaluationSet): Promise<number> {
  const { questions } = set;
  const failures = await prepareDocuments(api, set, options);
  const retrieval = await measureRetrieval(api, questions, options.concurrency);
  const asked = sample(questions, options.chat ?? (set.conversational ? CHAT_DEFAULT : 0));
  if (asked.length < questions.length) {
    console.error(
      `The chat is asked ${asked.length} of the ${questions.length} questions (--chat), drawn with seed ${SEED}.`,
    );
  }
  const chat = await measureChat(api, asked, options.concurrency);
  failures.push(...retrieval.failures, ...chat.failures);

  const answerable = questions.filter((question) => question.answerable);
  const measured: Measured = {
    questions,
    retrieval: retrieval.rows,
    chat: chat.rows,
    answers: judgeAnswers(answerable, chat.rows),
    baseline: measureBaseline(set.documents, answerable),
  };
  printRetrieval(summariseRetrieval(measured));
  printDecision(summariseDecision(measured));
  const answers = summariseChat(measured);
  const isTimed = options.url !== undefined || options.wrangler || needsWrangler();
  if (asked.length > 0) printChat(answers, isTimed ? options.concurrency : undefined);
  const compared = comparedIn(measured);
  const { n, counts } = answers.unanswerable;
  printCompared(compared, { n, count: counts.abstained });
  printSlices(measured);
  printFailures(failures, api.retries);
  if (options.report) {
    const report = {
      ...describeRun("questions", set, options, failures, api),
      fingerprint: fingerprint(
        set.documents,
        questions.map(({ relevant, passage: _passage, traits: _traits, ...question }) => ({
          ...question,
          relevant: [...relevant],
        })),
      ),
      words: fingerprint(
        [],
        questions.map(({ id, passage }) => ({ id, passage })),
      ),
      rows: questionRows(measured),
    };
    await writeReport(options.report, report, {
      counts: countQuestions(set),
      models: modelsSeen(measured),
      retrieval: summariseRetrieval(measured),
      decision: summariseDecision(measured),
      chat:
        asked.length > 0 ? { ...answers, latency_ms: isTimed ? answers.latency_ms : null } : null,
      beside_baseline: compared,
      slices: summariseSlices(measured),
    });
    console.error(`Report: ${path.resolve(options.report)}`);
  }
  if (options.explain) await writeExplanation(options.explain, set, measured);
  return failures.length > 0 ? 1 : 0;
}

async function playConversations(
  options: Options,
  file: string,
  set: EvaluationSet,
): Promise<number> {
  const ids = set.documents.map((document) => document.external_id);
  const all = await readConversations(set.folder, file, ids);
  const conversations = sample(all, options.limit);
  console.log(`Set ${set.name} (${file}): ${conversations.length} conversations`);
  return withTarget(options, async (api) => {
    const failures = await prepareDocuments(api, set, options);
    const played = await measureConversations(api, conversations, options.concurrency);
    failures.push(...played.failures);
    const summary = summariseConversations(played.rows);
    printConversations(summary, played.rows);
    const turns = compareTurns(set.documents, conversations, played.rows);
    printCompared(turns.compared, turns.silent);
    printFailures(failures, api.retries);
    if (options.report) {
      const report = {
        ...describeRun("conversations", { ...set, questionFile: file }, options, failures, api),
        fingerprint: fingerprint(
          set.documents,
          conversations.map((one) => ({
            ...one,
            turns: one.turns.map(({ passage: _passage, ...turn }) => ({
              ...turn,
              expected: [...turn.expected],
            })),
          })),
        ),
        words: fingerprint(
          [],
          conversations.map(({ turns }) => turns.map(({ passage }) => passage ?? null)),
        ),
        rows: conversationRows(conversations, played.rows, turns.cells),
      };
      await writeReport(options.report, report, { summary, beside_baseline: turns.compared });
      console.error(`Report: ${path.resolve(options.report)}`);
    }
    return failures.length > 0 ? 1 : 0;
  });
}

type Options = ReturnType<typeof readOptions>;

function readOptions(args: string[]) {
  const { values, positionals } = readArguments(args, {
    questions: { type: "string" },
    url: { type: "string" },
    key: { type: "string" },
    "no-ingest": { type: "boolean" },
    wrangler: { type: "boolean" },
    pending: { type: "string" },
    limit: { type: "string" },
    chat: { type: "string" },
    concurrency: { type: "string" },
    report: { type: "string" },
    explain: { type: "string" },
    "off-topic": { type: "string" },
    conversations: { type: "string" },
  });
  if (positionals.length > 1) throw new UsageError("Name one set.");
  if (values.url === undefined && (values.key !== undefined || values["no-ingest"])) {
    throw new UsageError("--key and --no-ingest go with --url.");
  }
  if (
    values.pending !== undefined &&
    (values.url !== undefined || values.wrangler || needsWrangler())
  )
    throw new UsageError("--pending needs an instance in this process.");
  if (
    values.conversations !== undefined &&
    (values.explain ?? values["off-topic"] ?? values.chat)
  ) {
    throw new UsageError("--conversations goes without --explain, --off-topic and --chat.");
  }
  return {
    set: positionals[0] ?? "demo",
    questions: values.questions,
    url: values.url,
    key: values.key,
    ingest: !values["no-ingest"],
    wrangler: values.wrangler ?? false,
    pending: values.pending === undefined ? 0 : readShare(values.pending, "--pending", 1),
    limit: readCount(values.limit, "--limit", Number.POSITIVE_INFINITY),
    chat: readCount(values.chat, "--chat", undefined, 0),
    concurrency: readCount(values.concurrency, "--concurrency", 4),
    report: values.report,
    explain: values.explain,
    offTopic: values["off-topic"],
    conversations: values.conversations,
  };
}

function describeSet(set: EvaluationSet, questions: EvaluationSet["questions"]): void {
  const answerable = questions.filter((question) => question.answerable).length;
  const drawn =
    questions.length < set.questions.length
      ? ` of ${set.questions.length}, drawn with seed ${SEED}`
      : "";
  console.log(`Set ${set.name} (${set.questionFile}): ${set.documents.length} documents`);
  console.log(
    `${questions.length} questions${drawn}: ${answerable} answerable, ${questions.length - answerable} not`,
  );
  for (const note of set.notes) console.error(`  note: ${note}`);
}

async function prepareDocuments(
  api: Api,
  set: EvaluationSet,
  options: Pick<Options, "ingest" | "url" | "pending">,
): Promise<Failure[]> {
  const uploads = options.url === undefined ? 1 : UPLOADS;
  const failures = options.ingest ? await ingest(api, set.documents, uploads, options.pending) : [];
  const { others, missing } = await compareDocuments(api, set.documents);
  if (others > 0)
    console.log(`The instance holds ${others} documents besides the set: they compete with it.`);
  const [first] = missing;
  if (first !== undefined && failures.length === 0) {
    const reason = `${missing.length} of the set's ${set.documents.length} documents are not live in the instance`;
    failures.push({ stage: "documents", id: first, reason });
  }
  return failures;
}
