import { beforeAll, expect, it } from "vitest";
import { buildCorpus, restrict } from "../../../eval/bench/corpus.ts";
import { KINDS } from "../../../eval/bench/questions.ts";
import { keywordSearch, passages, postingsOf } from "../../../eval/bench/statements.ts";
import { SyntheticText } from "../../../eval/bench/synthetic-text.ts";

const text = new SyntheticText(7);
let db: D1Database;

beforeAll(async () => {
  db = await buildCorpus(400, text);
});

it("synthetic text is the same for the same seed, and its word frequencies follow Zipf's law", () => {
  const [one, same] = [new SyntheticText(1), new SyntheticText(1)];
  const drawn = one.text(20_000);
  expect(same.text(20_000)).toBe(drawn);
  const counts = Map.groupBy(drawn.split(" "), (word) => word);
  const often = [...counts.values()].map(({ length }) => length).toSorted((a, b) => b - a);
  expect(often[0]).toBeGreaterThan(4 * (often[9] ?? 0));
  expect(often.filter((times) => times === 1).length).toBeGreaterThan(often.length / 3);
});

it("the benchmark's messages are within the chat's length limit", () => {
  for (const make of Object.values(KINDS)) {
    const question = make(text);
    expect(question.length).toBeGreaterThan(10);
    expect(question.length).toBeLessThanOrEqual(4000);
  }
});

it("the benchmark counts the postings of the workspace's own chunks, and those of the words that the search uses", async () => {
  const question = text.common(5, 20);
  const { chunkCounts, matches } = await keywordSearch(db, question, []);
  const sum = [...chunkCounts.values()].reduce((total, count) => total + count, 0);
  expect(matches.length).toBeGreaterThan(0);
  expect(await postingsOf(db, question, [])).toEqual({ counted: sum, ranked: sum });
  await restrict(db);
  const { counted } = await postingsOf(db, question, []);
  expect(counted).toBeLessThan(sum);
  expect((await postingsOf(db, question, ["staff"])).counted).toBe(sum);
  expect(await passages(db, 1)).not.toHaveLength(0);
});
