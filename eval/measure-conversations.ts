import type { Api } from "../cli/api.ts";
import type { Document } from "../cli/document.ts";
import { chat, type HistoryMessage } from "./ask.ts";
import { measureBaseline } from "./baseline/measure.ts";
import { comparedCells, compareWithBaseline, type Compared } from "./baseline/report.ts";
import {
  measureTurnRetrieval,
  printTurnRetrieval,
  retrievalCells,
  summariseTurnRetrieval,
  type RetrievalSummary,
  type TurnRetrieval,
} from "./conversation-retrieval.ts";
import { forEachQuestion } from "./measure.ts";
import { containsAnswer, mean } from "./metrics.ts";
import { judgeAnswer } from "./passages/judge.ts";
import { printTable, decimal } from "./print.ts";
import { rounded, type Row } from "./report-file.ts";
import type { Conversation, ExpectedTurn } from "./sets/conversations.ts";
import { lengthOf } from "./slices.ts";
import type { Failure } from "./target.ts";

export interface TurnRow {
  turn: ExpectedTurn;
  outcome: string;
  citations: string[];
  text: string;
  confidence: number;
  right: boolean;
  containsAnswer: boolean | null;
  /** Undefined for a first turn, and for one that no document answers. */
  retrieval?: TurnRetrieval | undefined;
}

/** Replays every conversation, each turn with the conversation's history. The earlier answers are the instance's own. */
export async function measureConversations(
  api: Api,
  conversations: Conversation[],
  concurrency: number,
): Promise<{ rows: Map<string, TurnRow[]>; failures: Failure[] }> {
  return forEachQuestion("chat", api, conversations, concurrency, async ({ turns }) => {
    const rows: TurnRow[] = [];
    const said: HistoryMessage[] = [];
    let id: string | undefined;
    for (const turn of turns) {
      const history = turn.after === undefined ? said : replyingTo(turn.after, said);
      const retrieval = await measureTurnRetrieval(api, turn, history);
      const { answer } = await chat(api, turn.message, id);
      id = answer.conversation_id;
      rows.push({ ...judgeTurn(turn, answer), retrieval });
      said.push({ role: "user", text: turn.message }, { role: "assistant", text: answer.text });
    }
    return rows;
  });
}

/** The messages with another last answer. */
function replyingTo(text: string, said: HistoryMessage[]): HistoryMessage[] {
  return [...said.slice(0, -1), { role: "assistant", text }];
}

export function judgeTurn(
  turn: ExpectedTurn,
  answer: {
    outcome: string;
    text: string;
    confidence: number;
    citations: { external_id: string }[];
  },
): TurnRow {
  const citations = answer.citations.map((citation) => citation.external_id);
  const isExpected = turn.outcomes.includes(answer.outcome);
  const right = answer.outcome === "answered" ? turn.expected.has(citations[0] ?? "") : isExpected;
  return {
    turn,
    outcome: answer.outcome,
    citations,
    text: answer.text,
    confidence: answer.confidence,
    right,
    containsAnswer:
      right && answer.outcome === "answered" && turn.answer.length > 0
        ? containsAnswer(answer.text, turn.answer, "any")
        : null,
  };
}

export function conversationRows(
  conversations: Conversation[],
  measured: Map<string, TurnRow[]>,
  cellsOf: (id: string) => Row = () => ({}),
): Row[] {
  return conversations.flatMap(({ id, topic, language }) =>
    (measured.get(id) ?? []).map((row, index) => ({
      id: `${id}#${index + 1}`,
      conversation: id,
      topic: topic ?? null,
      kind: row.turn.kind,
      language: language ?? null,
      length: lengthOf(row.turn.message),
      turn_right: row.right ? 1 : 0,
      outcome: row.outcome,
      contains_answer: row.containsAnswer,
      confidence: row.confidence,
      ...retrievalCells(row.retrieval),
      ...cellsOf(`${id}#${index + 1}`),
    })),
  );
}

