// `npm run eval`: measures retrieval and answers of an instance on a set of questions.
import { execFileSync } from "node:child_process";
import { access, constants, writeFile } from "node:fs/promises";
import path from "node:path";
import type { Api } from "../cli/api.ts";
import { CommandError, readArguments, readCount, runCommand, UsageError } from "../cli/command.ts";
import { measureChat, measureRetrieval } from "./measure.ts";
import {
  byKind,
  printChat,
  printFailures,
  printKinds,
  printRetrieval,
  questionRows,
  summariseChat,
  summariseRetrieval,
  type Measured,
} from "./report.ts";
import { sample, SEED } from "./sample.ts";
import { readSet, type EvaluationSet } from "./sets.ts";
import { compareDocuments, ingest, withTarget, type Failure } from "./target.ts";

const HELP = `
Usage: npm run eval -- [set] [options]

Measures an instance on a set of questions: rankings of each search leg and of both, and what the chat makes of them.

  set                  a path, demo (default), or a folder of ../shared/data: either corpus.jsonl, queries.jsonl and
                       qrels.tsv, or articles/ and a file of questions
  --questions <file>   another file of questions of the set, such as calibration.jsonl; default golden.jsonl
  --url <address>      measures this instance; without it, a throwaway instance is started and removed
  --key <sk_…>         a secret key with the scopes documents and chat; default sk_local_demo
  --no-ingest          with --url: the instance holds the documents already
  --limit <n>          this many questions, drawn with a fixed seed; default all
  --chat <n>           this many of them are asked in the chat, drawn with a fixed seed; default 600, 0 asks none
  --concurrency <n>    requests at a time; default 4. Latency is measured under this load
  --report <file>      writes everything, with a row for each question, as JSON

CHAT_MODEL, LOCAL_CHAT_URL and their like apply to the throwaway instance as they do to npm start.
Exit code: 0 all measured, 1 something failed, 2 wrong usage.
`;

/** Documents uploaded at a time. */
const UPLOADS = 8;

await runCommand(HELP, async (args) => {
  const options = readOptions(args);
  if (options.report) await checkWritable(path.dirname(path.resolve(options.report)));
  const set = await readSet(options.set, options.questions);
  const questions = sample(set.questions, options.limit);
  describeSet(set, questions);

  return withTarget(options, async (api) => {
    const failures = await prepareDocuments(api, set, options.ingest);
    const retrieval = await measureRetrieval(api, questions, options.concurrency);
    const asked = sample(questions, options.chat);
    if (asked.length < questions.length) {
      console.error(
        `The chat is asked ${asked.length} of the ${questions.length} questions (--chat), drawn with seed ${SEED}.`,
      );
    }
    const chat = await measureChat(api, asked, options.concurrency);
    failures.push(...retrieval.failures, ...chat.failures);

    const measured: Measured = { questions, retrieval: retrieval.rows, chat: chat.rows };
    const kinds = byKind(measured);
    printRetrieval(summariseRetrieval(measured));
    if (asked.length > 0) printChat(summariseChat(measured), options.concurrency);
    printKinds(kinds);
    printFailures(failures, api.retries);
    if (options.report) {
      const report = describeRun(set, options, asked.length, measured, failures, api);
      await writeFile(options.report, `${JSON.stringify(report, null, 2)}\n`).catch(
        (error: Error) => {
          throw new CommandError(`The report could not be written: ${error.message}`);
        },
      );
      console.error(`Report: ${path.resolve(options.report)}`);
    }
    return failures.length > 0 ? 1 : 0;
  });
});

type Options = ReturnType<typeof readOptions>;

function readOptions(args: string[]) {
  const { values, positionals } = readArguments(args, {
    questions: { type: "string" },
    url: { type: "string" },
    key: { type: "string" },
    "no-ingest": { type: "boolean" },
    limit: { type: "string" },
    chat: { type: "string" },
    concurrency: { type: "string" },
    report: { type: "string" },
  });
  if (positionals.length > 1) throw new UsageError("Name one set.");
  if (values.url === undefined && (values.key !== undefined || values["no-ingest"])) {
    throw new UsageError("--key and --no-ingest go with --url.");
  }
  return {
    set: positionals[0] ?? "demo",
    questions: values.questions,
    url: values.url,
    key: values.key,
    ingest: !values["no-ingest"],
    limit: readCount(values.limit, "--limit", Number.POSITIVE_INFINITY),
    chat: readCount(values.chat, "--chat", 600, 0),
    concurrency: readCount(values.concurrency, "--concurrency", 4),
    report: values.report,
  };
}

/** A run may take an hour: that its report has nowhere to go is better known before. */
async function checkWritable(folder: string): Promise<void> {
  await access(folder, constants.W_OK).catch(() => {
    throw new CommandError(`The report cannot be written to ${folder}.`);
  });
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

async function prepareDocuments(api: Api, set: EvaluationSet, upload: boolean): Promise<Failure[]> {
  const failures = upload ? await ingest(api, set.documents, UPLOADS) : [];
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

function describeRun(
  set: EvaluationSet,
  { url, limit, concurrency, ingest: ingested }: Options,
  asked: number,
  measured: Measured,
  failures: Failure[],
  api: Api,
): object {
  const { questions, chat } = measured;
  const answerable = questions.filter((question) => question.answerable).length;
  const seen = (name: "release" | "model" | "rung") => [
    ...new Set([...chat.values()].map((row) => row[name])),
  ];
  return {
    set: set.name,
    question_file: set.questionFile,
    date: new Date().toISOString(),
    git: readGit(),
    instance: {
      url: url ?? "throwaway",
      releases: seen("release"),
      models: seen("model"),
      rungs: seen("rung"),
    },
    config: {
      limit: Number.isFinite(limit) ? limit : null,
      chat: asked,
      seed: SEED,
      concurrency,
      ingested,
    },
    counts: {
      documents: set.documents.length,
      questions: questions.length,
      answerable,
      unanswerable: questions.length - answerable,
      failed: failures.length,
      repeated_requests: api.retries,
    },
    retrieval: summariseRetrieval(measured),
    chat: summariseChat(measured),
    kinds: Object.fromEntries(
      Object.entries(byKind(measured)).map(([kind, part]) => [
        kind,
        {
          questions: part.questions.length,
          retrieval: summariseRetrieval(part),
          chat: summariseChat(part),
        },
      ]),
    ),
    failures,
    notes: set.notes,
    questions: questionRows(measured),
  };
}

/** The commit that was measured, if this is a clone and the instance runs its code. */
function readGit(): { commit: string; changed_files: number } | null {
  const git = (...args: string[]): string =>
    execFileSync("git", args, {
      cwd: import.meta.dirname,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    });
  try {
    const changed = git("status", "--porcelain")
      .split("\n")
      .filter((line) => line !== "");
    return { commit: git("rev-parse", "HEAD").trim(), changed_files: changed.length };
  } catch {
    return null;
  }
}
