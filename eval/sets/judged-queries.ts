import path from "node:path";
import { z } from "zod";
import { CommandError } from "../../cli/command.ts";
import { readLines, readText } from "./lines.ts";
import { PASSAGE_FIELDS, readPassageFields } from "./passage-fields.ts";
import type { Question } from "./question.ts";
import type { Asked } from "./read-set.ts";

const queryLine = z.object({
  _id: z.string(),
  text: z.string().min(1),
  is_impossible: z.boolean().default(false),
  answers: z.array(z.string()).optional(),
  ...PASSAGE_FIELDS,
  kind: z.string().optional(),
  topic: z.string().optional(),
  language: z.string().optional(),
});

/** `queries.jsonl` and `qrels.tsv` in BEIR's format. A query without a relevant document is unanswerable. */
export async function readJudgedQueries(folder: string): Promise<Asked> {
  const questionFile = "queries.jsonl";
  const judged = await readJudgements(path.join(folder, "qrels.tsv"));
  const queries = await readLines(path.join(folder, questionFile), queryLine);
  const questions = queries.map(({ _id, text, is_impossible, answers, ...rest }): Question => {
    const relevant = is_impossible ? undefined : judged.get(_id);
    const parts = answers?.filter((answer) => answer.trim() !== "") ?? [];
    return {
      id: _id,
      text,
      answerable: relevant !== undefined,
      relevant: relevant ?? new Map<string, number>(),
      answer: parts.length > 0 ? { parts, need: "any" } : undefined,
      passage: relevant && readPassageFields(rest),
      kind: rest.kind,
      topic: rest.topic,
      language: rest.language,
    };
  });
  return { questionFile, questions, conversational: true, notes: [] };
}

/** Relevant documents by query, with their scores. */
async function readJudgements(file: string): Promise<Map<string, Map<string, number>>> {
  const judged = new Map<string, Map<string, number>>();
  const [header, ...lines] = (await readText(file)).split(/\r?\n/);
  if (header?.split("\t").join() !== "query-id,corpus-id,score") {
    throw new CommandError(
      `${file}: the first line must be query-id, corpus-id, score, with tabs.`,
    );
  }
  for (const [index, line] of lines.entries()) {
    if (!line.trim()) continue;
    const [query, document, score] = line.split("\t");
    if (!query || !document || !score?.trim() || !Number.isFinite(Number(score))) {
      throw new CommandError(`${file}:${index + 2}: not a query, a document and a score.`);
    }
    if (Number(score) <= 0) continue;
    const relevant = judged.get(query) ?? new Map<string, number>();
    judged.set(query, relevant.set(document, Number(score)));
  }
  return judged;
}
