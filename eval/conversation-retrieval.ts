import type { Api } from "../cli/api.ts";
import { search, type HistoryMessage } from "./ask.ts";
import * as metrics from "./metrics.ts";
import { decimal, printTable } from "./print.ts";
import { rounded, type Row } from "./report-file.ts";
import type { ExpectedTurn } from "./sets/conversations.ts";

/** The compared ways to search for a turn: the message with its history, its labelled standalone question, and the message alone. */
const WAYS = ["history", "standalone", "alone"] as const;
type Way = (typeof WAYS)[number];

/** What is searched for within a conversation. `null`: the set has no standalone question. */
export type TurnRetrieval = Record<Way, { first: number; among5: number } | null>;

/** Kinds of turns that say everything themselves. */
const INDEPENDENT = new Set(["opening", "topic_change", "back_to_topic", "plain", "off_topic"]);

/**
 * Searches for a turn that a document answers. A turn without a history is not measured: there all ways are the same.
 * @param history what was said before; the last answer is the one that the turn replies to
 */
export async function measureTurnRetrieval(
  api: Api,
  turn: ExpectedTurn,
  history: HistoryMessage[],
): Promise<TurnRetrieval | undefined> {
  if (history.length === 0 || turn.expected.size === 0) return undefined;
  const found = async (query: string, said: HistoryMessage[] = []) => {
    const { results } = await search(api, query, ["keywords", "vectors"], undefined, said);
    const ranking = metrics.rankDocuments(results);
    const relevant = new Map([...turn.expected].map((document) => [document, 1]));
    return {
      first: metrics.hitAt(ranking, relevant, 1),
      among5: metrics.hitAt(ranking, relevant, 5),
    };
  };
  return {
    history: await found(turn.message, history),
    standalone: turn.standalone === undefined ? null : await found(turn.standalone),
    alone: await found(turn.message),
  };
}

export interface RetrievalSummary {
  n: number;
  /** Share of the turns whose right article comes first, and whose right article is among the first five. */
  first: Record<Way, number | null>;
  among5: Record<Way, number | null>;
}

interface Measured {
  turn: ExpectedTurn;
  retrieval?: TurnRetrieval | undefined;
}

/** The turns that depend on what was said before, and those that do not, by their kinds. */
export function summariseTurnRetrieval(
  rows: Measured[],
): Record<"dependent" | "independent", RetrievalSummary> {
  const [independent = [], dependent = []] = [true, false].map((isIndependent) =>
    rows.flatMap(({ turn, retrieval }) =>
      retrieval && INDEPENDENT.has(turn.kind) === isIndependent ? [retrieval] : [],
    ),
  );
  return { dependent: summarise(dependent), independent: summarise(independent) };
}

function summarise(measured: TurnRetrieval[]): RetrievalSummary {
  const share = (of: "first" | "among5"): Record<Way, number | null> =>
    Object.fromEntries(
      WAYS.map((way) => [
        way,
        rounded(metrics.mean(measured.flatMap((one) => (one[way] ? [one[way][of]] : [])))),
      ]),
    ) as Record<Way, number | null>;
  return { n: measured.length, first: share("first"), among5: share("among5") };
}

export function printTurnRetrieval(
  summary: Record<"dependent" | "independent", RetrievalSummary>,
): void {
  console.log("\nThe right article first / among the first five, by what is searched");
  printTable(
    ["turns", "n", "message with history", "labelled standalone question", "message alone"],
    Object.entries(summary).map(([name, { n, first, among5 }]) => [
      name,
      `${n}`,
      ...WAYS.map((way) => `${decimal(first[way])} / ${decimal(among5[way])}`),
    ]),
  );
}

/** The cells of a turn's row in the report. */
export function retrievalCells(retrieval: TurnRetrieval | undefined): Row {
  return Object.fromEntries(
    WAYS.flatMap((way) => [
      [`${way}_first`, retrieval?.[way]?.first ?? null],
      [`${way}_among_5`, retrieval?.[way]?.among5 ?? null],
    ]),
  );
}
