import { env } from "cloudflare:workers";
import fc from "fast-check";
import { expect, it } from "vitest";
import { segmentsOf } from "../../src/retrieval/segments.ts";
import { createWorkspace, HELP_CENTRE } from "../support/workspace.ts";
import { search } from "../support/pipeline.ts";

/** More than the local model reads of one text. */
const SMALL_TALK =
  "It has rained here for three weeks now and my sister says that the river has never been so high. ".repeat(
    16,
  );

it("leaves a question whole", () => {
  expect(segmentsOf("How do I descale the pump, and what does the shipping cost?")).toEqual([]);
  expect(segmentsOf("")).toEqual([]);
});

it("cuts a long message between sentences, into a bounded number, and loses none of it", () => {
  const sentence = fc
    .array(fc.constantFrom("the", "pump", "hums", "again", "Größe", "返品できます", "E-07"), {
      minLength: 1,
      maxLength: 90,
    })
    .map((words) => `${words.join(" ")}.`);
  fc.assert(
    fc.property(fc.array(sentence, { maxLength: 60 }), (sentences) => {
      const message = sentences.join("\n");
      const segments = segmentsOf(message);
      expect(segments.length).toBeLessThanOrEqual(12);
      expect(segments).not.toHaveLength(1);
      if (segments.length > 0)
        expect(segments.join(" ").split(/\s+/)).toEqual(message.trim().split(/\s+/));
    }),
  );
});

it("searches by the meaning of each part: one sentence at the end of a long message is not lost", async () => {
  const workspace = await createWorkspace(HELP_CENTRE);
  await env.CONTROL.settleVectorize();
  const question = "What I wanted to know is how the pump is cleaned of limescale with vinegar.";
  const nearness = async (query: string): Promise<number> => {
    const { results } = await search(workspace, query, ["vectors"]);
    const pump = results.find((result) => result.external_id === "pump");
    return pump?.legs?.vectors?.score ?? 0;
  };
  expect(segmentsOf(SMALL_TALK + question).length).toBeGreaterThan(1);
  const alone = await nearness(question);
  expect(await nearness(SMALL_TALK)).toBeLessThan(0.5 * alone);
  expect(await nearness(SMALL_TALK + question)).toBeGreaterThan(0.6 * alone);
});
