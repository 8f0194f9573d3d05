import { expect, it } from "vitest";
import { scoreRanking, type RetrievalRow } from "../../../eval/measure.ts";
import { summariseRetrieval, type RetrievalSummary } from "../../../eval/report.ts";

/** For each question the ranks (from 1) of its one relevant document: by keywords, by vectors, by both. */
function summaryOf(ranks: [number, number, number][]): RetrievalSummary {
  const scoresAt = (rank: number) =>
    scoreRanking(
      Array.from({ length: 20 }, (_, index) => (index + 1 === rank ? "right" : `wrong-${index}`)),
      new Map([["right", 1]]),
    );
  const rows = ranks.map(([keywords, vectors, fused], index): [string, RetrievalRow] => [
    `q${index}`,
    {
      scores: {
        keywords: scoresAt(keywords),
        vectors: scoresAt(vectors),
        fused: scoresAt(fused),
      },
      rankings: { keywords: [], vectors: [], fused: [] },
      answerability: 0.5,
      evidence: undefined,
    },
  ]);
  const questions = rows.map(([id]) => ({
    id,
    text: id,
    answerable: true,
    relevant: new Map([["right", 1]]),
    answer: undefined,
    kind: undefined,
    topic: undefined,
    language: undefined,
  }));
  return summariseRetrieval({ questions, retrieval: new Map(rows), chat: new Map() });
}

it("the retrieval summary says how far fusion is above the better leg, on the same questions", () => {
  const better = summaryOf(Array.from({ length: 40 }, (_, index) => [20, (index % 3) + 1, 1]));
  expect(better.over_better_leg?.leg).toBe("vectors");
  // Of forty relevant documents, vectors rank fourteen first, thirteen second and thirteen third.
  const expected = (13 * (1 - 1 / Math.log2(3)) + 13 * (1 - 1 / Math.log2(4))) / 40;
  expect(better.over_better_leg?.difference).toBeCloseTo(expected, 4);
  expect(better.over_better_leg?.interval[0]).toBeGreaterThan(0);

  const worse = summaryOf(Array.from({ length: 40 }, () => [1, 20, 2]));
  expect(worse.over_better_leg?.leg).toBe("keywords");
  expect(worse.over_better_leg?.interval[1]).toBeLessThan(0);

  const alike = summaryOf(Array.from({ length: 40 }, (_, index) => [9, 2, (index % 2) * 2 + 1]));
  const [low, high] = alike.over_better_leg?.interval ?? [];
  expect(low).toBeLessThan(high as number);
  expect(summaryOf([]).over_better_leg).toBeNull();
});
