import { ApiError, explain, type Api } from "../cli/api.ts";
import { CommandError, reasonOf } from "../cli/command.ts";
import { forEachConcurrently } from "../cli/concurrently.ts";
import { startProgress } from "../cli/progress.ts";
import type { Evidence } from "../src/retrieval/answerability.ts";
import { MAX_OPTIONS } from "../src/answering/sources.ts";
import { LEG_PASSAGES } from "../src/retrieval/rank.ts";
import { chat, search, type Passage } from "./ask.ts";
import type { Example, Sign } from "./logistic.ts";
import type { Question } from "./sets/question.ts";

/** The sign of each feature's weight: evidence for an answer must not count against it, nor the reverse. Every feature must be listed. */
const SIGNS: Record<keyof Evidence, Sign> = {
  similarity: 1,
  coverage: 1,
  questionLength: 1,
  unknownWords: -1,
  longSimilarity: 1,
  meaningLead: 1,
  wordsLead: 1,
};
export const FEATURES = Object.keys(SIGNS) as (keyof Evidence)[];

export const FEATURE_SIGNS = FEATURES.map((name) => SIGNS[name]);

/** An answer is made from this many first results, so only these can be cited. */
export const TOP = 3;

/** A question with its evidence, and the right decision about it. */
export interface Case extends Example {
  id: string;
  answerable: boolean;
  /** The confidence of the deployed decision. */
  confidence: number;
  /** Whether its article is among those that a clarifying question would offer. */
  offered: boolean;
  /** Whether there is an answer to give, and whether it would be wrong. */
  canAnswer: boolean;
  wrong: boolean;
}

/**
 * How answers are judged: by the chat's first citation, which needs an instance without a threshold; or by the first search
 * result, which the chat usually cites.
 */
export type JudgedBy = "first citation" | "first result";

/** Asks the instance for the evidence of each question. All must succeed, or the trained model would not be reproducible. */
export async function collectCases(
  api: Api,
  questions: Question[],
  concurrency: number,
  judgedBy: JudgedBy,
): Promise<Case[]> {
  const cases = new Map<string, Case>();
  const failures: string[] = [];
  const progress = startProgress("Searching", questions.length);
  await forEachConcurrently(questions, concurrency, async (question) => {
    try {
      cases.set(question.id, await collectCase(api, question, judgedBy));
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (error.isRefusedKey) throw new CommandError(explain(api.url, error));
      failures.push(`  ${question.id}: ${reasonOf(error)}`);
    }
    progress.update(cases.size + failures.length);
  });
  progress.end();
  if (failures.length > 0)
    throw new CommandError(`${failures.length} questions failed:\n${failures.join("\n")}`);
  return questions.flatMap(({ id }) => cases.get(id) ?? []);
}

async function collectCase(api: Api, question: Question, judgedBy: JudgedBy): Promise<Case> {
  const { id, text, answerable, relevant } = question;
  // The chat reads as many passages of each leg.
  const { results, evidence, answerability } = await search(
    api,
    text,
    ["keywords", "vectors"],
    LEG_PASSAGES,
  );
  if (!evidence)
    throw new CommandError(
      `${api.url} reports no evidence with its results: is it of this version?`,
    );
  const unknown = Object.keys(evidence).filter((name) => !(name in SIGNS));
  if (unknown.length > 0)
    throw new CommandError(
      `The instance reports evidence that is not trained on: ${unknown.join(", ")}.`,
    );
  const features = FEATURES.map((name) => {
    const value = evidence[name];
    if (!(value >= 0 && value <= 1))
      throw new CommandError(`The evidence "${name}" is ${value}, not from 0 to 1.`);
    return value;
  });
  const isFound = results.slice(0, TOP).some((result) => relevant.has(result.external_id));
  const documents = [...new Set(results.map((result) => result.external_id))];
  const cited = judgedBy === "first citation" ? await firstCitation(api, text) : results[0];
  return {
    id,
    features,
    label: answerable && isFound ? 1 : 0,
    answerable,
    confidence: answerability,
    offered: documents.slice(0, MAX_OPTIONS).some((id) => relevant.has(id)),
    canAnswer: cited !== undefined,
    wrong: !answerable || !relevant.has(cited?.external_id ?? ""),
  };
}

async function firstCitation(
  api: Api,
  text: string,
): Promise<Pick<Passage, "external_id"> | undefined> {
  const { answer } = await chat(api, text);
  return answer.outcome === "answered" ? answer.citations[0] : undefined;
}

export function countCases(cases: Case[]): { found: number; missed: number; unanswerable: number } {
  return {
    found: cases.filter((one) => one.label === 1).length,
    missed: cases.filter((one) => one.answerable && one.label === 0).length,
    unanswerable: cases.filter((one) => !one.answerable).length,
  };
}
