import { env } from "cloudflare:workers";
import fc from "fast-check";
import { expect, it } from "vitest";
import { piecesOf, subQueriesOf, withVectors } from "../../src/answering/sub-queries.ts";
import { estimateTokens } from "../../src/text/tokens.ts";
import { createWorkspace, HELP_CENTRE } from "../support/workspace.ts";
import { search } from "../support/pipeline.ts";

/** More than the local model reads of one text. */
const SMALL_TALK =
  "It has rained here for three weeks now and my sister says that the river has never been so high. ".repeat(
    16,
  );

it("a short message with one question is not divided", () => {
  for (const message of ["How do I descale the pump?", "pump", ""])
    expect(subQueriesOf(message)).toEqual([[message]]);
});

it("each sub-query gets its own embedding", () => {
  const vectorOf = (text: string): number[] => [text.length, text.charCodeAt(0)];
  for (const message of ["How do I clean the pump?", "Where is my pump? What does a lamp cost?"]) {
    const subQueries = subQueriesOf(message);
    const embedded = withVectors(subQueries, subQueries.flat().map(vectorOf));
    expect(embedded.flat().map(({ text }) => text)).toEqual(subQueries.flat());
    for (const { text, vector } of embedded.flat()) expect(vector).toEqual(vectorOf(text));
  }
});

const anyWords = fc.array(
  fc.constantFrom("the", "pump", "hums", "again", "Größe", "返品できます", "E-07", "?"),
  { minLength: 1, maxLength: 200 },
);

it("of a long message up to three short pieces are embedded, its beginning first", () => {
  fc.assert(
    fc.property(fc.array(anyWords, { maxLength: 60 }), (sentences) => {
      const message = sentences.map((words) => `${words.join(" ")}.`).join("\n");
      const [pieces = [], ...others] = subQueriesOf(message);
      if (others.length > 0) return;
      expect(pieces.length).toBeLessThanOrEqual(3);
      const words = message.trim().split(/\s+/);
      const [first = ""] = pieces;
      const beginning = first.trim().split(/\s+/);
      expect(beginning).toEqual(words.slice(0, beginning.length));
      if (pieces.length > 1)
        for (const piece of pieces) expect(estimateTokens(piece)).toBeLessThanOrEqual(64);
    }),
  );
});

it("of what follows the beginning, a long message is searched by what it asks and what is new", () => {
  const small = (n: number): string =>
    `${`It has rained here for ${n} weeks and the river is high. `.repeat(6)}\n`;
  const asks = "What I want to know is this: how do I clean the pump of limescale?";
  const code = "The display of the grove shows E-07 beside a red drop, although the tank is full.";
  const [pieces = []] = subQueriesOf(
    `${small(2)}${small(3)}${small(4)}${code}\n${small(5)}${asks}`,
  );
  expect(pieces).toHaveLength(3);
  expect(pieces.join("\n")).toContain(asks);
  expect(pieces.join("\n")).toContain("E-07");
});

it("a question at the end of a long message is found, because each piece is searched by its own embedding", async () => {
  const workspace = await createWorkspace(HELP_CENTRE);
  await env.CONTROL.settleVectorize();
  const question = "What I wanted to know is how the pump is cleaned of limescale with vinegar.";
  const nearness = async (query: string): Promise<number> => {
    const { results } = await search(workspace, query, ["vectors"]);
    const pump = results.find((result) => result.external_id === "pump");
    return pump?.legs?.vectors?.score ?? 0;
  };
  expect(subQueriesOf(SMALL_TALK + question)[0]?.length).toBeGreaterThan(1);
  const alone = await nearness(question);
  expect(await nearness(SMALL_TALK)).toBeLessThan(0.5 * alone);
  expect(await nearness(SMALL_TALK + question)).toBeGreaterThan(0.6 * alone);
});

it("a long message without spaces is cut into short pieces, too", () => {
  const pieces = piecesOf(
    `${"返品できますか".repeat(60)}\nhttps://example.com/${"a1".repeat(500)}`,
  );
  expect(pieces.length).toBe(3);
  for (const piece of pieces) expect(estimateTokens(piece)).toBeLessThanOrEqual(64);
});
