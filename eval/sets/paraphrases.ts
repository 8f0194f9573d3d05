import { z } from "zod";
import type { Document } from "../../cli/document.ts";
import { CommandError } from "../../cli/command.ts";
import { readLines } from "./lines.ts";
import type { Question } from "./question.ts";

const utteranceLine = z.object({
  split: z.string(),
  text: z.string().trim().min(1),
  intent: z.string().min(1),
});

/** For each intent: the number of utterances stored as documents, and of those asked as questions. */
const STORED = 4;
const ASKED = 4;

export interface Paraphrases {
  documents: Document[];
  questions: Question[];
}

/**
 * A set of utterances by intent (Banking77: Casanueva et al. 2020; CLINC150: Larson et al. 2019) as a search for the same question in
 * other words: the first utterances of an intent are documents, the next ones questions, to which all documents of their
 * intent are relevant. Here meaning decides and words mislead. `oos` and intents with too few utterances in the split `train` are
 * left out.
 */
export async function readParaphrases(file: string): Promise<Paraphrases> {
  const intents = new Map<string, Set<string>>();
  for (const { split, text, intent } of await readLines(file, utteranceLine)) {
    if (split !== "train" || intent === "oos") continue;
    intents.set(intent, (intents.get(intent) ?? new Set()).add(text));
  }
  const read = [...intents].flatMap(([intent, texts]) =>
    texts.size >= STORED + ASKED ? [paraphrasesOf(intent, [...texts])] : [],
  );
  if (read.length === 0)
    throw new CommandError(`${file} has no intent with ${STORED + ASKED} utterances to train on.`);
  return {
    documents: read.flatMap(({ documents }) => documents),
    questions: read.flatMap(({ questions }) => questions),
  };
}

function paraphrasesOf(intent: string, texts: string[]): Paraphrases {
  const documents = texts.slice(0, STORED).map((text, index) => ({
    external_id: `${intent}-${index + 1}`,
    title: text,
    content: text,
    content_type: "text/plain",
    language: "en",
  }));
  const relevant = new Map(documents.map(({ external_id }) => [external_id, 1]));
  const questions = texts.slice(STORED, STORED + ASKED).map((text, index) => ({
    id: `${intent}-asked-${index + 1}`,
    text,
    answerable: true,
    relevant,
    answer: undefined,
    kind: undefined,
    topic: undefined,
    language: "en",
  }));
  return { documents, questions };
}
