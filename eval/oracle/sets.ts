import { existsSync } from "node:fs";
import path from "node:path";
import type { Document } from "../../cli/document.ts";
import type { Question } from "../sets/question.ts";
import { readSet } from "../sets/read-set.ts";
import { readUnseenSquad } from "../unseen-questions.ts";
import { asWords, type Known } from "./oracle-model.ts";

export interface OracleSet {
  name: string;
  documents: Document[];
  questions: Question[];
}

const MOST_QUESTIONS = 600;
const SHARED_DATA = path.resolve(import.meta.dirname, "../../../shared/data");

/** The sets that are available. SQuAD2 is without the questions used for training. */
export async function readOracleSets(): Promise<OracleSet[]> {
  const has = (name: string): boolean => existsSync(path.join(SHARED_DATA, name));
  const offTopic = has("clinc150") ? { offTopic: "clinc150" } : {};
  const golden = await readSet("demo", offTopic);
  const hard = await readSet("demo", { questionFile: "hard.jsonl" });
  const isOffTopic = ({ id }: Question): boolean => id.startsWith("off-topic-");
  const { documents } = golden;
  const sets = [
    {
      name: "demo golden",
      documents,
      questions: golden.questions.filter((one) => !isOffTopic(one)),
    },
    { name: "demo hard", documents, questions: hard.questions },
    { name: "demo, CLINC150 off-topic", documents, questions: golden.questions.filter(isOffTopic) },
  ].filter(({ questions }) => questions.length > 0);
  if (!has("squad2-dev")) return sets;
  const squad = await readUnseenSquad(MOST_QUESTIONS);
  return [...sets, { name: squad.name, documents: squad.documents, questions: squad.questions }];
}

/** The answers to a set's questions, for the oracle. */
export function knowledgeOf({ documents, questions }: OracleSet): Map<string, Known> {
  const titles = Map.groupBy(documents, ({ title }) => asWords(title));
  return new Map(
    questions.map(({ text, answer, relevant }) => [
      asWords(text),
      {
        answer,
        documents: documents
          .filter(({ external_id }) => relevant.has(external_id))
          .map(({ title, content }) => ({
            title,
            content,
            isOnlyOfItsTitle: titles.get(asWords(title))?.length === 1,
          })),
      },
    ]),
  );
}
