import { ApiError, explain, type Api } from "../cli/api.ts";
import { CommandError, reasonOf } from "../cli/command.ts";
import { forEachConcurrently } from "../cli/concurrently.ts";
import { startProgress } from "../cli/progress.ts";
import type { Evidence } from "../src/retrieval/answerability.ts";
import { chat, MOST_PASSAGES, search, type ChatAnswer, type Leg, type Passage } from "./ask.ts";
import * as metrics from "./metrics.ts";
import type { Question } from "./sets/question.ts";
import type { Failure } from "./target.ts";

/** The compared ways to search, in the order of the report. */
export const WAYS = {
  keywords: ["keywords"],
  vectors: ["vectors"],
  fused: ["keywords", "vectors"],
} as const satisfies Record<string, Leg[]>;
export type Way = keyof typeof WAYS;
export const WAY_NAMES = Object.keys(WAYS) as Way[];

export interface RankingScores {
  hit_at_1: number;
  hit_at_3: number;
  recall_at_5: number;
  recall_at_10: number;
  /** Recall in the documents of all passages that a search returns, which may be fewer than fifty. */
  recall_at_50: number;
  ndcg_at_10: number;
  mrr_at_10: number;
}

export interface RetrievalRow {
  /** Null for an unanswerable question, for which no ranking is right. */
  scores: Record<Way, RankingScores> | null;
  /** The first ten documents, each ranked by its best passage. */
  rankings: Record<Way, Passage[]>;
  answerability: number;
  evidence: Evidence | undefined;
}

export interface ChatRow {
  verdict: metrics.Verdict;
  right_anywhere: boolean;
  /** Whether a right answer contains the expected text; null when the set has none, or the answer is not right. */
  contains_answer: boolean | null;
  outcome: string;
  confidence: number;
  rung: string;
  release: string;
  model: string | null;
  citations: string[];
  text: string;
  ms: number;
  sequential: number;
}

const RANKING_DEPTH = 10;

/** Searches for every question, by each leg alone and by both. */
export async function measureRetrieval(
  api: Api,
  questions: Question[],
  concurrency: number,
): Promise<{ rows: Map<string, RetrievalRow>; failures: Failure[] }> {
  return forEachQuestion("search", api, questions, concurrency, async (question) => {
    const { text, relevant, answerable } = question;
    const scores: Partial<Record<Way, RankingScores>> = {};
    const rankings: Partial<Record<Way, Passage[]>> = {};
    let fused: { answerability: number; evidence?: Evidence } = { answerability: 0 };
    for (const way of WAY_NAMES) {
      const answer = await search(api, text, WAYS[way]);
      const ranking = metrics.rankDocuments(answer.results);
      if (answerable) scores[way] = scoreRanking(ranking, relevant);
      rankings[way] = bestPassages(answer.results).slice(0, RANKING_DEPTH);
      if (way === "fused") fused = answer;
    }
    return {
      scores: answerable ? (scores as Record<Way, RankingScores>) : null,
      rankings: rankings as Record<Way, Passage[]>,
      answerability: fused.answerability,
      evidence: fused.evidence,
    };
  });
}

function bestPassages(passages: Passage[]): Passage[] {
  const best = new Map<string, Passage>();
  for (const passage of passages)
    if (!best.has(passage.external_id)) best.set(passage.external_id, passage);
  return [...best.values()];
}

export function scoreRanking(ranking: string[], relevant: metrics.Gains): RankingScores {
  return {
    hit_at_1: metrics.hitAt(ranking, relevant, 1),
    hit_at_3: metrics.hitAt(ranking, relevant, 3),
    recall_at_5: metrics.recallAt(ranking, relevant, 5),
    recall_at_10: metrics.recallAt(ranking, relevant, 10),
    recall_at_50: metrics.recallAt(ranking, relevant, MOST_PASSAGES),
    ndcg_at_10: metrics.ndcgAt(ranking, relevant, 10),
    mrr_at_10: metrics.reciprocalRankAt(ranking, relevant, 10),
  };
}

/** Asks every question, each in a conversation of its own. */
export async function measureChat(
  api: Api,
  questions: Question[],
  concurrency: number,
): Promise<{ rows: Map<string, ChatRow>; failures: Failure[] }> {
  return forEachQuestion("chat", api, questions, concurrency, async (question) => {
    const { answer, ms } = await chat(api, question.text);
    return judgeChat(question, answer, ms);
  });
}

export function judgeChat(
  { relevant, answerable, answer: expected }: Pick<Question, "relevant" | "answerable" | "answer">,
  answer: ChatAnswer,
  ms: number,
): ChatRow {
  const verdict = metrics.judge(answer, relevant, answerable);
  const isChecked = verdict === "right" && expected !== undefined;
  return {
    verdict,
    right_anywhere: metrics.citesRelevant(answer, relevant),
    contains_answer: isChecked
      ? metrics.containsAnswer(answer.text, expected.parts, expected.need)
      : null,
    outcome: answer.outcome,
    confidence: answer.confidence,
    rung: answer.rung,
    release: answer.release,
    model: answer.model,
    citations: answer.citations.map((citation) => citation.external_id),
    text: answer.text,
    ms: Math.round(ms),
    sequential: answer.binding_calls.sequential,
  };
}

/** After this many consecutive failures the run is given up, because the instance is probably gone. */
const FAILURES_IN_A_ROW = 10;

export async function forEachQuestion<Row, Item extends { id: string } = Question>(
  stage: "search" | "chat",
  api: Api,
  questions: Item[],
  concurrency: number,
  work: (question: Item) => Promise<Row>,
): Promise<{ rows: Map<string, Row>; failures: Failure[] }> {
  const rows = new Map<string, Row>();
  const failures: Failure[] = [];
  if (questions.length === 0) return { rows, failures };
  const progress = startProgress(stage === "search" ? "Searching" : "Asking", questions.length);
  let inARow = 0;
  await forEachConcurrently(questions, concurrency, async (question) => {
    try {
      rows.set(question.id, await work(question));
      inARow = 0;
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (error.isRefusedKey) throw new CommandError(explain(api.url, error));
      failures.push({ stage, id: question.id, reason: reasonOf(error) });
      if (++inARow >= FAILURES_IN_A_ROW) {
        throw new CommandError(
          `${inARow} questions in a row failed, the last with: ${reasonOf(error)}. Given up.`,
        );
      }
    } finally {
      progress.update(rows.size + failures.length);
    }
  });
  progress.end();
  return { rows, failures };
}
