import { env } from "cloudflare:workers";
import fc from "fast-check";
import { expect, it } from "vitest";
import { embeddedTexts, subQueriesOf, withVectors } from "../../src/answering/sub-queries.ts";
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
    const texts = embeddedTexts(message, subQueries);
    expect(texts[0]).toBe(message);
    const embedded = withVectors(subQueries, texts.map(vectorOf));
    expect(embedded.flat().map(({ text }) => text)).toEqual(subQueries.flat());
    for (const { text, vector } of embedded.flat()) expect(vector).toEqual(vectorOf(text));
  }
});

it("a long message is cut between sentences into at most twelve pieces, and no text is lost", () => {
  const sentence = fc
    .array(fc.constantFrom("the", "pump", "hums", "again", "Größe", "返品できます", "E-07"), {
      minLength: 1,
      maxLength: 90,
    })
    .map((words) => `${words.join(" ")}.`);
  fc.assert(
    fc.property(fc.array(sentence, { maxLength: 60 }), (sentences) => {
      const message = sentences.join("\n");
      const [pieces = [], ...others] = subQueriesOf(message);
      expect(others).toEqual([]);
      expect(pieces.length).toBeLessThanOrEqual(12);
      expect(pieces.join(" ").trim().split(/\s+/)).toEqual(message.trim().split(/\s+/));
    }),
  );
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
