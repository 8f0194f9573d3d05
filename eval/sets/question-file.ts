import path from "node:path";
import { z } from "zod";
import { readLines } from "./lines.ts";
import { PASSAGE_FIELDS, readPassageFields } from "./passage-fields.ts";
import type { Question } from "./question.ts";
import type { Asked } from "./read-set.ts";

const questionLine = z
  .object({
    id: z.string().min(1),
    question: z.string().min(1),
    answerable: z.boolean(),
    expected: z.array(z.string()).default([]),
    answer: z.string().optional(),
    ...PASSAGE_FIELDS,
    kind: z.string().optional(),
    traits: z.array(z.string().min(1)).optional(),
    topic: z.string().optional(),
    language: z.string().optional(),
  })
  .refine(
    (line) => !line.answerable || line.expected.length > 0,
    "is answerable, but names no expected article",
  );

/** One question per line, in the format that `demo/README.md` describes. */
export async function readQuestionFile(file: string): Promise<Asked> {
  const lines = await readLines(file, questionLine);
  const questions = lines.map(
    ({
      id,
      question,
      answerable,
      expected,
      answer,
      kind,
      traits,
      topic,
      language,
      ...rest
    }): Question => ({
      id,
      text: question,
      answerable,
      relevant: new Map(answerable ? expected.map((article) => [article, 1]) : []),
      answer: answer
        ? { parts: answer.split("; "), need: kind === "comparison" ? "all" : "any" }
        : undefined,
      passage: answerable ? readPassageFields(rest) : undefined,
      kind,
      traits,
      topic,
      language,
    }),
  );
  return { questionFile: path.basename(file), questions, conversational: true, notes: [] };
}