/**
 * The turns that a document answers beside the baseline, which is asked each without its history; and how many of the turns that
 * should stay without an answer did.
 */
export function compareTurns(
  documents: readonly Document[],
  conversations: readonly Conversation[],
  measured: Map<string, TurnRow[]>,
): { compared: Compared; silent: { n: number; count: number }; cells: (id: string) => Row } {
  const played = conversations.flatMap(({ id }) =>
    (measured.get(id) ?? []).map((row, index) => ({ id: `${id}#${index + 1}`, row })),
  );
  const questions = played.flatMap(({ id, row: { turn } }) => {
    const relevant = new Map([...turn.expected].map((document) => [document, 1]));
    return relevant.size > 0 ? [{ id, text: turn.message, relevant, passage: turn.passage }] : [];
  });
  const answers = new Map(
    played
      .filter(({ row }) => row.turn.expected.size > 0)
      .map(({ id, row }) => {
        const isAnswered = row.outcome === "answered";
        const text = isAnswered ? row.text : undefined;
        return [id, judgeAnswer(row.turn.passage, text, isAnswered && row.right)];
      }),
  );
  const baseline = measureBaseline(documents, questions);
  const unanswerable = played.filter(({ row }) => row.turn.outcomes.includes("abstained"));
  return {
    compared: compareWithBaseline(null, answers, baseline),
    silent: {
      n: unanswerable.length,
      count: unanswerable.filter(({ row }) => row.right).length,
    },
    cells: (id) => comparedCells(answers.get(id), baseline.get(id)),
  };
}

export interface ConversationSummary {
  conversations: number;
  turns: number;
  /** Share of the turns that are right. */
  turns_right: number | null;
  /** Share of the conversations in which every turn is right. */
  conversations_right: number | null;
  contains_answer: number | null;
  kinds: Record<string, { n: number; right: number | null }>;
  retrieval: Record<"dependent" | "independent", RetrievalSummary>;
}

export function summariseConversations(measured: Map<string, TurnRow[]>): ConversationSummary {
  const rows = [...measured.values()].flat();
  const rightOf = (some: TurnRow[]): number | null =>
    rounded(mean(some.map((row) => (row.right ? 1 : 0))));
  const kinds = Map.groupBy(rows, (row) => row.turn.kind);
  return {
    conversations: measured.size,
    turns: rows.length,
    turns_right: rightOf(rows),
    conversations_right: rounded(
      mean([...measured.values()].map((turns) => (turns.every((row) => row.right) ? 1 : 0))),
    ),
    contains_answer: rounded(
      mean(rows.flatMap(({ containsAnswer: does }) => (does === null ? [] : [does ? 1 : 0]))),
    ),
    kinds: Object.fromEntries(
      [...kinds].map(([kind, some]) => [kind, { n: some.length, right: rightOf(some) }]),
    ),
    retrieval: summariseTurnRetrieval(rows),
  };
}

export function printConversations(
  summary: ConversationSummary,
  rows: Map<string, TurnRow[]>,
): void {
  console.log(
    `\n${summary.turns} turns of ${summary.conversations} conversations: ${decimal(summary.turns_right)} right; every turn right in ${decimal(summary.conversations_right)} of the conversations`,
  );
  printTable(
    ["turn", "n", "right"],
    Object.entries(summary.kinds).map(([kind, { n, right }]) => [kind, `${n}`, decimal(right)]),
  );
  printTurnRetrieval(summary.retrieval);
  for (const [id, turns] of rows) {
    for (const [index, row] of turns.entries()) {
      if (row.right) continue;
      const wanted = `${row.turn.outcomes.join(" or ")} ${[...row.turn.expected].join(" or ")}`;
      console.log(
        `  ${id}#${index + 1} "${row.turn.message}": ${row.outcome} ${row.citations[0] ?? ""}, not ${wanted}`,
      );
    }
  }
}
