import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { z } from "zod";
import { CommandError, UsageError } from "../cli/command.ts";
import type { Document, ReadDocuments } from "../cli/document.ts";
import { documentsFromFolder } from "../cli/documents-from-folder.ts";
import { documentsFromJsonl } from "../cli/documents-from-jsonl.ts";
import type { Gains } from "./metrics.ts";

export interface Question {
  id: string;
  text: string;
  answerable: boolean;
  /** Documents that answer it; empty when it has no answer. */
  relevant: Gains;
  /** What a right answer says: all of the parts, or any one. Absent when the set does not tell. */
  answer: { parts: string[]; need: "any" | "all" } | undefined;
  kind: string | undefined;
  topic: string | undefined;
}

export interface EvaluationSet {
  name: string;
  folder: string;
  /** The file of questions. */
  questionFile: string;
  documents: Document[];
  questions: Question[];
  notes: string[];
}

const ROOT = path.resolve(import.meta.dirname, "..");
const SHARED_DATA = path.resolve(ROOT, "../shared/data");

/**
 * Reads a set: a folder with `corpus.jsonl`, `queries.jsonl` and `qrels.tsv`, or one with `articles/` and a file of
 * questions (`golden.jsonl` unless told).
 * @param name a path, `demo`, or a folder of the shared data
 */
export async function readSet(name: string, questionFile?: string): Promise<EvaluationSet> {
  const folder = findFolder(name);
  const isRetrievalSet = existsSync(path.join(folder, "corpus.jsonl"));
  if (isRetrievalSet && questionFile) {
    throw new UsageError(
      "--questions goes with a set of articles; this one has its queries in queries.jsonl.",
    );
  }
  const set = isRetrievalSet
    ? await readRetrievalSet(folder)
    : await readArticleSet(folder, questionFile ?? "golden.jsonl");
  const known = new Set(set.documents.map((document) => document.external_id));
  const missing = set.questions
    .flatMap((question) => [...question.relevant.keys()])
    .filter((id) => !known.has(id));
  if (missing.length > 0) {
    set.notes.push(
      `${missing.length} relevant documents are not in the set, such as ${missing[0]}: they cannot be found`,
    );
  }
  return set;
}

function findFolder(name: string): string {
  const places = new Set([
    path.resolve(name),
    path.resolve(ROOT, name),
    path.resolve(SHARED_DATA, name),
  ]);
  const found = [...places].find(
    (place) =>
      existsSync(path.join(place, "corpus.jsonl")) || existsSync(path.join(place, "articles")),
  );
  if (!found) {
    throw new CommandError(
      `There is no set "${name}": a folder with corpus.jsonl or articles/ is looked for in\n  ${[...places].join("\n  ")}`,
    );
  }
  return found;
}

const queryLine = z.object({
  _id: z.string(),
  text: z.string().min(1),
  is_impossible: z.boolean().default(false),
  answers: z.array(z.string()).optional(),
  kind: z.string().optional(),
});

async function readRetrievalSet(folder: string): Promise<EvaluationSet> {
  const questionFile = "queries.jsonl";
  for (const needed of [questionFile, "qrels.tsv"]) {
    if (!existsSync(path.join(folder, needed)))
      throw new CommandError(`${folder} has no ${needed}: nothing to measure.`);
  }
  const judged = await readJudgements(path.join(folder, "qrels.tsv"));
  const queries = await readLines(path.join(folder, questionFile), queryLine);
  const questions = queries.map(({ _id, text, is_impossible, answers, kind }): Question => {
    const relevant = is_impossible
      ? new Map<string, number>()
      : (judged.get(_id) ?? new Map<string, number>());
    const parts = answers?.filter((answer) => answer.trim() !== "") ?? [];
    return {
      id: _id,
      text,
      answerable: relevant.size > 0,
      relevant,
      answer: parts.length > 0 ? { parts, need: "any" } : undefined,
      kind,
      topic: undefined,
    };
  });
  const read = await documentsFromJsonl(path.join(folder, "corpus.jsonl"));
  return { name: path.basename(folder), folder, questionFile, questions, ...allOf(read) };
}

/** Relevant documents by query, with their scores. */
async function readJudgements(file: string): Promise<Map<string, Map<string, number>>> {
  const judged = new Map<string, Map<string, number>>();
  const [header, ...lines] = (await readFile(file, "utf8")).split(/\r?\n/);
  if (header?.split("\t").join() !== "query-id,corpus-id,score") {
    throw new CommandError(
      `${file}: the first line must be query-id, corpus-id, score, with tabs.`,
    );
  }
  for (const [index, line] of lines.entries()) {
    if (!line.trim()) continue;
    const [query, document, score] = line.split("\t");
    if (!query || !document || !Number.isFinite(Number(score ?? Number.NaN))) {
      throw new CommandError(`${file}:${index + 2}: not a query, a document and a score.`);
    }
    if (Number(score) <= 0) continue;
    const relevant = judged.get(query) ?? new Map<string, number>();
    judged.set(query, relevant.set(document, Number(score)));
  }
  return judged;
}

const questionLine = z
  .object({
    id: z.string(),
    question: z.string().min(1),
    answerable: z.boolean(),
    expected: z.array(z.string()).default([]),
    answer: z.string().optional(),
    kind: z.string().optional(),
    topic: z.string().optional(),
  })
  .refine(
    (line) => !line.answerable || line.expected.length > 0,
    "is answerable, but expects no article",
  );

async function readArticleSet(folder: string, questionFile: string): Promise<EvaluationSet> {
  const file = path.join(folder, questionFile);
  if (!existsSync(file)) throw new CommandError(`There is no file of questions ${file}.`);
  const lines = await readLines(file, questionLine);
  const questions = lines.map(
    ({ id, question, answerable, expected, answer, kind, topic }): Question => ({
      id,
      text: question,
      answerable,
      relevant: new Map(answerable ? expected.map((article) => [article, 1]) : []),
      answer: answer
        ? { parts: answer.split("; "), need: kind === "comparison" ? "all" : "any" }
        : undefined,
      kind,
      topic,
    }),
  );
  const read = await documentsFromFolder(path.join(folder, "articles"));
  return { name: path.basename(folder), folder, questionFile, questions, ...allOf(read) };
}

/** A set is measured whole: a document that cannot be read would change the numbers. */
function allOf({
  documents,
  unreadable,
  notes,
}: ReadDocuments): Pick<EvaluationSet, "documents" | "notes"> {
  if (unreadable.length > 0) {
    const lines = unreadable.map(({ source, reason }) => `  ${source}: ${reason}`);
    throw new CommandError(
      `Documents of the set that cannot be read:\n${lines.slice(0, 20).join("\n")}`,
    );
  }
  return { documents, notes };
}

async function readLines<T>(file: string, schema: z.ZodType<T>): Promise<T[]> {
  const lines = (await readFile(file, "utf8")).split("\n");
  return lines.flatMap((line, index) => {
    if (!line.trim()) return [];
    try {
      return [schema.parse(JSON.parse(line))];
    } catch (error) {
      const reason = error instanceof z.ZodError ? z.prettifyError(error) : "not JSON";
      throw new CommandError(`${file}:${index + 1}: ${reason}`);
    }
  });
}
