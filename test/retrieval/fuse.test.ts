import fc from "fast-check";
import { expect, it } from "vitest";
import { shippedRelease } from "../../src/releases/release.ts";
import { EMBEDDING_MODEL } from "../../local/ai/embedding-model.ts";
import {
  expectedCosine,
  fuse,
  inverseFrequency,
  type FusedMatch,
} from "../../src/retrieval/fuse.ts";
import { K1, type KeywordResult } from "../../src/retrieval/keywords.ts";
import type { VectorMatch } from "../../src/models/ports.ts";

const { fusion: FUSION } = shippedRelease.retrieval;

const fuseAsShipped = (
  keywords: KeywordResult,
  vectors?: VectorMatch[],
  cosines: ReadonlyMap<number, number> = new Map(),
): FusedMatch[] => fuse(keywords, vectors, cosines, FUSION, EMBEDDING_MODEL);

const thousandths = (min: number): fc.Arbitrary<number> =>
  fc.integer({ min, max: 1000 }).map((value) => value / 1000);

/** Possible results of the two legs: BM25 up to its limit, and cosines; each chunk once, best first. */
const legs: fc.Arbitrary<{
  keywords: KeywordResult;
  vectors: VectorMatch[];
  /** Of each match of the keyword leg, by chunk. */
  cosines: Map<number, number>;
}> = fc
  .record({
    counts: fc.array(fc.integer({ min: 0, max: 500 }), { minLength: 1, maxLength: 8 }),
    keywords: fc.uniqueArray(
      fc.tuple(fc.integer({ min: 1, max: 60 }), thousandths(1), thousandths(-1000)),
      { selector: ([id]) => id, maxLength: 30 },
    ),
    vectors: fc.uniqueArray(fc.tuple(fc.integer({ min: 1, max: 60 }), thousandths(-1000)), {
      selector: ([id]) => id,
      maxLength: 30,
    }),
  })
  .map(({ counts, keywords, vectors }) => {
    const chunkCounts = new Map(counts.map((chunks, index) => [`w${index}`, chunks]));
    const most = counts.reduce((sum, chunks) => sum + inverseFrequency(chunks, 500), 0) * (K1 + 1);
    return {
      keywords: {
        chunkCounts,
        totalChunks: 500,
        repeats: new Map(),
        matches: keywords
          .map(([chunkId, share]) => ({ chunkId, score: share * most, vectorVisible: true }))
          .toSorted((a, b) => b.score - a.score),
      },
      vectors: vectors
        .map(([id, score]) => ({ id: `c${id}`, score }))
        .toSorted((a, b) => b.score - a.score),
      cosines: new Map(keywords.map(([chunkId, , cosine]) => [chunkId, cosine])),
    };
  });

const NO_KEYWORDS: KeywordResult = {
  matches: [],
  chunkCounts: new Map(),
  totalChunks: 0,
  repeats: new Map(),
};

it("fusion returns each chunk of either leg once, best first, with a score between 0 and 1", () => {
  fc.assert(
    fc.property(legs, ({ keywords, vectors, cosines }) => {
      const fused = fuseAsShipped(keywords, vectors, cosines);
      const ids = [
        ...keywords.matches.map(({ chunkId }) => chunkId),
        ...vectors.map(({ id }) => Number(id.slice(1))),
      ];
      expect(fused.map(({ chunkId }) => chunkId).toSorted((a, b) => a - b)).toEqual(
        [...new Set(ids)].toSorted((a, b) => a - b),
      );
      for (const [index, match] of fused.entries()) {
        for (const value of [match.score, match.cosine ?? 0, match.keywordShare]) {
          expect(value).toBeGreaterThanOrEqual(0);
          expect(value).toBeLessThanOrEqual(1);
        }
        expect(match.score).toBeLessThanOrEqual(fused[index - 1]?.score ?? 1);
      }
    }),
  );
});

it("fusion reports the rank of each chunk in each leg", () => {
  fc.assert(
    fc.property(legs, ({ keywords, vectors, cosines }) => {
      const fused = new Map(
        fuseAsShipped(keywords, vectors, cosines).map((match) => [match.chunkId, match]),
      );
      for (const [index, { chunkId, score }] of keywords.matches.entries()) {
        expect(fused.get(chunkId)?.keywords).toEqual({ rank: index + 1, score });
      }
      for (const [index, { id, score }] of vectors.entries()) {
        expect(fused.get(Number(id.slice(1)))?.vectors).toEqual({ rank: index + 1, score });
      }
    }),
  );
});

