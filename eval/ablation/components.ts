import type { RankEvidence } from "../../src/retrieval/candidates.ts";
import { subQueriesOf } from "../../src/answering/sub-queries.ts";
import { queryTerms } from "../../src/retrieval/query-terms.ts";
import type { Evidence } from "../../src/retrieval/answerability.ts";
import type { Overlay } from "../../src/releases/release.ts";
import { fitRanking, RANK_EVIDENCE } from "../ranking-examples.ts";
import type { Example } from "../logistic.ts";
import { switchOff, wasAsked, type Switch } from "./switches.ts";

/** The default of `npm run eval:fit-ranking`. */
const RANKING_L2 = 0.01;

/** A part of retrieval that can be removed. */
export interface Component {
  name: string;
  /** What happens without it, where the name does not say so. */
  without: string;
  /** Removes it by a switch. @returns a function that restores it */
  off?: () => () => void;
  /** Removes it by another release. */
  overlay?: Overlay;
  /** It acts while documents are ingested: to remove it, documents are ingested again. This is done for the demo only. */
  atIngestion?: true;
  /** It acts in chats only, not in searches. */
  chatOnly?: true;
  /** Whether the part acts on a message. Sets without such a message do not measure it. */
  acts?: (message: string) => boolean;
}

/** With all weights 0, passages keep the order of the fusion. */
const FUSION: Record<keyof RankEvidence, number> = {
  similarity: 0,
  sentence: 0,
  pairs: 0,
  document: 0,
};

/**
 * Kinds of evidence that are largely redundant. Without one of them the others make up for it, so they are also removed together.
 */
const REDUNDANT_FOR_ORDER: (keyof RankEvidence)[][] = [
  ["sentence", "document"],
  ["sentence", "pairs", "document"],
];
export const REDUNDANT_FOR_DECISION: (keyof Evidence)[][] = [["coverage", "unknownWords"]];

/** @param examples training examples of the order by text, which is trained again without each kind of evidence */
export function components(examples: Example[]): Component[] {
  return [
    bySwitch("keyword leg", "its matches are dropped; how rare a word is stays known"),
    bySwitch("vector leg", "as where the index cannot be reached"),
    { name: "order by text", without: "the order of the fusion", overlay: rankedBy(FUSION) },
    ...[...RANK_EVIDENCE.map((name) => [name]), ...REDUNDANT_FOR_ORDER].map((names): Component => ({
      name: `rank evidence: ${names.join(" + ")}`,
      without: "the others trained without it",
      overlay: rankedBy(fitRanking(examples, RANKING_L2, names)),
    })),
    bySwitch("spelling", "no word is corrected"),
    bySwitch("together or apart", "wifi is not Wi-Fi"),
    {
      ...bySwitch("identifiers as phrases", "their parts are words only"),
      acts: (message) => queryTerms(message).phrases.length > 0,
    },
    {
      ...bySwitch("repeated words", "each word counts once"),
      acts: (message) => queryTerms(message).repeats.size > 0,
    },
    {
      name: "field weights",
      without: "title, headings and body count the same",
      overlay: { retrieval: { fields: { title: 1, headings: 1, body: 1 } } },
    },
    { ...bySwitch("title and headings embedded", "the text alone is embedded"), atIngestion: true },
    {
      ...bySwitch("sub-queries", "each message is one question and one embedding"),
      acts: (message) => subQueriesOf(message).flat().length > 1,
    },
    { ...bySwitch("follow-ups", "each message stands alone"), chatOnly: true },
  ];
}

function bySwitch(name: Switch, without: string): Component {
  return {
    name,
    without,
    off: () => {
      const on = switchOff(name);
      return () => {
        on();
        if (!wasAsked(name)) throw new Error(`Nothing asked whether "${name}" is off`);
      };
    },
  };
}

function rankedBy(ranking: Record<keyof RankEvidence, number>): Overlay {
  return { retrieval: { ranking } };
}
