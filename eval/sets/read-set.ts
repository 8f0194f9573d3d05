import { existsSync } from "node:fs";
import path from "node:path";
import { CommandError } from "../../cli/command.ts";
import type { ReadDocuments } from "../../cli/document.ts";
import { documentsFromFolder } from "../../cli/documents-from-folder.ts";
import { documentsFromJsonl } from "../../cli/documents-from-jsonl.ts";
import { readJudgedQueries } from "./judged-queries.ts";
import { refuseSameIds } from "./lines.ts";
import { readOffTopic } from "./off-topic.ts";
import { readParaphrases } from "./paraphrases.ts";
import type { EvaluationSet } from "./question.ts";
import { readQuestionFile } from "./question-file.ts";
import { findSlips } from "./slips.ts";
import { readTasks } from "./tasks.ts";

const ROOT = path.resolve(import.meta.dirname, "../..");
const SHARED_DATA = path.resolve(ROOT, "../shared/data");
/** The file of utterances, with intent and split. */
const UTTERANCES = "data.jsonl";

export interface SetOptions {
  /** A file of questions that replaces the set's own, in the set's folder or elsewhere. */
  questionFile?: string | undefined;
  /** A folder with a file of utterances. Its off-topic ones are added to the questions. */
  offTopic?: string | undefined;
}

/**
 * Reads a set: a folder with its documents in `corpus.jsonl` or below `articles/`, and its questions in one of
 * `queries.jsonl` with `qrels.tsv`, `tasks.jsonl`, or a file of questions (default `golden.jsonl`). docs/evaluation/sets.md
 * describes each. A folder with neither holds utterances by intent in `data.jsonl`.
 * @param name a path, `demo`, or a folder of the shared data
 */
export async function readSet(name: string, options: SetOptions = {}): Promise<EvaluationSet> {
  const folder = findFolder(name);
  const { documents, asked } = hasDocuments(folder)
    ? {
        documents: await readDocuments(folder),
        asked: await readQuestions(folder, options.questionFile),
      }
    : await readUtterances(folder, options.questionFile);
  const offTopic = options.offTopic ? await readOffTopic(findUtterances(options.offTopic)) : [];
  const language = onlyLanguage(documents);
  const questions = [...asked.questions, ...offTopic].map((question) => ({
    ...question,
    language: question.language ?? language,
  }));
  refuseSameIds(
    questions.map(({ id }) => id),
    asked.questionFile,
  );
  if (questions.length === 0) throw new CommandError(`${asked.questionFile} holds no question.`);
  return {
    name: path.basename(folder),
    folder,
    documents: documents.documents,
    conversational: asked.conversational,
    questionFile: `${asked.questionFile}${options.offTopic ? ` + ${options.offTopic}` : ""}`,
    questions,
    notes: [...documents.notes, ...asked.notes, ...findSlips(questions, documents.documents)],
  };
}

export type Asked = Pick<EvaluationSet, "questionFile" | "questions" | "conversational" | "notes">;

/** A set of utterances. The chat is not asked its questions, because its documents are questions, too. */
async function readUtterances(
  folder: string,
  questionFile: string | undefined,
): Promise<{ documents: ReadDocuments; asked: Asked }> {
  if (questionFile !== undefined)
    throw new CommandError(`${folder} has no documents that ${questionFile} could ask about.`);
  const { documents, questions } = await readParaphrases(path.join(folder, UTTERANCES));
  return {
    documents: { documents, unreadable: [], notes: [] },
    asked: { questionFile: UTTERANCES, questions, conversational: false, notes: [] },
  };
}

async function readQuestions(folder: string, questionFile: string | undefined): Promise<Asked> {
  const has = (file: string): boolean => existsSync(path.join(folder, file));
  if (questionFile === undefined && has("queries.jsonl")) return readJudgedQueries(folder);
  if (questionFile === undefined && has("tasks.jsonl")) return readTasks(folder);
  const file = questionFile ?? "golden.jsonl";
  const found = [path.join(folder, file), path.resolve(file), path.resolve(ROOT, file)].find((at) =>
    existsSync(at),
  );
  if (!found) throw new CommandError(`${folder} has no file of questions ${file}.`);
  return readQuestionFile(found);
}

function findFolder(name: string): string {
  return find(
    name,
    "set",
    (place) => hasDocuments(place) || hasUtterances(place),
    `a folder with corpus.jsonl, articles/ or ${UTTERANCES}`,
  );
}

function hasDocuments(place: string): boolean {
  return existsSync(path.join(place, "corpus.jsonl")) || existsSync(path.join(place, "articles"));
}

function hasUtterances(place: string): boolean {
  return existsSync(path.join(place, UTTERANCES));
}

function findUtterances(name: string): string {
  return path.join(
    find(name, "set of utterances", hasUtterances, `a folder with ${UTTERANCES}`),
    UTTERANCES,
  );
}

function find(
  name: string,
  what: string,
  isThere: (place: string) => boolean,
  wanted: string,
): string {
  const places = new Set([
    path.resolve(name),
    path.resolve(ROOT, name),
    path.resolve(SHARED_DATA, name),
  ]);
  const found = [...places].find(isThere);
  if (!found) {
    throw new CommandError(
      `There is no ${what} "${name}": ${wanted} is looked for in\n  ${[...places].join("\n  ")}`,
    );
  }
  return found;
}

/** Fails if any document cannot be read, because a missing document would change the numbers. */
async function readDocuments(folder: string): Promise<ReadDocuments> {
  const corpus = path.join(folder, "corpus.jsonl");
  const read = existsSync(corpus)
    ? await documentsFromJsonl(corpus)
    : await documentsFromFolder(path.join(folder, "articles"));
  if (read.unreadable.length > 0) {
    const lines = read.unreadable.map(({ source, reason }) => `  ${source}: ${reason}`);
    throw new CommandError(
      `Documents of the set that cannot be read:\n${lines.slice(0, 20).join("\n")}`,
    );
  }
  return read;
}

/** The documents' common language, if there is one. It is the default for questions without a language. */
function onlyLanguage({ documents }: ReadDocuments): string | undefined {
  const languages = new Set(documents.map((document) => document.language));
  return languages.size === 1 ? [...languages][0] : undefined;
}