it("a fused score depends neither on the order of equal matches nor on the other matches", () => {
  fc.assert(
    fc.property(legs, fc.nat(), ({ keywords, vectors, cosines }, turn) => {
      const scores = (matches: ReturnType<typeof fuse>): [number, number][] =>
        matches.map(({ chunkId, score }) => [chunkId, score]);
      const level = (score: number): number => Math.round(score * 2) / 2;
      const even = {
        keywords: {
          ...keywords,
          matches: keywords.matches.map((match) => ({ ...match, score: 1 })),
        },
        vectors: vectors
          .map((match) => ({ ...match, score: level(match.score) }))
          .toSorted((a, b) => b.score - a.score),
      };
      const rotated = <T>(items: T[]): T[] => {
        const by = items.length > 0 ? turn % items.length : 0;
        return [...items.slice(by), ...items.slice(0, by)];
      };
      const shuffled = {
        keywords: { ...even.keywords, matches: rotated(even.keywords.matches) },
        vectors: rotated(even.vectors).toSorted((a, b) => b.score - a.score),
      };
      expect(scores(fuseAsShipped(shuffled.keywords, shuffled.vectors, cosines))).toEqual(
        scores(fuseAsShipped(even.keywords, even.vectors, cosines)),
      );

      const fused = fuseAsShipped(keywords, vectors, cosines);
      const one = fused[turn % Math.max(1, fused.length)];
      if (!one) return;
      const alone = fuseAsShipped(
        {
          ...keywords,
          matches: keywords.matches.filter(({ chunkId }) => chunkId === one.chunkId),
        },
        vectors.filter(({ id }) => id === `c${one.chunkId}`),
        cosines,
      );
      expect(alone[0]?.score).toBeCloseTo(one.score, 12);
    }),
  );
});

it("fusion never ranks a chunk behind another one if both legs rank it before", () => {
  fc.assert(
    fc.property(legs, ({ keywords, vectors, cosines }) => {
      const fused = fuseAsShipped(keywords, vectors, cosines);
      for (const better of fused) {
        for (const worse of fused) {
          if (better.keywordShare < worse.keywordShare) continue;
          if ((better.cosine ?? 0) < (worse.cosine ?? 0)) continue;
          expect(better.score).toBeGreaterThanOrEqual(worse.score);
        }
      }
    }),
  );
});

it("fusion keeps the order of one leg if the other one found nothing", () => {
  fc.assert(
    fc.property(legs, ({ keywords, vectors }) => {
      expect(
        fuseAsShipped(keywords, [])
          .map(({ chunkId }) => chunkId)
          .toSorted(),
      ).toEqual(keywords.matches.map(({ chunkId }) => chunkId).toSorted());
      const byVectors = fuseAsShipped(NO_KEYWORDS, vectors).filter(
        ({ cosine }) => (cosine ?? 0) > 0,
      );
      expect(byVectors.map(({ cosine }) => cosine)).toEqual(
        vectors.map(({ score }) => score).filter((score) => score > 0),
      );
      const positions = fuseAsShipped(keywords, []).map((match) => match.keywords?.score ?? 0);
      expect(positions).toEqual(positions.toSorted((a, b) => b - a));
    }),
  );
  expect(fuseAsShipped(NO_KEYWORDS, [])).toEqual([]);
});

it("fusion leaves out vector ids that name no chunk", () => {
  const strange = ["", "c", "c0x1", "x1", "c-1", "c1.5", "C1", " c1", "c1 "].map((id) => ({
    id,
    score: 0.9,
  }));
  expect(fuseAsShipped(NO_KEYWORDS, strange).map(({ chunkId }) => chunkId)).toEqual([]);
});

it("a chunk whose vector the index does not show yet has an unknown cosine, and is not fused as one that is far in meaning", () => {
  fc.assert(
    fc.property(legs, fc.boolean(), ({ keywords, vectors }, isLegAsked) => {
      for (const match of fuseAsShipped(keywords, isLegAsked ? vectors : undefined)) {
        if (match.vectors) continue;
        expect(match.cosine).toBeNull();
        const expected = expectedCosine(match.keywordShare, FUSION, EMBEDDING_MODEL);
        expect(match.score).toBeCloseTo(0.4 * match.keywordShare + 0.6 * expected, 12);
      }
    }),
  );
});
