/**
 * Measures of rankings, probabilities and answers. Pure and independent of Node, because the tests run in workerd.
 *
 * A ranking is a list of document ids, best first. Gains say how relevant a document is to the query; an absent
 * document is not relevant. Queries without a relevant document must be left out: no measure is defined for them.
 */
export type Gains = ReadonlyMap<string, number>;

/** Ranks each document by its best passage. */
export function rankDocuments(passages: readonly { external_id: string }[]): string[] {
  return [...new Set(passages.map((passage) => passage.external_id))];
}

/** 1 if one of the first `k` is relevant, else 0. */
export function hitAt(ranking: readonly string[], gains: Gains, k: number): number {
  return ranking.slice(0, k).some((id) => gainOf(gains, id) > 0) ? 1 : 0;
}

/** Share of the relevant documents that are among the first `k`. */
export function recallAt(ranking: readonly string[], gains: Gains, k: number): number {
  const relevant = [...gains.values()].filter((gain) => gain > 0).length;
  return ranking.slice(0, k).filter((id) => gainOf(gains, id) > 0).length / relevant;
}

/** Normalised discounted cumulative gain with the judgement itself as the gain (trec_eval's, not 2^gain − 1). */
export function ndcgAt(ranking: readonly string[], gains: Gains, k: number): number {
  const ideal = [...gains.values()].toSorted((a, b) => b - a);
  return (
    discounted(
      ranking.map((id) => gainOf(gains, id)),
      k,
    ) / discounted(ideal, k)
  );
}

function discounted(gains: readonly number[], k: number): number {
  return sum(gains.slice(0, k).map((gain, index) => Math.max(0, gain) / Math.log2(index + 2)));
}

/** 1 / rank of the first relevant document, 0 when it is not among the first `k`. */
export function reciprocalRankAt(ranking: readonly string[], gains: Gains, k: number): number {
  const index = ranking.slice(0, k).findIndex((id) => gainOf(gains, id) > 0);
  return index < 0 ? 0 : 1 / (index + 1);
}

function gainOf(gains: Gains, id: string): number {
  return gains.get(id) ?? 0;
}

/** The arithmetic mean, or null if there are no values. */
export function mean(values: readonly number[]): number | null {
  return values.length > 0 ? sum(values) / values.length : null;
}

/** `part / whole`, or null when there is no whole. */
export function share(part: number, whole: number): number | null {
  return whole > 0 ? part / whole : null;
}

/** The smallest value that at least `p` percent of the values do not exceed (nearest rank), or null if there are no values. */
export function percentile(values: readonly number[], p: number): number | null {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil((p / 100) * sorted.length) - 1)] ?? null;
}

/**
 * Probability that a positive scores higher than a negative, ties counting half: the area under the ROC curve, by the
 * Mann–Whitney statistic. Null if either class is empty.
 */
export function auroc(positives: readonly number[], negatives: readonly number[]): number | null {
  if (positives.length === 0 || negatives.length === 0) return null;
  const all = [
    ...positives.map((score) => ({ score, positive: true })),
    ...negatives.map((score) => ({ score, positive: false })),
  ].toSorted((a, b) => a.score - b.score);
  let rankSum = 0;
  for (let start = 0; start < all.length;) {
    let end = start;
    while (end < all.length && all[end]?.score === all[start]?.score) end++;
    // Ranks start at 1; equal scores share the mean of theirs.
    const rank = (start + 1 + end) / 2;
    rankSum += rank * all.slice(start, end).filter(({ positive }) => positive).length;
    start = end;
  }
  const pairs = positives.length * negatives.length;
  return (rankSum - (positives.length * (positives.length + 1)) / 2) / pairs;
}

/** Mean negative log likelihood, in nats, of 0/1 labels under predicted probabilities. */
export function logLoss(
  probabilities: readonly number[],
  labels: readonly (0 | 1)[],
): number | null {
  const clamped = probabilities.map((p) => Math.min(1 - 1e-12, Math.max(1e-12, p)));
  return mean(clamped.map((p, index) => -Math.log(labels[index] === 1 ? p : 1 - p)));
}

/** True if the text contains the parts of the expected answer word for word; case, spaces and punctuation are ignored. */
export function containsAnswer(
  text: string,
  parts: readonly string[],
  need: "any" | "all",
): boolean {
  const words = normalised(text.replace(/\[\d+\]/g, " "));
  const has = (part: string): boolean => words.includes(normalised(part));
  return need === "all" ? parts.every(has) : parts.some(has);
}

/** Lower-case words with one space around each. Currency and percent signs count as words, because amounts depend on them. */
function normalised(text: string): string {
  const words = text
    .normalize("NFKC")
    .toLowerCase()
    .replace(/[\p{Sc}%]/gu, " $& ")
    .replace(/[^\p{L}\p{M}\p{N}\p{Sc}%]+/gu, " ");
  return ` ${words.trim().replace(/ +/g, " ")} `;
}

export type Verdict = "right" | "wrong" | "abstained" | "other";

export interface ChatTurn {
  outcome: string;
  citations: readonly { external_id: string }[];
}

/**
 * Judges a turn by its first citation. Every answer to an unanswerable question is wrong. Handing over and a clarifying question
 * count as abstention. `other` is small talk: the message was not taken for a question.
 */
export function judge(turn: ChatTurn, gains: Gains, answerable: boolean): Verdict {
  switch (turn.outcome) {
    case "answered": {
      const [first] = turn.citations;
      return answerable && first && gainOf(gains, first.external_id) > 0 ? "right" : "wrong";
    }
    case "abstained":
    case "clarified":
    case "handed_over":
      return "abstained";
    default:
      return "other";
  }
}

/** True if any citation of an answer is relevant. */
export function citesRelevant(turn: ChatTurn, gains: Gains): boolean {
  return (
    turn.outcome === "answered" &&
    turn.citations.some((citation) => gainOf(gains, citation.external_id) > 0)
  );
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
