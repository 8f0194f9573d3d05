import path from "node:path";
import { z } from "zod";
import { readLines } from "./lines.ts";
import type { Question } from "./question.ts";
import type { Asked } from "./read-set.ts";

/** The longest query that `/v1/search` accepts. */
const MAX_QUERY_CHARACTERS = 8000;

const taskLine = z.object({
  _id: z.string().min(1),
  user_instructions: z.string().trim().min(1),
  required_documents: z.array(z.string()).min(1),
});

/**
 * `tasks.jsonl` of tau-bench's knowledge domains: the instruction of a simulated customer, and every document that an agent
 * needs to serve them (arXiv 2603.04370). As in the published baselines, the whole instruction is the query. All of its documents
 * have to be found, so recall is the measure, and the chat is asked no questions.
 */
export async function readTasks(folder: string): Promise<Asked> {
  const questionFile = "tasks.jsonl";
  const tasks = await readLines(path.join(folder, questionFile), taskLine);
  const cut = tasks.filter((task) => task.user_instructions.length > MAX_QUERY_CHARACTERS).length;
  const questions = tasks.map(({ _id, user_instructions, required_documents }): Question => ({
    id: _id,
    text: user_instructions.slice(0, MAX_QUERY_CHARACTERS).toWellFormed(),
    answerable: true,
    relevant: new Map(required_documents.map((document) => [document, 1])),
    answer: undefined,
    kind: undefined,
    topic: undefined,
    language: undefined,
  }));
  const note = `${cut} of ${tasks.length} instructions are cut at the ${MAX_QUERY_CHARACTERS} characters that a search takes`;
  return { questionFile, questions, conversational: false, notes: cut > 0 ? [note] : [] };
}
